/* The scanner. re2c reads through YYPEEK, which knows the end of the text, so that no byte behind
 * it is ever touched. Quoted texts and comments are found by plain loops: they may be long, and
 * what closes them is one character. */
#include "grammar/lexer.h"

#include <assert.h>
#include <string.h>

#include "grammar/sql.h"

/* --- keywords --- */

static const KeywordRow keyword_rows[] = {
#define X(word, token, kind) {#word, sizeof(#word) - 1, KEYWORD_##kind, TK_##token},
#include "grammar/keywords.def"
#undef X
};

enum { KEYWORD_ROWS = sizeof(keyword_rows) / sizeof(keyword_rows[0]) };

uint32_t keyword_count(void)
{
    return KEYWORD_ROWS;
}

const KeywordRow *keyword_row(uint32_t index)
{
    assert(index < KEYWORD_ROWS);
    return &keyword_rows[index];
}

static int keyword_compare(Text word, const KeywordRow *row)
{
    uint32_t shorter = word.size < row->size ? word.size : row->size;
    for (uint32_t i = 0; i < shorter; i++) {
        char c = word.ptr[i];
        char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (upper != row->word[i])
            return (unsigned char)upper < (unsigned char)row->word[i] ? -1 : 1;
    }
    return word.size == row->size ? 0 : word.size < row->size ? -1 : 1;
}

