#include "shell/complete_tokens.h"

typedef struct Scanner {
    Text text;
    uint32_t at;
    bool in_comment;
} Scanner;

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_word_part(char c)
{
    return is_word_start(c) || (c >= '0' && c <= '9');
}

static bool looks_at(const Scanner *scanner, const char *what)
{
    size_t size = strlen(what);
    return scanner->text.size - scanner->at >= size &&
           memcmp(scanner->text.ptr + scanner->at, what, size) == 0;
}

static void skip_to(Scanner *scanner, const char *end, bool needed)
{
    while (scanner->at < scanner->text.size && !looks_at(scanner, end))
        scanner->at++;
    if (scanner->at < scanner->text.size)
        scanner->at += (uint32_t)strlen(end);
    else if (needed)
        scanner->in_comment = true;
}

static void skip_blanks(Scanner *scanner)
{
    while (scanner->at < scanner->text.size) {
        if (looks_at(scanner, "--")) {
            skip_to(scanner, "\n", true);
        } else if (looks_at(scanner, "/*")) {
            scanner->at += 2;
            skip_to(scanner, "*/", true);
        } else if (strchr(" \t\r\n\f\v", scanner->text.ptr[scanner->at]) != NULL) {
            scanner->at++;
        } else {
            return;
        }
    }
}

/* A doubled quote stands for one and does not end the text. */
static HalfToken scan_quoted(Scanner *scanner, char quote, HalfTokenKind kind)
{
    HalfToken token = {.kind = kind, .start = scanner->at, .open = true};
    Text text = scanner->text;
    scanner->at++;
    while (scanner->at < text.size) {
        if (text.ptr[scanner->at] == quote) {
            if (scanner->at + 1 == text.size || text.ptr[scanner->at + 1] != quote) {
                token.open = false;
                break;
            }
            scanner->at++;
        }
        scanner->at++;
    }
    if (scanner->at > text.size)
        scanner->at = text.size;
    token.text = (Text){text.ptr + token.start + 1, scanner->at - token.start - 1};
    scanner->at += !token.open;
    token.end = scanner->at;
    return token;
}

static HalfToken scan_token(Scanner *scanner)
{
    char c = scanner->text.ptr[scanner->at];
    if (c == '\'')
        return scan_quoted(scanner, '\'', HALF_STRING);
    if (c == '`')
        return scan_quoted(scanner, '`', HALF_NAME);
    HalfToken token = {.kind = is_word_start(c) ? HALF_WORD : HALF_OTHER, .start = scanner->at};
    scanner->at++;
    if (is_word_part(c)) { /* a number with what follows it is one token too */
        while (scanner->at < scanner->text.size && is_word_part(scanner->text.ptr[scanner->at]))
            scanner->at++;
    }
    token.end = scanner->at;
    token.text = (Text){scanner->text.ptr + token.start, token.end - token.start};
    return token;
}

Status half_tokens_scan(Text text, Arena *arena, HalfTokens *out, bool *in_comment)
{
    Scanner scanner = {.text = text};
    *out = (HalfTokens){0};
    for (;;) {
        skip_blanks(&scanner);
        if (scanner.at >= text.size)
            break;
        HalfToken token = scan_token(&scanner);
        if (half_token_is(&token, ";"))
            out->count = 0;
        else
            TRY_PUSH(out, arena, token);
    }
    *in_comment = scanner.in_comment;
    return ST_OK;
}

bool half_token_is(const HalfToken *token, const char *word)
{
    return (token->kind == HALF_WORD || token->kind == HALF_OTHER) &&
           text_equal_nocase(token->text, text_of(word));
}

bool half_token_is_name(const HalfToken *token)
{
    return token->kind == HALF_NAME || token->kind == HALF_WORD;
}

