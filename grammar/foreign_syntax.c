#include "grammar/foreign_syntax.h"

#include "grammar/sql.h"

/* Signs of other languages; `before` of their characters were taken before the one that cannot be.
 */
static const struct {
    const char *sign;
    uint32_t before;
    const char *hint;
} wrong_signs[] = {
    {"==", 1, "values are compared with a single ="},
    {"=<", 1, "the sign is <="},
    {"**", 1, "POWER(x, y) is the function"},
    {"::", 0, "CAST(x AS type) converts a value"},
    {"=>", 0, "the sign is >="},
    {"^", 0, "POWER(x, y) is the function"},
    {"->", 1, "row.field is a field of a row, JSON_VALUE(text, '$.field') one of JSON"},
    {"{", 0, "MAP['a', 1] makes a map, ROW(1, 'a') a row"},
};

static bool explain_sign(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    Text source = failure->source->text;
    for (uint32_t i = 0; i < sizeof(wrong_signs) / sizeof(wrong_signs[0]); i++) {
        Text sign = text_of(wrong_signs[i].sign);
        if (token->code == TOKEN_END || token->span.start < wrong_signs[i].before)
            continue;
        uint32_t start = token->span.start - wrong_signs[i].before;
        if (!text_starts_with((Text){source.ptr + start, source.size - start}, sign))
            continue;
        diag_error(diag, E1001, (Span){start, start + sign.size}, "unexpected \"%s\"", sign.ptr);
        diag_hint(diag, "%s", wrong_signs[i].hint);
        return true;
    }
    return false;
}

/* Words that other databases have where this grammar has none: the token that cannot be or, with
 * `before`, the one before it, which was taken for a name. */
static const struct {
    const char *word;
    bool before;
    const char *hint;
} foreign_words[] = {
    {"AUTO_INCREMENT", false, "columns have no default values"},
    {"CHECK", false, "a condition stands in the query that writes the table"},
    {"COMMIT", false, "each commit interval is a transaction by itself; there is none to end"},
    {"COPY", false,
     "CREATE TABLE t (...) WITH ('connector' = 'filesystem', ...) reads and writes files"},
    {"DEFAULT", false, "columns have no default values"},
    {"DIV", true, "integers are divided whole: 5 / 2"},
    {"EMIT", false, "every query gives out its changes; nothing needs to be added"},
    {"EMIT", true, "every query gives out its changes; nothing needs to be added"},
    {"EXCLUDE", false, "columns are listed one by one; a frame has all rows between its ends"},
    {"GLOB", false, "LIKE has % and _, REGEXP(text, pattern) regular expressions"},
    {"GO", false, "a statement ends with a semicolon"},
    {"GRANT", false, "who may read is decided by the permissions of the database file"},
    {"HOPPING", true, "windows stand in FROM: TABLE(HOP(TABLE t, DESCRIPTOR(time), slide, size))"},
    {"INDEX", false, "sqlite3 makes indexes on the tables of the database file"},
    {"INTO", false,
     "INSERT INTO t SELECT ... writes a table, CREATE TABLE t ... AS SELECT ... makes one"},
    {"ISNULL", false, "the test is x IS NULL"},
    {"MERGE", false, "INSERT INTO a table with a PRIMARY KEY replaces rows of the same key"},
    {"NOTNULL", false, "the test is x IS NOT NULL"},
    {"PRAGMA", false, "sqlite3 runs it on the database file"},
    {"REFERENCES", false, "there are no foreign keys"},
    {"REGEXP", false, "REGEXP(text, pattern) is the function"},
    {"REPLACE", false, "columns are listed one by one"},
    {"ROLLBACK", false, "each commit interval is a transaction by itself; there is none to end"},
    {"STREAM", false, "a stream is declared by CREATE TABLE"},
    {"STRUCT", true, "the type is ROW<x INT, y STRING>"},
    {"TOP", true, "LIMIT 5 stands at the end of the query"},
    {"TUMBLING", true, "windows stand in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), size))"},
    {"UNIQUE", false,
     "SELECT DISTINCT gives equal rows once; of keys there is PRIMARY KEY (k) NOT ENFORCED"},
    {"UPSERT", false, "INSERT INTO a table with a PRIMARY KEY replaces rows of the same key"},
};

