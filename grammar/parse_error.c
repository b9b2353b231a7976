#include "grammar/parse_error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "grammar/foreign_syntax.h"
#include "grammar/sql.h"
#include "storage/base/suggest.h"

enum {
    TRIAL_TOKENS = 30, /* how far a trial reads at most */
    ENOUGH_TOKENS = 2, /* a change explains the mistake when that many tokens go on from it */
    SHOWN_BYTES = 40,  /* of a token in a message */
    SHOWN_EXPECTED = 4,
};

/* --- trials --- */

/* How many tokens the parser can read from the point, after `inserted` if that is not TOKEN_END.
 * The end of the statement counts as all that could be wished for. */
static uint32_t try_from(const ParsePoint *point, int inserted)
{
    SqlState states[SQL_PARSER_DEPTH];
    uint32_t count = point->count;
    memcpy(states, point->states, count * sizeof states[0]);
    TokenStream stream = point->stream;
    if (inserted != TOKEN_END && !sql_states_advance(states, &count, inserted))
        return 0;
    for (uint32_t read = 0; read < TRIAL_TOKENS; read++) {
        Token token = token_stream_next(&stream);
        if (token.code < TOKEN_END || !sql_states_advance(states, &count, token.code))
            return read;
        if (token.code == TOKEN_END)
            return TRIAL_TOKENS;
    }
    return TRIAL_TOKENS;
}

static bool accepts(const ParsePoint *point, int code)
{
    SqlState states[SQL_PARSER_DEPTH];
    uint32_t count = point->count;
    memcpy(states, point->states, count * sizeof states[0]);
    return sql_states_advance(states, &count, code);
}

/* The same with the first token of the point, or the one behind it, taken for another. */
static uint32_t try_replaced(const ParsePoint *point, uint32_t index, int code, Text text)
{
    ParsePoint changed = *point;
    assert(index < TOKEN_LOOK_AHEAD);
    changed.stream.ahead[index].code = code;
    changed.stream.ahead[index].text = text;
    return try_from(&changed, TOKEN_END);
}

/* --- texts --- */

static const struct {
    int code;
    const char *text;
} signs[] = {
    {TK_COMMA, "\",\""},         {TK_LP, "\"(\""},  {TK_RP, "\")\""},     {TK_LBRACKET, "\"[\""},
    {TK_RBRACKET, "\"]\""},      {TK_EQ, "\"=\""},  {TK_LT, "\"<\""},     {TK_GT, "\">\""},
    {TK_RBRACE, "\"}\""},        {TK_DOT, "\".\""}, {TK_ARROW, "\"=>\""}, {TK_SEMICOLON, "\";\""},
    {TK_MINUS_RBRACE, "\"-}\""},
};
enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

typedef struct Shown {
    char text[SHOWN_BYTES + 16];
} Shown;

/* A token as a message names it. */
static Shown show_token(const Token *token)
{
    Shown shown;
    uint32_t size = token->text.size < SHOWN_BYTES ? token->text.size : SHOWN_BYTES;
    while (size < token->text.size && size > 0 &&
           ((unsigned char)token->text.ptr[size] & 0xC0) == 0x80)
        size--;
    const char *more = size < token->text.size ? "..." : "";
    bool text = token->code == TK_STRING || token->code == TK_ESTRING || token->code == TK_USTRING;
    const char *quote = text ? "" : "\"";
    snprintf(shown.text, sizeof shown.text, "%s%.*s%s%s", quote, (int)size, token->text.ptr, more,
             quote);
    return shown;
}

typedef struct Expected {
    uint32_t count;
    const char *text[SHOWN_EXPECTED];
} Expected;

static void expect(Expected *expected, const char *text)
{
    if (expected->count < SHOWN_EXPECTED)
        expected->text[expected->count] = text;
    expected->count++;
}

/* What could stand at the point, in human terms. Free keywords are left out where any name will do,
 * operators where an expression may end. */