/* Words that follow a table without being its alias. */
static bool ends_table(const HalfToken *token)
{
    static const char *const words[] = {
        "WHERE",       "GROUP", "ORDER",     "HAVING", "LIMIT",   "JOIN",
        "INNER",       "LEFT",  "RIGHT",     "FULL",   "CROSS",   "ON",
        "USING",       "UNION", "SELECT",    "SET",    "VALUES",  "WITH",
        "WINDOW",      "FOR",   "INTERSECT", "EXCEPT", "QUALIFY", "MATCH_RECOGNIZE",
        "TABLESAMPLE", "FETCH", "OFFSET"};
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (half_token_is(token, words[i]))
            return true;
    }
    return !half_token_is_name(token);
}

/* Of catalog.database.table the last part counts. Returns the index behind the name and alias. */
static uint32_t read_table(const HalfTokens *tokens, uint32_t at, TableUse *out)
{
    *out = (TableUse){.table = tokens->item[at].text};
    at++;
    while (at + 1 < tokens->count && half_token_is(&tokens->item[at], ".") &&
           half_token_is_name(&tokens->item[at + 1])) {
        out->table = tokens->item[at + 1].text;
        at += 2;
    }
    if (at < tokens->count && half_token_is(&tokens->item[at], "AS"))
        at++;
    if (at < tokens->count && !ends_table(&tokens->item[at]))
        out->alias = tokens->item[at++].text;
    return at;
}

Status half_tokens_tables(const HalfTokens *tokens, Arena *arena, TableUses *out)
{
    static const char *const words[] = {"FROM", "JOIN", "INTO", "TABLE"};
    *out = (TableUses){0};
    for (uint32_t i = 0; i + 1 < tokens->count; i++) {
        bool before_table = false;
        for (uint32_t w = 0; w < sizeof words / sizeof *words; w++)
            before_table = before_table || half_token_is(&tokens->item[i], words[w]);
        while (before_table && i + 1 < tokens->count && !ends_table(&tokens->item[i + 1])) {
            TableUse use;
            i = read_table(tokens, i + 1, &use) - 1;
            TRY_PUSH(out, arena, use);
            before_table = i + 1 < tokens->count && half_token_is(&tokens->item[i + 1], ",");
            i += before_table;
        }
    }
    return ST_OK;
}

/* How much deeper in parentheses one is behind the token. */
static int32_t depth_change(const HalfToken *token)
{
    return half_token_is(token, "(") ? 1 : half_token_is(token, ")") ? -1 : 0;
}

Status half_tokens_options(const HalfTokens *tokens, uint32_t from, Arena *arena, OptionUses *out)
{
    int32_t depth = 0;
    for (uint32_t i = from; i < tokens->count && depth >= 0; i++) {
        const HalfToken *token = &tokens->item[i];
        depth += depth_change(token);
        bool pair = i + 2 < tokens->count && token->kind == HALF_STRING &&
                    half_token_is(&token[1], "=") && token[2].kind == HALF_STRING;
        if (!pair)
            continue;
        OptionUse use = {token->text, token[2].text};
        TRY_PUSH(out, arena, use);
        i += 2;
    }
    return ST_OK;
}

/* A column begins the list or follows a comma; constraints and the watermark do too. */
Status half_tokens_columns(const HalfTokens *tokens, Arena *arena, HalfNames *out)
{
    static const char *const no_columns[] = {"PRIMARY", "CONSTRAINT", "UNIQUE", "WATERMARK",
                                             "PERIOD"};
    int32_t depth = 0;
    *out = (HalfNames){0};
    for (uint32_t i = 0; i + 1 < tokens->count; i++) {
        const HalfToken *token = &tokens->item[i], *next = token + 1;
        int32_t before = depth;
        depth += depth_change(token);
        if (before > 0 && depth == 0)
            break;
        bool begins = depth == 1 && (half_token_is(token, "(") || half_token_is(token, ","));
        bool column = begins && half_token_is_name(next);
        for (uint32_t w = 0; w < sizeof no_columns / sizeof *no_columns; w++)
            column = column && !half_token_is(next, no_columns[w]);
        if (column)
            TRY_PUSH(out, arena, next->text);
    }
    return ST_OK;
}
