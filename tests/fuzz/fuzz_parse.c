/* Lexer, parser, printer: whatever is parsed prints to SQL that parses to an equal tree, which
 * prints the same again; whatever is not parsed has one error inside the text. The whole text is
 * tried as a script, going on after mistakes, and as one expression. */
#include <assert.h>
#include <stdlib.h>

#include "grammar/parse.h"
#include "storage/base/limits.h"
#include "tests/fuzz/fuzz.h"

static void check_diag(const Diag *diag, const Source *source)
{
    assert(diag->set && diag->message[0] != '\0');
    assert(diag->span.start <= diag->span.end && diag->span.end <= source->text.size + 1);
    StrBuf shown;
    strbuf_init(&shown, NULL);
    diag_print(diag, &shown);
    strbuf_close(&shown);
}

static void report(void *context, Span statement, const Diag *diag)
{
    assert(statement.start <= statement.end);
    check_diag(diag, context);
}

/* --- print, parse, compare --- */

typedef struct Again {
    Arena arena;
    StrBuf first, second;
    Source source;
    Diag diag;
} Again;

static void again_open(Again *again)
{
    arena_init(&again->arena, NULL);
    strbuf_init(&again->first, NULL);
    strbuf_init(&again->second, NULL);
    diag_reset(&again->diag);
}

/* The printed text is the source of the second reading. */
static void again_use_first(Again *again)
{
    again->source = (Source){TEXT("<printed>"), strbuf_as_text(&again->first)};
}

static void again_close(Again *again)
{
    assert(strbuf_status(&again->first) == ST_OK && strbuf_status(&again->second) == ST_OK);
    assert(text_equal(strbuf_as_text(&again->first), strbuf_as_text(&again->second)));
    strbuf_close(&again->first);
    strbuf_close(&again->second);
    arena_close(&again->arena);
}

static void round_trip_statement(const Statement *statement)
{
    Again again;
    again_open(&again);
    ast_print_statement(statement, &again.first);
    again_use_first(&again);
    Script script;
    Status status = parse_script(&again.source, &again.arena, &script, &again.diag);
    assert(status == ST_OK && script.statements.count == 1);
    assert(ast_equal_statement(statement, script.statements.first));
    ast_print_statement(script.statements.first, &again.second);
    again_close(&again);
}

static void round_trip_expr(const Expr *expr)
{
    Again again;
    again_open(&again);
    ast_print_expr(expr, &again.first);
    again_use_first(&again);
    const Expr *second;
    Status status = parse_expression(&again.source, &again.arena, &second, &again.diag);
    assert(status == ST_OK && ast_equal_expr(expr, second));
    ast_print_expr(second, &again.second);
    again_close(&again);
}

/* --- the target --- */

static bool count_expr(void *context, const Expr *expr)
{
    assert(expr->depth >= 1 && expr->depth <= LIMIT_EXPR_DEPTH);
    assert(expr->span.start <= expr->span.end);
    (*(size_t *)context)++;
    return true;
}

static void try_script(const Source *source)
{
    Arena arena;
    arena_init(&arena, NULL);
    Script script;
    Status status = parse_script_report(source, &arena, report, (void *)source, &script);
    assert(status == ST_OK || status == ST_SYNTAX || status == ST_LIMIT);
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        size_t count = 0;
        AstVisitor counter = {.expr = count_expr, .context = &count};
        ast_walk_statement(&counter, s);
        round_trip_statement(s);
    }
    arena_close(&arena);
}

static void try_expression(const Source *source)
{
    Arena arena;
    Diag diag;
    const Expr *expr;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    if (parse_expression(source, &arena, &expr, &diag) == ST_OK)
        round_trip_expr(expr);
    else
        check_diag(&diag, source);
    arena_close(&arena);
}

/* What the shell asks while one types: a statement's end is behind a semicolon. */
static void try_open(Text text)
{
    parse_open(text);
    uint32_t end = parse_statement_end(text);
    assert(end <= text.size && (end == 0 || text.ptr[end - 1] == ';'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > LIMIT_STATEMENT_BYTES)
        return 0;
    Source source = {TEXT("<fuzz>"), {(const char *)bytes, (uint32_t)size}};
    try_script(&source);
    try_expression(&source);
    try_open(source.text);
    return 0;
}
