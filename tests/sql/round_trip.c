#include "tests/sql/round_trip.h"

#include "grammar/ast.h"
#include "grammar/parse.h"

static void compare(const Statement *statement, const char *printed, const Statement *again,
                    StrBuf *trouble)
{
    StrBuf second;
    strbuf_init(&second, NULL);
    ast_print_statement(again, &second);
    if (!ast_equal_statement(statement, again))
        strbuf_printf(trouble, "printed back it is another statement: %s\n", printed);
    if (!text_is(strbuf_as_text(&second), printed))
        strbuf_printf(trouble, "printed twice it differs:\n  %s\n  %s\n", printed,
                      strbuf_cstr(&second));
    strbuf_close(&second);
}

static void check_statement(const Statement *statement, Arena *arena, StrBuf *trouble)
{
    StrBuf printed;
    Script script;
    Diag diag;
    strbuf_init(&printed, NULL);
    diag_reset(&diag);
    ast_print_statement(statement, &printed);
    Source source = {TEXT("<printed>"), strbuf_as_text(&printed)};
    if (parse_script(&source, arena, &script, &diag) != ST_OK)
        strbuf_printf(trouble, "printed back it does not parse: %s\n  %s\n", diag.message,
                      strbuf_cstr(&printed));
    else if (script.statements.count != 1)
        strbuf_printf(trouble, "printed back it is no single statement: %s\n",
                      strbuf_cstr(&printed));
    else
        compare(statement, strbuf_cstr(&printed), script.statements.first, trouble);
    strbuf_close(&printed);
}

void round_trip_check(const Source *source, StrBuf *trouble)
{
    Arena arena;
    Script script;
    Diag ignored;
    arena_init(&arena, NULL);
    diag_reset(&ignored);
    if (parse_script(source, &arena, &script, &ignored) == ST_OK) {
        for (const Statement *s = script.statements.first; s != NULL; s = s->next)
            check_statement(s, &arena, trouble);
    }
    arena_close(&arena);
}