static Expected expected_at(const ParsePoint *point)
{
    Expected expected = {0};
    bool name = accepts(point, TK_ID), expression = accepts(point, TK_CASE);
    if (expression)
        expect(&expected, "an expression");
    else if (name)
        expect(&expected, "a name");
    if (accepts(point, TK_SELECT))
        expect(&expected, "a query");
    if (!expression && accepts(point, TK_STRING))
        expect(&expected, "a text in single quotes");
    if (!expression && accepts(point, TK_INTEGER))
        expect(&expected, "a number");
    bool ends_expression = accepts(point, TK_CONCAT);
    for (uint32_t i = 0; i < SIGNS && !expression; i++) {
        bool comparison =
            signs[i].code == TK_EQ || signs[i].code == TK_LT || signs[i].code == TK_GT;
        bool postfix =
            signs[i].code == TK_DOT || signs[i].code == TK_LBRACKET || signs[i].code == TK_LP;
        if (!(ends_expression && (comparison || postfix)) && accepts(point, signs[i].code))
            expect(&expected, signs[i].text);
    }
    for (uint32_t i = 0; i < keyword_count() && !expression && !ends_expression; i++) {
        const KeywordRow *row = keyword_row(i);
        if ((row->kind == KEYWORD_RESERVED || !name) && row->code != TK_SELECT &&
            accepts(point, row->code))
            expect(&expected, row->word);
    }
    return expected;
}

static void print_expected(const Expected *expected, char *out, size_t size)
{
    out[0] = '\0';
    size_t used = 0;
    for (uint32_t i = 0; i < expected->count && expected->count <= SHOWN_EXPECTED && used < size;
         i++) {
        const char *joint = i == 0 ? "; expected " : i + 1 == expected->count ? " or " : ", ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", joint, expected->text[i]);
    }
}

/* --- what there is --- */

const Token *parse_failure_token(const ParseFailure *failure, uint32_t back)
{
    static const Token none = {.code = TOKEN_END};
    return back < failure->points ? &failure->point[back]->token : &none;
}

bool parse_failure_accepts(const ParseFailure *failure, int code)
{
    return accepts(failure->point[0], code);
}

bool token_is_plain_word(const Token *token)
{
    if (token->code <= TOKEN_END || token->text.size < 2)
        return false;
    char c = token->text.ptr[0];
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* --- explanations: each returns whether it has one, which it has then reported --- */

/* WHERE for WHER: at the token itself, or at a word before it that was taken for a name. */
typedef struct Spelling {
    const KeywordRow *row;
    uint32_t distance, read;
    const Token *wrong;
} Spelling;

/* How far one reads with the word `back` tokens ago replaced. What it does may depend on words
 * before it (IF EXISTS), so the reading also begins there. */
static uint32_t try_spelling(const ParseFailure *failure, uint32_t back, const KeywordRow *row)
{
    uint32_t most = 0;
    for (uint32_t index = 0; index < TOKEN_LOOK_AHEAD && back + index < failure->points; index++) {
        Text word = {row->word, row->size};
        uint32_t read = try_replaced(failure->point[back + index], index, row->code, word);
        uint32_t behind_error = read < back + index ? 0 : read - back - index;
        most = behind_error > most ? behind_error : most;
    }
    return most;
}

static void find_spelling(const ParseFailure *failure, uint32_t back, Spelling *best)
{
    const Token *wrong = &failure->point[back]->token;
    uint32_t allowed = wrong->text.size / 3 + 1 < 3 ? wrong->text.size / 3 + 1 : 3;
    for (uint32_t i = 0; i < keyword_count(); i++) {
        const KeywordRow *row = keyword_row(i);
        uint32_t distance = suggest_distance(wrong->text, (Text){row->word, row->size}, allowed);
        if (distance > allowed || distance >= row->size ||
            (best->row != NULL && distance > best->distance))
            continue;
        uint32_t read = try_spelling(failure, back, row);
        if (read >= ENOUGH_TOKENS &&
            (best->row == NULL || distance < best->distance || read > best->read))
            *best = (Spelling){row, distance, read, wrong};
    }
}

static bool explain_spelling(const ParseFailure *failure, Diag *diag)
{
    Spelling best = {0};
    for (uint32_t back = 0; back < failure->points; back++) {
        const Token *token = &failure->point[back]->token;
        bool name = back == 0 || token->code == TK_ID;
        if (name && token_is_plain_word(token) && keyword_find(token->text) == NULL)
            find_spelling(failure, back, &best);
    }
    if (best.row == NULL)
        return false;
    diag_error(diag, E1001, best.wrong->span, "unexpected %s", show_token(best.wrong).text);
    diag_hint(diag, "did you mean %s?", best.row->word);
    return true;
}

/* SELECT a, FROM t */
static bool explain_trailing_comma(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0), *comma = parse_failure_token(failure, 1);
    if (comma->code != TK_COMMA)
        return false;
    ParsePoint without = *failure->point[1];
    without.stream = failure->point[0]->stream;
    if (try_from(&without, TOKEN_END) < ENOUGH_TOKENS)
        return false;
    diag_error(diag, E1001, comma->span, "nothing follows the \",\" before %s",
               token->code == TOKEN_END ? "the end" : show_token(token).text);
    diag_hint(diag, "remove the comma");
    return true;
}

