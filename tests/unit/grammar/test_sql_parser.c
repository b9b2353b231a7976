/* Random sentences of the grammar: a walk over the parser's own states picks at each step one of
 * the pieces of text that can go on from there. So all of the grammar is reached, in combinations
 * that nobody would write. Each sentence that parses must print and parse again to an equal tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "grammar/parse.h"
#include "grammar/sql_parser.h"
#include "grammar/token_stream.h"

enum { SENTENCES = 6000, TARGET_PIECES = 30, MOST_PIECES = 160, PIECE_TOKENS = 10 };

/* Pieces that are no single keyword: literals, names, signs, and words that only together are a
 * symbol of the grammar. Those of the first line end things. */
static const char *const pieces[] = {
    ")",
    "]",
    "}",
    "-}",
    "END",
    ">",
    "x",
    "'t'",
    "1",
    "*/",
    "a",
    "b",
    "`q r`",
    "``` `",
    "`select`",
    "key",
    "value",
    "first",
    "row",
    "rows",
    "unbounded",
    "if",
    "(",
    "[",
    "{",
    "{-",
    ",",
    ".",
    ";",
    "=",
    "<>",
    "<",
    "<=",
    ">=",
    "=>",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "|",
    "?",
    "^",
    "$",
    "2.5",
    "1e3",
    "''",
    "'it''s'",
    "X'0aFF'",
    "E'a\\n'",
    "U&'\\0041'",
    "/*+",
    "f(",
    "a.b",
    "t.*",
    "DATE '2020-01-01'",
    "TIMESTAMP '2020-01-01 00:00:00'",
    "INTERVAL '1' DAY",
    "INTERVAL - '1' YEAR TO MONTH",
    "INTERVAL '1' SECOND(3, 6)",
    "INTERVAL DAY",
    "NOT IN",
    "NOT LIKE",
    "NOT BETWEEN",
    "NOT SIMILAR TO",
    "NOT RLIKE",
    "IS DISTINCT FROM",
    "TIMESTAMP WITH LOCAL TIME ZONE 'x'",
    "IS NOT DISTINCT FROM",
    "IS JSON VALUE",
    "IMMEDIATELY PRECEDES",
    "IMMEDIATELY SUCCEEDS",
    "AT LOCAL",
    "AT TIME ZONE",
    "WITH TIME ZONE",
    "WITH LOCAL TIME ZONE",
    "WITHOUT TIME ZONE",
    "ROW(",
    "ARRAY[",
    "ARRAY(",
    "MAP[",
    "MULTISET[",
    "MULTISET(",
    "RUNNING LAST(",
    "FINAL sum(",
    "IGNORE NULLS",
    "RESPECT NULLS",
    "WITHIN GROUP (ORDER BY",
    "ABSENT ON NULL",
    "KEY 'k'",
    "GROUPING SETS (",
    "CURRENT ROW",
    "UNBOUNDED PRECEDING",
    "UNBOUNDED FOLLOWING",
    "NEXT ROW",
    "SEMI JOIN",
    "ANTI JOIN",
    "ON CONFLICT DO",
    "IF EXISTS",
    "IF NOT EXISTS",
    "PRIMARY KEY",
    "WATERMARK FOR",
    "DISTRIBUTION BY",
    "DISTRIBUTION INTO",
    "CAST(",
    "TRY_CAST(",
    "EXTRACT(",
    "POSITION(",
    "TRIM(",
    "TIMESTAMPADD(",
    "DESCRIPTOR(",
    "UNNEST(",
    "ROLLUP(",
    "CUBE(",
    "FILTER (WHERE",
    "= ANY (",
    "> ALL (",
};
enum { PIECES = sizeof(pieces) / sizeof(pieces[0]), CLOSING = 10 };

typedef struct Piece {
    const char *text;
    int code[PIECE_TOKENS];
    uint32_t count;
} Piece;

typedef struct Walk {
    Piece piece[PIECES + 400];
    uint32_t count;
    uint64_t random;
    int statement_input; /* the symbol that asks for a statement */
    SqlState start[SQL_PARSER_DEPTH];
    uint32_t start_count;
} Walk;

/* Knuth's MMIX generator, its upper bits. */
static uint32_t next_random(Walk *walk, uint32_t below)
{
    walk->random = walk->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(walk->random >> 33) % below;
}

static void add_piece(Walk *walk, const char *text)
{
    Piece *piece = &walk->piece[walk->count++];
    piece->text = text;
    /* The end of a hint is one only behind its beginning. */
    bool hint_end = text_is(TEXT("*/"), text);
    Text source = hint_end ? TEXT("/*+ */") : text_of(text);
    TokenStream stream;
    token_stream_init(&stream, source, (Span){0, source.size});
    if (hint_end)
        token_stream_next(&stream);
    for (Token token = token_stream_next(&stream); token.code != TOKEN_END;
         token = token_stream_next(&stream)) {
        assert_true(token.code > TOKEN_END);
        assert_true(piece->count < PIECE_TOKENS);
        piece->code[piece->count++] = token.code;
    }
}

