#include "grammar/token_stream.h"

#include <assert.h>

#include "grammar/sql.h"

/* ANY_NAME stands for an ID or a keyword that is not reserved, ANY_CALL for one that opens a call.
 */
enum { ANY_NAME = -1000, ANY_CALL = -1001, NOTHING_MORE = 0 };

/* When `word` is followed by those of `then`, it becomes `result` and the tokens that were looked
 * at stand as they are. Else it is what it was: for most of these words a name, because the grammar
 * knows the result alone. */
typedef struct LookAhead {
    int word, then[TOKEN_LOOK_AHEAD - 1], result;
} LookAhead;

static const LookAhead look_aheads[] = {
    {TK_NOT, {TK_IN}, TK_NOT_IN_LIKE},
    {TK_NOT, {TK_BETWEEN}, TK_NOT_IN_LIKE},
    {TK_NOT, {TK_LIKE}, TK_NOT_IN_LIKE},
    {TK_NOT, {TK_ILIKE}, TK_NOT_IN_LIKE},
    {TK_NOT, {TK_RLIKE}, TK_NOT_IN_LIKE},
    {TK_NOT, {TK_SIMILAR}, TK_NOT_IN_LIKE},
    {TK_IMMEDIATELY, {TK_PRECEDES}, TK_IMMEDIATELY_OPERATOR},
    {TK_IMMEDIATELY, {TK_SUCCEEDS}, TK_IMMEDIATELY_OPERATOR},
    {TK_AT, {TK_LOCAL}, TK_AT_ZONE},
    {TK_AT, {TK_TIME, TK_ZONE}, TK_AT_ZONE},
    {TK_WITH, {TK_TIME, TK_ZONE}, TK_WITH_ZONE},
    {TK_WITH, {TK_LOCAL, TK_TIME}, TK_WITH_ZONE},
    {TK_WITHOUT, {TK_TIME, TK_ZONE}, TK_WITHOUT_ZONE},
    {TK_INTERVAL, {TK_STRING}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_SIGN_MINUS, TK_STRING}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_SIGN_MINUS, TK_INTEGER, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_SIGN_MINUS, ANY_NAME, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_SIGN_MINUS, ANY_NAME, TK_DOT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_SIGN_MINUS, TK_LP}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_PLUS, TK_STRING}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_PLUS, TK_INTEGER, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_PLUS, ANY_NAME, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_PLUS, ANY_NAME, TK_DOT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_PLUS, TK_LP}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_INTEGER, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {ANY_NAME, TK_UNIT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {ANY_NAME, TK_DOT}, TK_INTERVAL_LITERAL},
    {TK_INTERVAL, {TK_LP}, TK_INTERVAL_LITERAL},
    {TK_ROW, {TK_LP}, TK_ROW_OPEN},
    {TK_ARRAY, {TK_LP}, TK_ARRAY_OPEN},
    {TK_ARRAY, {TK_LBRACKET}, TK_ARRAY_OPEN},
    {TK_MULTISET, {TK_LP}, TK_MULTISET_OPEN},
    {TK_MULTISET, {TK_LBRACKET}, TK_MULTISET_OPEN},
    {TK_MAP, {TK_LBRACKET}, TK_MAP_OPEN},
    {TK_RUNNING, {ANY_NAME, TK_LP}, TK_FRAME_CALL},
    {TK_FINAL, {ANY_NAME, TK_LP}, TK_FRAME_CALL},
    {TK_IGNORE, {TK_NULLS}, TK_NULLS_TREATMENT},
    {TK_RESPECT, {TK_NULLS}, TK_NULLS_TREATMENT},
    {TK_WITHIN, {TK_GROUP}, TK_WITHIN_GROUP},
    {TK_ABSENT, {TK_ON, TK_NULL}, TK_ABSENT_ON},
    {TK_KEY, {TK_STRING}, TK_KEY_PAIR},
    {TK_KEY, {TK_ID}, TK_KEY_PAIR},
    {TK_KEY, {TK_CASE}, TK_KEY_PAIR},
    {TK_KEY, {ANY_CALL, TK_LP}, TK_KEY_PAIR},
    {TK_GROUPING, {TK_SETS}, TK_GROUPING_SETS},
    {TK_CURRENT, {TK_ROW}, TK_CURRENT_ROW},
    {TK_UNBOUNDED, {TK_PRECEDING}, TK_UNBOUNDED_FRAME},
    {TK_UNBOUNDED, {TK_FOLLOWING}, TK_UNBOUNDED_FRAME},
    {TK_NEXT, {TK_ROW}, TK_NEXT_ROW},
    {TK_SEMI, {TK_JOIN}, TK_SEMI_JOIN},
    {TK_ANTI, {TK_JOIN}, TK_ANTI_JOIN},
    {TK_ON, {TK_CONFLICT, TK_DO}, TK_ON_CONFLICT},
    {TK_IF, {TK_EXISTS}, TK_IF_EXISTS},
    {TK_IF, {TK_NOT, TK_EXISTS}, TK_IF_EXISTS},
    {TK_PRIMARY, {TK_KEY}, TK_PRIMARY_KEY},
    {TK_WATERMARK, {TK_FOR}, TK_WATERMARK_FOR},
    {TK_DISTRIBUTION, {TK_BY}, TK_DISTRIBUTION_BY},
    {TK_DISTRIBUTION, {TK_INTO}, TK_DISTRIBUTION_BY},
};

