#include "grammar/parse.h"

#include <assert.h>

#include "grammar/parse_error.h"
#include "grammar/sql.h"
#include "grammar/statement_scan.h"
#include "grammar/token_stream.h"
#include "grammar/token_value.h"
#include "storage/base/limits.h"
#include "storage/base/secret.h"
#include "storage/base/utf8.h"

/* The memory of one parser, used for one statement after the other. */
typedef struct Parser {
    Meter *meter;
    const Source *source;
    Arena *arena;
    void *lemon;
    ParsePoint *points; /* a ring: where the parser was before the last PARSE_POINTS tokens */
    uint32_t tokens;    /* of the statement so far */
} Parser;

enum { POINTS_BYTES = PARSE_POINTS * sizeof(ParsePoint) };

static void parser_close(Parser *parser)
{
    if (parser->lemon != NULL)
        mem_free(parser->meter, parser->lemon, sql_parser_size());
    if (parser->points != NULL)
        mem_free(parser->meter, parser->points, POINTS_BYTES);
}

static Status parser_open(Parser *parser, const Source *source, Arena *arena)
{
    *parser = (Parser){.meter = arena->meter, .source = source, .arena = arena};
    parser->lemon = mem_alloc(parser->meter, sql_parser_size());
    parser->points = mem_alloc(parser->meter, POINTS_BYTES);
    if (parser->lemon != NULL && parser->points != NULL)
        return ST_OK;
    parser_close(parser);
    return ST_NOMEM;
}

/* --- one statement or expression --- */

/* Before the token that came `back` tokens ago. */
static ParsePoint *point_at(const Parser *parser, uint32_t back)
{
    assert(back < PARSE_POINTS && back <= parser->tokens);
    return &parser->points[(parser->tokens - back) % PARSE_POINTS];
}

/* An error that names the token where a password stands would show it. */
static Status hide_secret(const Parser *parser, Status status, Diag *diag)
{
    Text text = parser->source->text;
    Span value, span = diag == NULL ? SPAN_NONE : diag->span;
    bool hidden = false;
    for (uint32_t from = 0; secret_find(text, from, &value) && value.start < span.end;
         from = value.end)
        hidden = hidden || value.end > span.start;
    if (status != ST_SYNTAX || !hidden || diag->code == E1002) /* which names none */
        return status;
    diag_reset(diag);
    status = diag_error(diag, E1001, span, "unexpected value of a secret option");
    diag_hint(diag, "an option is written as 'name' = 'text'");
    return status;
}

static Status feed(Parser *parser, Builder *builder, uint32_t depth, Token *token,
                   const Token *following)
{
    if (token->code < TOKEN_END)
        return hide_secret(parser, parse_error_token(token, builder->diag), builder->diag);
    TRY(token_set_value(token, following, parser->arena, builder->diag));
    TRY(ast_builder_reserve(builder, depth));
    SqlParser(parser->lemon, token->code, *token);
    return builder->status;
}

static Status explain(const Parser *parser, const StatementScan *part, Diag *diag)
{
    ParseFailure failure = {.ended = part->ended, .open = part->bracket, .source = parser->source};
    while (failure.points < PARSE_POINTS && failure.points <= parser->tokens) {
        failure.point[failure.points] = point_at(parser, failure.points);
        failure.points++;
    }
    return hide_secret(parser, parse_error_explain(&failure, diag), diag);
}

/* Parses the part as what `input` says, STATEMENT_INPUT or EXPRESSION_INPUT. */
static Status parse_part(Parser *parser, int input, const StatementScan *part, Builder *builder)
{
    if (part->span.end - part->span.start > LIMIT_STATEMENT_BYTES)
        return diag_error(builder->diag, E1005, (Span){part->span.start, part->span.start + 1},
                          "the statement is longer than %d bytes", LIMIT_STATEMENT_BYTES);
    SqlParserInit(parser->lemon, builder);
    SqlParser(parser->lemon, input, (Token){.code = input});
    TokenStream stream;
    token_stream_init(&stream, parser->source->text, part->span);
    for (parser->tokens = 0;; parser->tokens++) {
        ParsePoint *point = point_at(parser, 0);
        point->count = sql_parser_states(parser->lemon, point->states);
        point->stream = stream;
        point->token = token_stream_next(&stream);
        TRY(feed(parser, builder, point->count, &point->token, stream.ahead));
        if (builder->rejected)
            return explain(parser, part, builder->diag);
        if (point->token.code == TOKEN_END)
            return ST_OK;
        builder->previous = point->token.span;
    }
}

/* --- scripts --- */

static Status check_source(const Source *source, Diag *diag)
{
    Text text = source->text;
    if (text.size > LIMIT_SCRIPT_BYTES)
        return diag_error(diag, E1005, SPAN_NONE, "the script is longer than %d bytes",
                          LIMIT_SCRIPT_BYTES);
    if (utf8_is_valid(text.ptr, text.size))
        return ST_OK;
    uint32_t at = 0;
    while (at < text.size) { /* over the valid characters before */
        uint32_t size = 1;
        while (size <= 4 && at + size <= text.size && !utf8_is_valid(text.ptr + at, size))
            size++;
        if (size > 4 || at + size > text.size)
            break;
        at += size;
    }
    return diag_error(diag, E1003, (Span){at, at + 1}, "the text is not valid UTF-8 here");
}