static bool explain_foreign_word(const ParseFailure *failure, Diag *diag)
{
    for (uint32_t i = 0; i < sizeof(foreign_words) / sizeof(foreign_words[0]); i++) {
        const Token *token = parse_failure_token(failure, foreign_words[i].before ? 1 : 0);
        if (!token_is_plain_word(token) ||
            !text_equal_nocase(token->text, text_of(foreign_words[i].word)))
            continue;
        diag_error(diag, E1001, token->span, "unexpected \"%.*s\"", TEXT_ARG(token->text));
        diag_hint(diag, "%s", foreign_words[i].hint);
        return true;
    }
    return false;
}

/* SELECT DISTINCT ON (k) ... */
static bool explain_distinct_on(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    if (token->code != TK_ON || parse_failure_token(failure, 1)->code != TK_DISTINCT)
        return false;
    diag_error(diag, E1004, token->span, "ON is a reserved word");
    diag_hint(diag, "QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY x) = 1 gives the first row "
                    "of each");
    return true;
}

/* LIMIT 20, 10 */
static bool explain_limit(const ParseFailure *failure, Diag *diag)
{
    const Token *comma = parse_failure_token(failure, 0);
    if (comma->code != TK_COMMA || parse_failure_token(failure, 2)->code != TK_LIMIT)
        return false;
    diag_error(diag, E1001, comma->span, "unexpected \",\"");
    diag_hint(diag, "LIMIT n OFFSET m gives n rows behind the first m");
    return true;
}

/* INTERVAL '5 minutes', and INTERVAL 5, where the word is not taken for an interval's. */
bool foreign_interval_explain(const ParseFailure *failure, Diag *diag)
{
    const Token *number = parse_failure_token(failure, 0), *text = parse_failure_token(failure, 1);
    if (number->code == TK_INTEGER && text_equal_nocase(text->text, TEXT("INTERVAL"))) {
        diag_error(diag, E1001, number->span, "the unit of an INTERVAL stands behind its number");
        diag_hint(diag, "as INTERVAL '5' MINUTE, INTERVAL 5 MINUTE");
        return true;
    }
    bool is_signed = parse_failure_token(failure, 2)->code == TK_SIGN_MINUS ||
                     parse_failure_token(failure, 2)->code == TK_PLUS;
    if (text->code != TK_STRING ||
        parse_failure_token(failure, is_signed ? 3 : 2)->code != TK_INTERVAL_LITERAL)
        return false;
    diag_error(diag, E1001, text->span, "the unit of an INTERVAL stands behind its text");
    diag_hint(diag, "as INTERVAL '5' MINUTE, INTERVAL '1:30' HOUR TO MINUTE");
    return true;
}

/* CREATE SINK, DROP SCHEMA ... */
static const struct {
    const char *word, *hint;
} foreign_objects[] = {
    {"SCHEMA", "there is one database, default_database; a file of its own is another one"},
    {"SEQUENCE", "a table with 'connector' = 'datagen' and 'fields.n.kind' = 'sequence' counts"},
    {"SINK", "what is written is declared by CREATE TABLE, and filled by INSERT INTO"},
    {"SOURCE", "what is read is declared by CREATE TABLE"},
    {"TYPE", "a column's type may be ROW<x INT, y STRING>"},
};

static bool explain_foreign_object(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    int verb = parse_failure_token(failure, 1)->code;
    if (verb != TK_CREATE && verb != TK_DROP && verb != TK_ALTER)
        return false;
    for (uint32_t i = 0; i < sizeof(foreign_objects) / sizeof(foreign_objects[0]); i++) {
        if (!text_equal_nocase(token->text, text_of(foreign_objects[i].word)))
            continue;
        diag_error(diag, E1001, token->span, "unexpected \"%.*s\"", TEXT_ARG(token->text));
        diag_hint(diag, "%s", foreign_objects[i].hint);
        return true;
    }
    return false;
}

/* BEGIN; not BEGIN STATEMENT SET misspelt */
static bool explain_begin(const ParseFailure *failure, Diag *diag)
{
    const Token *begin = parse_failure_token(failure, 1);
    if (begin->code != TK_BEGIN || parse_failure_token(failure, 0)->code != TOKEN_END)
        return false;
    diag_error(diag, E1001, begin->span, "unexpected \"%.*s\"", TEXT_ARG(begin->text));
    diag_hint(diag, "each commit interval is a transaction by itself; there is none to begin");
    return true;
}

/* SELECT * EXCEPT (a) */
static bool explain_star_except(const ParseFailure *failure, Diag *diag)
{
    const Token *except = parse_failure_token(failure, 2);
    if (except->code != TK_EXCEPT || parse_failure_token(failure, 1)->code != TK_LP ||
        parse_failure_token(failure, 3)->code != TK_STAR)
        return false;
    diag_error(diag, E1001, except->span, "unexpected \"%.*s\"", TEXT_ARG(except->text));
    diag_hint(diag, "columns are listed one by one");
    return true;
}