/* The two symbols that the parser takes first are those that say what is parsed. */
static void find_start(Walk *walk)
{
    void *parser = malloc(sql_parser_size());
    Builder builder = {0};
    SqlParserInit(parser, &builder);
    const KeywordRow *create = keyword_find(TEXT("CREATE"));
    for (int code = 1; code < 280; code++) {
        walk->start_count = sql_parser_states(parser, walk->start);
        if (!sql_states_advance(walk->start, &walk->start_count, code))
            continue;
        SqlState states[SQL_PARSER_DEPTH];
        uint32_t count = walk->start_count;
        for (uint32_t i = 0; i < count; i++)
            states[i] = walk->start[i];
        if (sql_states_advance(states, &count, create->code)) {
            walk->statement_input = code;
            break;
        }
    }
    free(parser);
    assert_int_not_equal(walk->statement_input, 0);
}

static bool try_piece(const Piece *piece, SqlState *states, uint32_t *count)
{
    SqlState copy[SQL_PARSER_DEPTH];
    uint32_t copied = *count;
    for (uint32_t i = 0; i < copied; i++)
        copy[i] = states[i];
    for (uint32_t i = 0; i < piece->count; i++) {
        if (!sql_states_advance(copy, &copied, piece->code[i]))
            return false;
    }
    for (uint32_t i = 0; i < copied; i++)
        states[i] = copy[i];
    *count = copied;
    return true;
}

static bool can_end(const SqlState *states, uint32_t count)
{
    SqlState copy[SQL_PARSER_DEPTH];
    for (uint32_t i = 0; i < count; i++)
        copy[i] = states[i];
    return sql_states_advance(copy, &count, TOKEN_END);
}

/* False when the walk did not come to an end. */
static bool make_sentence(Walk *walk, StrBuf *out)
{
    SqlState states[SQL_PARSER_DEPTH];
    uint32_t count = walk->start_count;
    for (uint32_t i = 0; i < count; i++)
        states[i] = walk->start[i];
    uint32_t target = 1 + next_random(walk, TARGET_PIECES);
    for (uint32_t made = 0; made < MOST_PIECES; made++) {
        if (made >= target && can_end(states, count))
            return true;
        bool found = false;
        for (uint32_t tries = 0; tries < 4000 && !found; tries++) {
            bool close = made >= target && tries < 4 * CLOSING;
            uint32_t index = next_random(walk, close ? CLOSING : walk->count);
            const Piece *piece = &walk->piece[index];
            if (!try_piece(piece, states, &count))
                continue;
            found = true;
            strbuf_string(out, piece->text);
            strbuf_char(out, ' ');
        }
        if (!found)
            return can_end(states, count);
    }
    return false;
}

static void round_trip(const Statement *statement)
{
    Arena arena;
    StrBuf first, second;
    Diag diag;
    Script again;
    arena_init(&arena, NULL);
    strbuf_init(&first, NULL);
    strbuf_init(&second, NULL);
    diag_reset(&diag);
    ast_print_statement(statement, &first);
    Source source = {TEXT("<printed>"), strbuf_as_text(&first)};
    if (parse_script(&source, &arena, &again, &diag) != ST_OK)
        fail_msg("does not parse again: %s\n%s", strbuf_cstr(&first), diag.message);
    assert_int_equal(again.statements.count, 1);
    if (!ast_equal_statement(statement, again.statements.first))
        fail_msg("parses to something else: %s", strbuf_cstr(&first));
    ast_print_statement(again.statements.first, &second);
    assert_string_equal(strbuf_cstr(&first), strbuf_cstr(&second));
    strbuf_close(&first);
    strbuf_close(&second);
    arena_close(&arena);
}

static void test_sentences_round_trip(void **state)
{
    (void)state;
    Walk *walk = calloc(1, sizeof *walk);
    walk->random = 1;
    for (uint32_t i = 0; i < PIECES; i++)
        add_piece(walk, pieces[i]);
    for (uint32_t i = 0; i < parse_keyword_count(); i++)
        add_piece(walk, parse_keyword(i).word);
    find_start(walk);
    uint32_t ended = 0, parsed = 0, kinds[64] = {0};
    for (uint32_t i = 0; i < SENTENCES; i++) {
        Arena arena;
        StrBuf text;
        Diag diag;
        Script script;
        arena_init(&arena, NULL);
        strbuf_init(&text, NULL);
        diag_reset(&diag);
        bool whole = make_sentence(walk, &text);
        ended += whole;
        Source source = {TEXT("<random>"), strbuf_as_text(&text)};
        if (whole && parse_script(&source, &arena, &script, &diag) == ST_OK &&
            script.statements.count == 1) {
            parsed++;
            kinds[script.statements.first->kind]++;
            round_trip(script.statements.first);
        }
        strbuf_close(&text);
        arena_close(&arena);
    }
    /* Neighbours change the meaning of some pieces, and constructors refuse some sentences. */
    print_message("%u sentences, %u ended, %u parsed\n", SENTENCES, ended, parsed);
    assert_true(parsed > SENTENCES / 4);
    for (uint32_t kind = 0; kind <= STATEMENT_CALL; kind++) {
        if (kinds[kind] == 0)
            fail_msg("no %s among them", statement_kind_words((StatementKind)kind));
    }
    free(walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sentences_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