/* Reserved words that are names elsewhere: SELECT order FROM t. Not SELECT FROM t, where something
 * is missing before the word. */
static bool explain_reserved(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    const KeywordRow *row = token_is_plain_word(token) ? keyword_find(token->text) : NULL;
    if (row == NULL || row->kind != KEYWORD_RESERVED)
        return false;
    uint32_t as_name = try_replaced(failure->point[0], 0, TK_ID, TEXT("x"));
    if (as_name < ENOUGH_TOKENS || try_from(failure->point[0], TK_ID) >= as_name)
        return false;
    diag_error(diag, E1004, token->span, "%s is a reserved word", row->word);
    diag_hint(diag, "as a name it needs back-ticks: `%.*s`", TEXT_ARG(token->text));
    return true;
}

/* WITH (connector = 'x'), INTERVAL 5 DAY: a text was wanted. */
static bool explain_unquoted(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    const KeywordRow *row = token_is_plain_word(token) ? keyword_find(token->text) : NULL;
    bool word = token_is_plain_word(token) && (row == NULL || row->kind != KEYWORD_RESERVED);
    bool number = token->code == TK_INTEGER || token->code == TK_DECIMAL;
    if ((!word && !number) || token->text.size > SHOWN_BYTES)
        return false;
    bool here = !accepts(failure->point[0], TK_CONCAT) &&
                try_replaced(failure->point[0], 0, TK_STRING, TEXT("''")) >= 1;
    bool interval = parse_failure_token(failure, 1)->code == TK_INTERVAL &&
                    try_replaced(failure->point[1], 1, TK_STRING, TEXT("''")) >= ENOUGH_TOKENS + 1;
    if (!here && !interval)
        return false;
    diag_error(diag, E1001, token->span, "expected a text in single quotes, not %s",
               show_token(token).text);
    diag_hint(diag, "write '%.*s'", TEXT_ARG(token->text));
    return true;
}