/* GROUP BY a, b WITH ROLLUP */
static bool explain_with_rollup(const ParseFailure *failure, Diag *diag)
{
    const Token *with = parse_failure_token(failure, 0);
    const Token *next = &failure->point[0]->stream.ahead[1];
    if (with->code != TK_WITH || (next->code != TK_ROLLUP && next->code != TK_CUBE))
        return false;
    diag_error(diag, E1001, with->span, "unexpected \"%.*s\"", TEXT_ARG(with->text));
    diag_hint(diag, "GROUP BY %s (a, b) is the form", next->code == TK_ROLLUP ? "ROLLUP" : "CUBE");
    return true;
}

/* SELECT ... LIMIT 1 UNION ALL SELECT ... */
static bool explain_sorted_part(const ParseFailure *failure, Diag *diag)
{
    const Token *token = parse_failure_token(failure, 0);
    bool set = token->code == TK_UNION || token->code == TK_INTERSECT || token->code == TK_EXCEPT;
    if (!set || !parse_failure_accepts(failure, TOKEN_END))
        return false;
    diag_error(diag, E1001, token->span, "unexpected \"%.*s\"", TEXT_ARG(token->text));
    diag_hint(diag, "a part with ORDER BY or LIMIT of its own stands in parentheses");
    return true;
}

/* SELECT a AS 'b' */
static bool explain_quoted_name(const ParseFailure *failure, Diag *diag)
{
    const Token *text = parse_failure_token(failure, 0);
    if (text->code != TK_STRING || parse_failure_token(failure, 1)->code != TK_AS ||
        !parse_failure_accepts(failure, TK_ID))
        return false;
    diag_error(diag, E1001, text->span, "unexpected %.*s; expected a name", TEXT_ARG(text->text));
    diag_hint(diag, "a name is written bare or in back-ticks");
    return true;
}

/* SELECT [1, 2], CREATE TABLE t (a INT[]) */
static bool explain_bracket(const ParseFailure *failure, Diag *diag)
{
    const Token *bracket = parse_failure_token(failure, 0);
    if (bracket->code != TK_LBRACKET)
        return false;
    bool type = failure->point[0]->stream.ahead[1].code == TK_RBRACKET;
    diag_error(diag, E1001, bracket->span, "unexpected \"[\"");
    diag_hint(diag, "%s", type ? "an array's type is ARRAY<INT>" : "ARRAY[1, 2, 3] makes an array");
    return true;
}

bool foreign_syntax_explain(const ParseFailure *failure, Diag *diag)
{
    return explain_sign(failure, diag) || explain_distinct_on(failure, diag) ||
           explain_limit(failure, diag) || explain_foreign_word(failure, diag) ||
           explain_foreign_object(failure, diag) || explain_begin(failure, diag) ||
           explain_star_except(failure, diag) || explain_with_rollup(failure, diag) ||
           explain_sorted_part(failure, diag) || explain_quoted_name(failure, diag) ||
           explain_bracket(failure, diag);
}

/* --- characters --- */

static const struct {
    const char *character, *hint;
} character_hints[] = {
    {"&", "the word is AND; there are no operators on bits"},
    {"!", "the words are NOT and <>"},
    {"\\", "a backslash escapes only in E'...'"},
    {"@", "names with such signs need back-ticks"},
    {"#", "comments begin with --"},
    {"~", "patterns are matched with LIKE, SIMILAR TO or REGEXP"},
    {"\xE2\x80\x98", "a typographic quote; texts take plain single quotes"},
    {"\xE2\x80\x99", "a typographic quote; texts take plain single quotes"},
    {"\xE2\x80\x9C", "a typographic quote; texts take plain single quotes"},
    {"\xE2\x80\x9D", "a typographic quote; texts take plain single quotes"},
    {"\xE2\x80\x93", "a typographic dash; minus is -"},
    {"\xE2\x80\x94", "a typographic dash; minus is -, a comment begins with --"},
    {"\xC2\xA0", "a no-break space, which looks like a plain one"},
    {"\xE2\x80\x8B", "a space without width, which cannot be seen"},
    {"\xEF\xBB\xBF", "a byte order mark in the middle of the text"},
};

void foreign_syntax_hint_character(const Token *token, Diag *diag)
{
    for (uint32_t i = 0; i < sizeof(character_hints) / sizeof(character_hints[0]); i++) {
        if (text_is(token->text, character_hints[i].character))
            diag_hint(diag, "%s", character_hints[i].hint);
    }
}
