#include "grammar/statement_scan.h"

#include <assert.h>

#include "grammar/lexer.h"
#include "grammar/sql.h"

/* Semicolons between BEGIN and END of a statement set belong to it. Its beginning is BEGIN
 * STATEMENT SET at the start of a statement, or STATEMENT SET BEGIN; its END is one that closes no
 * CASE. */
typedef struct Scanner {
    Lexer lexer;
    int last[2]; /* the codes of the two tokens before */
    bool starts_with_begin;
    bool in_set;
    uint32_t cases; /* open CASEs of the INSERT at hand */
    uint32_t parens;
    Span paren, set; /* the outermost open parenthesis; the word that opened the set */
} Scanner;

static void scan_set(Scanner *scanner, const Token *token)
{
    bool after_words = scanner->last[1] == TK_STATEMENT && scanner->last[0] == TK_SET;
    bool begin_form = scanner->starts_with_begin && scanner->last[0] == TK_STATEMENT;
    if ((token->code == TK_BEGIN && after_words) || (token->code == TK_SET && begin_form)) {
        scanner->in_set = true;
        scanner->set = token->span;
    }
    if (!scanner->in_set)
        return;
    if (token->code == TK_CASE)
        scanner->cases++;
    else if (token->code == TK_SEMICOLON)
        scanner->cases = 0;
    else if (token->code == TK_END && scanner->cases > 0)
        scanner->cases--;
    else if (token->code == TK_END)
        scanner->in_set = false;
}

static void scan_parens(Scanner *scanner, const Token *token)
{
    switch (token->code) {
    case TK_LP:
    case TK_LBRACKET:
    case TK_LBRACE:
    case TK_LBRACE_MINUS:
        if (scanner->parens++ == 0)
            scanner->paren = token->span;
        break;
    case TK_RP:
    case TK_RBRACKET:
    case TK_RBRACE:
    case TK_MINUS_RBRACE: scanner->parens -= scanner->parens > 0; break;
    case TK_SEMICOLON: scanner->parens = 0; break;
    default: break;
    }
}

static ParseOpen open_of(const Scanner *scanner, int code, bool empty)
{
    switch (code) {
    case TOKEN_UNTERMINATED_STRING: return PARSE_OPEN_STRING;
    case TOKEN_UNTERMINATED_NAME: return PARSE_OPEN_NAME;
    case TOKEN_UNTERMINATED_COMMENT: return PARSE_OPEN_COMMENT;
    default: break;
    }
    if (scanner->lexer.in_hint)
        return PARSE_OPEN_COMMENT;
    if (scanner->parens > 0)
        return PARSE_OPEN_PAREN;
    if (scanner->in_set)
        return PARSE_OPEN_SET;
    return empty ? PARSE_OPEN_NOTHING : PARSE_OPEN_STATEMENT;
}

StatementScan statement_scan(Text text, uint32_t from)
{
    assert(from <= text.size);
    Scanner scanner = {0};
    lexer_init(&scanner.lexer, text, (Span){from, text.size});
    StatementScan scan = {.span = {from, from}, .next = text.size};
    bool empty = true;
    Token token;
    int last_code = TOKEN_END;
    while ((token = lexer_next(&scanner.lexer)).code != TOKEN_END) {
        last_code = token.code;
        if (token.code == TK_SEMICOLON && !scanner.in_set) {
            scan.ended = true;
            scan.next = token.span.end;
            break;
        }
        if (empty) {
            scan.span.start = token.span.start;
            scanner.starts_with_begin = token.code == TK_BEGIN;
        }
        empty = false;
        scan.span.end = token.span.end;
        scan_set(&scanner, &token);
        scan_parens(&scanner, &token);
        scanner.last[1] = scanner.last[0];
        scanner.last[0] = token.code;
    }
    scan.open = scan.ended ? PARSE_COMPLETE : open_of(&scanner, last_code, empty);
    if (scanner.parens > 0)
        scan.bracket = scanner.paren;
    else if (scanner.in_set)
        scan.bracket = scanner.set;
    return scan;
}

ParseOpen parse_open(Text text)
{
    uint32_t from = 0;
    ParseOpen open = PARSE_OPEN_NOTHING;
    bool complete = false;
    do {
        StatementScan scan = statement_scan(text, from);
        complete = complete || scan.ended;
        from = scan.next;
        open = scan.ended ? PARSE_OPEN_NOTHING : scan.open;
    } while (from < text.size);
    return open == PARSE_OPEN_NOTHING && complete ? PARSE_COMPLETE : open;
}

uint32_t parse_statement_end(Text text)
{
    StatementScan scan = statement_scan(text, 0);
    return scan.ended ? scan.next : 0;
}