const KeywordRow *keyword_find(Text word)
{
    uint32_t low = 0, high = KEYWORD_ROWS;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = keyword_compare(word, &keyword_rows[middle]);
        if (order == 0)
            return &keyword_rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* --- tokens --- */

void lexer_init(Lexer *lexer, Text text, Span part)
{
    assert(part.start <= part.end && part.end <= text.size);
    const char *start = text.size == 0 ? "" : text.ptr;
    *lexer = (Lexer){start, start + part.start, start + part.end, false};
    if (part.start == 0 && text_starts_with(text, TEXT("\xEF\xBB\xBF"))) /* a byte order mark */
        lexer->cursor += 3;
}

static Token token_from(Lexer *lexer, const char *from, int code)
{
    Span span = {(uint32_t)(from - lexer->start), (uint32_t)(lexer->cursor - lexer->start)};
    return (Token){code, span, {from, span.end - span.start}};
}

static Token unterminated(Lexer *lexer, const char *from, TokenError error)
{
    lexer->cursor = lexer->end;
    return token_from(lexer, from, error);
}

/* The cursor stands behind the opening quote. Two quotes in a row are one of the text. */
static Token quoted(Lexer *lexer, const char *from, char quote, int code, TokenError error)
{
    for (;;) {
        size_t rest = (size_t)(lexer->end - lexer->cursor);
        const char *close = rest == 0 ? NULL : memchr(lexer->cursor, quote, rest);
        if (close == NULL)
            return unterminated(lexer, from, error);
        lexer->cursor = close + 1;
        if (lexer->cursor == lexer->end || *lexer->cursor != quote)
            return token_from(lexer, from, code);
        lexer->cursor++;
    }
}

/* E'...': a backslash takes away the meaning of the quote behind it. */
static Token escaped(Lexer *lexer, const char *from)
{
    for (; lexer->cursor < lexer->end; lexer->cursor++) {
        if (*lexer->cursor == '\\' && lexer->cursor + 1 < lexer->end) {
            lexer->cursor++;
        } else if (*lexer->cursor == '\'') {
            lexer->cursor++;
            if (lexer->cursor == lexer->end || *lexer->cursor != '\'')
                return token_from(lexer, from, TK_ESTRING);
        }
    }
    return unterminated(lexer, from, TOKEN_UNTERMINATED_STRING);
}

/* "...", on one line: no token of the language, but its end is worth knowing. */
static Token double_quoted(Lexer *lexer, const char *from)
{
    const char *close = lexer->cursor;
    while (close < lexer->end && *close != '"' && *close != '\n')
        close++;
    if (close < lexer->end && *close == '"')
        lexer->cursor = close + 1;
    return token_from(lexer, from, TOKEN_DOUBLE_QUOTED);
}

static bool skip_comment(Lexer *lexer)
{
    for (; lexer->end - lexer->cursor >= 2; lexer->cursor++) {
        if (lexer->cursor[0] == '*' && lexer->cursor[1] == '/') {
            lexer->cursor += 2;
            return true;
        }
    }
    return false;
}

static Token word(Lexer *lexer, const char *from)
{
    Token token = token_from(lexer, from, TK_ID);
    const KeywordRow *row = keyword_find(token.text);
    if (row != NULL)
        token.code = row->code;
    return token;
}

Token lexer_next(Lexer *lexer)
{
    assert(lexer->cursor >= lexer->start && lexer->cursor <= lexer->end);
    const char *from, *marker;
#define TOKEN(code) return token_from(lexer, from, (code))
next:
    from = marker = lexer->cursor;
    /*!re2c
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:encoding:utf8 = 1;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYPEEK = "(lexer->cursor < lexer->end ? (unsigned char)*lexer->cursor : 0)";
    re2c:define:YYSKIP = "lexer->cursor++;";
    re2c:define:YYBACKUP = "marker = lexer->cursor;";
    re2c:define:YYRESTORE = "lexer->cursor = marker;";
    re2c:define:YYLESSTHAN = "lexer->cursor >= lexer->end";
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    space = [ \t\r\n\f\v]+;
    digit = [0-9];
    // The letters of most scripts; no punctuation, no spaces, no signs that only look like ASCII.
    latin = [a-zA-Z_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6];
    letter = latin | [\u00f8-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff\U00020000-\U0003ffff];
    // A $ may stand inside a name, as in orders$late, and not at its ends, as in PATTERN (A$).
    name = letter (letter | digit)* ("$"+ (letter | digit)+)*;
    number = digit+ | digit+ "." digit* | "." digit+;

    $               { lexer->cursor = lexer->end; from = lexer->end; TOKEN(TOKEN_END); }
    space           { goto next; }
    ("--" | "//") [^\n\x00]* { goto next; }
    "/*+"           { lexer->in_hint = true; TOKEN(TK_HINT_OPEN); }
    "*" "/"         {
                        if (lexer->in_hint) {
                            lexer->in_hint = false;
                            TOKEN(TK_HINT_CLOSE);
                        }
                        lexer->cursor--;
                        TOKEN(TK_STAR);
                    }
    "/*"            {
                        if (skip_comment(lexer))
                            goto next;
                        return unterminated(lexer, from, TOKEN_UNTERMINATED_COMMENT);
                    }

    name            { return word(lexer, from); }
    "`"             { return quoted(lexer, from, '`', TK_ID, TOKEN_UNTERMINATED_NAME); }
    "'"             { return quoted(lexer, from, '\'', TK_STRING, TOKEN_UNTERMINATED_STRING); }
    [eE] "'"        { return escaped(lexer, from); }
    [xX] "'"        { return quoted(lexer, from, '\'', TK_BINARY, TOKEN_UNTERMINATED_STRING); }
    [uU] "&'"       { return quoted(lexer, from, '\'', TK_USTRING, TOKEN_UNTERMINATED_STRING); }
    "\""            { return double_quoted(lexer, from); }

    digit+          { TOKEN(TK_INTEGER); }
    number          { TOKEN(TK_DECIMAL); }
    number [eE] [+-]? digit+ { TOKEN(TK_DOUBLE); }
    number ([eE] [+-]? digit+)? letter (letter | digit)* { TOKEN(TOKEN_BAD_NUMBER); }

    "("  { TOKEN(TK_LP); }
    ")"  { TOKEN(TK_RP); }
    "["  { TOKEN(TK_LBRACKET); }
    "]"  { TOKEN(TK_RBRACKET); }
    "{-" { TOKEN(TK_LBRACE_MINUS); }
    "-}" { TOKEN(TK_MINUS_RBRACE); }
    "{"  { TOKEN(TK_LBRACE); }
    "}"  { TOKEN(TK_RBRACE); }
    ","  { TOKEN(TK_COMMA); }
    ";"  { TOKEN(TK_SEMICOLON); }
    "."  { TOKEN(TK_DOT); }
    ":"  { TOKEN(TK_COLON); }
    "=>" { TOKEN(TK_ARROW); }
    "="  { TOKEN(TK_EQ); }
    "<>" { TOKEN(TK_NE); }
    "!=" { TOKEN(TK_NE); }
    "<=" { TOKEN(TK_LE); }
    "<"  { TOKEN(TK_LT); }
    ">=" { TOKEN(TK_GE); }
    ">"  { TOKEN(TK_GT); }
    "+"  { TOKEN(TK_PLUS); }
    "-"  { TOKEN(TK_SIGN_MINUS); }
    "*"  { TOKEN(TK_STAR); }
    "/"  { TOKEN(TK_SLASH); }
    "%"  { TOKEN(TK_PERCENT); }
    "||" { TOKEN(TK_CONCAT); }
    "|"  { TOKEN(TK_BAR); }
    "?"  { TOKEN(TK_QUESTION); }
    "^"  { TOKEN(TK_CARET); }
    "$"  { TOKEN(TK_DOLLAR); }

    [^]  { TOKEN(TOKEN_BAD_CHARACTER); }
    *    { TOKEN(TOKEN_BAD_CHARACTER); }
    */
#undef TOKEN
}