void token_stream_init(TokenStream *stream, Text text, Span part)
{
    *stream = (TokenStream){.previous = TOKEN_END};
    lexer_init(&stream->lexer, text, part);
    for (uint32_t i = 0; i < TOKEN_LOOK_AHEAD; i++)
        stream->ahead[i] = lexer_next(&stream->lexer);
}

/* Of a keyword; NULL for anything else. The word decides, as several words may share a code. */
static const KeywordRow *keyword_of(const Token *token)
{
    bool can_be = token->code > TOKEN_END && token->text.size > 0 && token->text.ptr[0] != '`';
    return can_be ? keyword_find(token->text) : NULL;
}

static bool follows(int wanted, const Token *token)
{
    if (wanted == token->code)
        return true;
    if (wanted != ANY_NAME && wanted != ANY_CALL)
        return false;
    const KeywordRow *keyword = keyword_of(token);
    if (wanted == ANY_CALL)
        return keyword != NULL && keyword->kind == KEYWORD_CALL;
    return token->code == TK_ID || (keyword != NULL && keyword->kind != KEYWORD_RESERVED);
}

/* How many tokens of the rule are there, with the word itself; 0 if not all are. */
static uint32_t tokens_of(const LookAhead *rule, const Token *ahead)
{
    uint32_t count = 1;
    while (count < TOKEN_LOOK_AHEAD && rule->then[count - 1] != NOTHING_MORE) {
        if (!follows(rule->then[count - 1], &ahead[count]))
            return 0;
        count++;
    }
    return count;
}

static int code_in_place(TokenStream *stream, const KeywordRow *keyword)
{
    if (stream->previous == TK_DOT)
        return TK_ID;
    if (keyword->kind == KEYWORD_CALL && stream->ahead[1].code != TK_LP)
        return TK_ID;
    for (uint32_t i = 0; i < sizeof(look_aheads) / sizeof(look_aheads[0]); i++) {
        const LookAhead *rule = &look_aheads[i];
        uint32_t tokens = rule->word == keyword->code ? tokens_of(rule, stream->ahead) : 0;
        if (tokens > 0) {
            stream->settled = tokens;
            return rule->result;
        }
    }
    return keyword->code;
}

Token token_stream_next(TokenStream *stream)
{
    Token token = stream->ahead[0];
    const KeywordRow *keyword = keyword_of(&token);
    if (stream->settled == 0 && keyword != NULL)
        token.code = code_in_place(stream, keyword);
    if (stream->settled > 0)
        stream->settled--;
    for (uint32_t i = 1; i < TOKEN_LOOK_AHEAD; i++)
        stream->ahead[i - 1] = stream->ahead[i];
    if (token.code != TOKEN_END)
        stream->ahead[TOKEN_LOOK_AHEAD - 1] = lexer_next(&stream->lexer);
    stream->previous = token.code;
    return token;
}