static Status parse_statement(Parser *parser, const StatementScan *part, Diag *diag, Script *out)
{
    Builder builder;
    ast_builder_init(&builder, parser->arena, parser->source->text, diag);
    TRY(parse_part(parser, TK_STATEMENT_INPUT, part, &builder));
    Statement *statement = builder.statement;
    assert(statement != NULL);
    statement->span = part->span;
    LIST_ADD(&out->statements, statement);
    return ST_OK;
}

typedef struct Reporter {
    ParseReport *report; /* NULL: stop at the first error */
    void *context;
} Reporter;

static Status parse_statements(Parser *parser, Reporter reporter, Script *out, Diag *diag)
{
    Status first = ST_OK;
    for (uint32_t from = 0; from < parser->source->text.size;) {
        StatementScan part = statement_scan(parser->source->text, from);
        from = part.next;
        if (part.span.start == part.span.end)
            continue;
        diag_reset(diag);
        Status status = parse_statement(parser, &part, diag, out);
        if (status == ST_OK)
            continue;
        diag->source = parser->source;
        first = first == ST_OK ? status : first;
        if (reporter.report == NULL || status == ST_NOMEM)
            return status;
        reporter.report(reporter.context, part.span, diag);
    }
    return first;
}

static Status parse_all(const Source *source, Arena *arena, Reporter reporter, Script *out,
                        Diag *diag)
{
    *out = (Script){.source = source};
    Status status = check_source(source, diag);
    if (status != ST_OK) {
        diag->source = source;
        if (reporter.report != NULL)
            reporter.report(reporter.context, SPAN_NONE, diag);
        return status;
    }
    Parser parser;
    TRY(parser_open(&parser, source, arena));
    status = parse_statements(&parser, reporter, out, diag);
    parser_close(&parser);
    return status;
}

Status parse_script(const Source *source, Arena *arena, Script *out, Diag *diag)
{
    return parse_all(source, arena, (Reporter){0}, out, diag);
}

Status parse_script_report(const Source *source, Arena *arena, ParseReport *report, void *context,
                           Script *out)
{
    assert(report != NULL);
    Diag diag;
    diag_reset(&diag);
    return parse_all(source, arena, (Reporter){report, context}, out, &diag);
}

static bool is_before_name(int code)
{
    static const int word[] = {TK_OR,        TK_REPLACE,      TK_ALTER, TK_TEMPORARY,
                               TK_SYSTEM,    TK_MATERIALIZED, TK_TABLE, TK_VIEW,
                               TK_IF_EXISTS, TK_NOT,          TK_EXISTS};
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        if (code == word[i])
            return true;
    }
    return false;
}

/* The last part of a.b.c; empty: there is no name here. */
static Status last_part(TokenStream *stream, Token token, Arena *arena, Text *name)
{
    Diag ignored = {0};
    for (Token point = token_stream_next(stream); point.code == TK_DOT;
         point = token_stream_next(stream))
        token = token_stream_next(stream);
    *name = token.code > TOKEN_END ? token.text : TEXT_NONE; /* most keywords can be names */
    if (token.code != TK_ID)
        return ST_OK;
    Status status = token_set_value(&token, stream->ahead, arena, &ignored);
    *name = status == ST_OK ? token.value : TEXT_NONE;
    return status == ST_NOMEM ? status : ST_OK;
}

Status parse_created_name(Text statement, Arena *arena, Text *name)
{
    TokenStream stream;
    bool creates = false;
    *name = TEXT_NONE;
    token_stream_init(&stream, statement, (Span){0, statement.size});
    Token token = token_stream_next(&stream);
    if (token.code != TK_CREATE && token.code != TK_REPLACE)
        return ST_OK;
    for (token = token_stream_next(&stream); is_before_name(token.code);
         token = token_stream_next(&stream))
        creates = creates || token.code == TK_TABLE || token.code == TK_VIEW;
    return creates ? last_part(&stream, token, arena, name) : ST_OK;
}

Status parse_expression(const Source *source, Arena *arena, const Expr **out, Diag *diag)
{
    Status status = check_source(source, diag);
    Parser parser;
    if (status == ST_OK)
        status = parser_open(&parser, source, arena);
    if (status == ST_OK) {
        Builder builder;
        ast_builder_init(&builder, arena, source->text, diag);
        StatementScan whole = {.span = {0, source->text.size}, .next = source->text.size};
        status = parse_part(&parser, TK_EXPRESSION_INPUT, &whole, &builder);
        parser_close(&parser);
        *out = builder.expr;
    }
    if (status != ST_OK && diag != NULL)
        diag->source = source;
    return status;
}

/* --- keywords --- */

uint32_t parse_keyword_count(void)
{
    return keyword_count();
}

Keyword parse_keyword(uint32_t index)
{
    const KeywordRow *row = keyword_row(index);
    return (Keyword){row->word, row->kind == KEYWORD_RESERVED};
}