/* SELECT 1 CREATE TABLE ...: a statement could end where another one begins. */
static bool explain_missing_semicolon(const ParseFailure *failure, Diag *diag)
{
    static const int beginnings[] = {TK_CREATE,  TK_DROP,    TK_INSERT, TK_SELECT,
                                     TK_WITH,    TK_SET,     TK_SHOW,   TK_DESCRIBE,
                                     TK_EXPLAIN, TK_EXECUTE, TK_ALTER};
    const Token *token = parse_failure_token(failure, 0);
    bool begins = false;
    for (uint32_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        begins = begins || token->code == beginnings[i];
    if (!begins || failure->points == 1 || failure->open.end > 0 ||
        !accepts(failure->point[0], TOKEN_END))
        return false;
    diag_error(diag, E1001, token->span, "unexpected %s", show_token(token).text);
    diag_hint(diag, "is a semicolon missing before it?");
    return true;
}

/* A word or sign that is missing before the token. */
static const struct {
    int code;
    const char *text;
} insertable[] = {
    {TK_RP, "\")\""},  {TK_COMMA, "a comma"},  {TK_BY, "BY"},     {TK_INTO, "INTO"},
    {TK_FROM, "FROM"}, {TK_TABLE, "TABLE"},    {TK_AS, "AS"},     {TK_SET, "SET"},
    {TK_FOR, "FOR"},   {TK_LP, "\"(\""},       {TK_ON, "ON"},     {TK_THEN, "THEN"},
    {TK_END, "END"},   {TK_AND, "AND"},        {TK_JOIN, "JOIN"}, {TK_JOB, "JOB"},
    {TK_EQ, "\"=\""},  {TK_RBRACKET, "\"]\""},
};
enum { INSERTABLE = sizeof(insertable) / sizeof(insertable[0]) };

/* BY and JOB would be taken for a name where one may stand; a bracket that closes needs one that is
 * open, and one that opens does not stand before one that closes. */
static bool makes_sense(const ParseFailure *failure, int code)
{
    bool name = accepts(failure->point[0], TK_ID);
    if (code == TK_BY || code == TK_JOB)
        return !name;
    if (code == TK_RP || code == TK_RBRACKET)
        return failure->open.end > 0;
    return code != TK_LP || parse_failure_token(failure, 0)->code != TK_RP;
}

static bool explain_missing(const ParseFailure *failure, Diag *diag)
{
    uint32_t most = 0, found = 0;
    for (uint32_t i = 0; i < INSERTABLE && failure->points > 1; i++) {
        if (!makes_sense(failure, insertable[i].code))
            continue;
        uint32_t read = try_from(failure->point[0], insertable[i].code);
        if (read > most) {
            most = read;
            found = i;
        }
    }
    if (most < ENOUGH_TOKENS)
        return false;
    const Token *token = parse_failure_token(failure, 0);
    diag_error(diag, E1001, token->span, "unexpected %s", show_token(token).text);
    diag_hint(diag, "is %s missing before it?", insertable[found].text);
    return true;
}

/* AND could go on with any condition: it is wanted where OR could not. No sign stands for the word
 * that begins a clause. */
static bool may_be_wanted(const ParseFailure *failure, int code)
{
    const Token *token = parse_failure_token(failure, 0);
    const KeywordRow *row = token_is_plain_word(token) ? keyword_find(token->text) : NULL;
    if (code == TK_COMMA || code == TK_EQ)
        return row == NULL || row->kind != KEYWORD_RESERVED;
    return code != TK_AND || !accepts(failure->point[0], TK_OR);
}

/* BETWEEN 1 TO 2: another of these words, or a sign, was wanted. */
static bool explain_wrong_word(const ParseFailure *failure, Diag *diag)
{
    for (uint32_t i = 0; i < INSERTABLE && failure->points > 1; i++) {
        if (!makes_sense(failure, insertable[i].code) ||
            !may_be_wanted(failure, insertable[i].code) ||
            try_replaced(failure->point[0], 0, insertable[i].code, TEXT("x")) <= ENOUGH_TOKENS)
            continue;
        diag_error(diag, E1001, parse_failure_token(failure, 0)->span, "expected %s, not %s",
                   insertable[i].text, show_token(parse_failure_token(failure, 0)).text);
        return true;
    }
    return false;
}

/* SELECT a) FROM t: a bracket too many. */
static bool explain_stray_bracket(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    if (token->code != TK_RP && token->code != TK_RBRACKET && token->code != TK_RBRACE)
        return false;
    ParsePoint without = *failure->point[0];
    token_stream_next(&without.stream);
    if (try_from(&without, TOKEN_END) < ENOUGH_TOKENS)
        return false;
    diag_error(diag, E1001, token->span, "this %s closes nothing", show_token(token).text);
    return true;
}

static Status explain_end(const ParseFailure *failure, const char *expected, Diag *diag)
{
    const char *where =
        failure->ended ? "the statement ends too early" : "the input ends inside a statement";
    ErrorCode code = failure->ended ? E1001 : E1007;
    if (failure->open.end == 0)
        return diag_error(diag, code, parse_failure_token(failure, 1)->span, "%s%s", where,
                          expected);
    Text open = {failure->source->text.ptr + failure->open.start,
                 failure->open.end - failure->open.start};
    return diag_error(diag, code, failure->open, "%s, and this \"%.*s\" is not closed", where,
                      TEXT_ARG(open));
}

Status parse_error_explain(const ParseFailure *failure, Diag *diag)
{
    assert(failure->points >= 1);
    const Token *token = parse_failure_token(failure, 0);
    if (explain_trailing_comma(failure, diag) || foreign_syntax_explain(failure, diag) ||
        explain_spelling(failure, diag) || foreign_interval_explain(failure, diag))
        return ST_SYNTAX;
    char expected[200];
    Expected what = expected_at(failure->point[0]);
    print_expected(&what, expected, sizeof expected);
    if (token->code == TOKEN_END)
        return explain_end(failure, expected, diag);
    if (explain_missing_semicolon(failure, diag) || explain_reserved(failure, diag) ||
        explain_unquoted(failure, diag) || explain_missing(failure, diag) ||
        explain_wrong_word(failure, diag) || explain_stray_bracket(failure, diag))
        return ST_SYNTAX;
    if (failure->points == 1)
        return diag_error(diag, E1001, token->span, "no statement begins with %s",
                          show_token(token).text);
    return diag_error(diag, E1001, token->span, "unexpected %s%s", show_token(token).text,
                      expected);
}

/* --- what is no token --- */

static Status explain_character(const Token *token, Diag *diag)
{
    unsigned char first = (unsigned char)token->text.ptr[0];
    Status status;
    if (first < ' ' || first == 0x7F)
        status = diag_error(diag, E1003, token->span, "unexpected control character 0x%02X", first);
    else
        status = diag_error(diag, E1003, token->span, "unexpected character %.*s",
                            TEXT_ARG(token->text));
    foreign_syntax_hint_character(token, diag);
    return status;
}

Status parse_error_token(const Token *token, Diag *diag)
{
    assert(token->code < TOKEN_END);
    Span opening = {token->span.start, token->span.start + 1};
    Status status = ST_SYNTAX;
    switch ((TokenError)token->code) {
    case TOKEN_UNTERMINATED_STRING:
        status = diag_error(diag, E1002, opening, "the text that begins here is not closed");
        diag_hint(diag, "it ends with a single quote; one inside it is written twice");
        return status;
    case TOKEN_UNTERMINATED_NAME:
        return diag_error(diag, E1002, opening,
                          "the name that begins here is not closed with a back-tick");
    case TOKEN_UNTERMINATED_COMMENT:
        opening.end++;
        return diag_error(diag, E1002, opening,
                          "the comment that begins here is not closed with */");
    case TOKEN_DOUBLE_QUOTED:
        status = diag_error(diag, E1003, token->span, "double quotes quote nothing");
        diag_hint(diag, "use back-ticks for names, single quotes for text");
        return status;
    case TOKEN_BAD_NUMBER:
        status = diag_error(diag, E1006, token->span, "%s is neither a number nor a name",
                            show_token(token).text);
        diag_hint(diag, "a name that begins with a digit needs back-ticks");
        return status;
    case TOKEN_BAD_CHARACTER: break;
    }
    return explain_character(token, diag);
}
