/* Type names. */
#include <assert.h>

#include "grammar/ast_make_expr.h"

static TypeName *make_type(Builder *b, TypeNameKind kind, Span start, uint32_t child_depth)
{
    TypeName *type = NEW(b, TypeName);
    type->kind = kind;
    type->span = ast_builder_span(b, start);
    type->depth = ast_builder_depth(b, type->span, child_depth);
    return type;
}

TypeName *ast_type(Builder *b, NameList name, ExprList args, TypeZone zone)
{
    TypeName *type = make_type(b, TYPE_NAME_PLAIN, name.first->span, exprs_depth(args));
    type->as.plain.name = name;
    type->as.plain.args = args;
    type->as.plain.zone = zone;
    return type;
}

/* The types that are spelt in two words, as their one-word synonyms. */
typedef struct WordPair {
    Text first, second, type;
} WordPair;

static const WordPair word_pairs[] = {
    {{"DOUBLE", 6}, {"PRECISION", 9}, {"DOUBLE", 6}},
    {{"CHARACTER", 9}, {"VARYING", 7}, {"VARCHAR", 7}},
    {{"CHAR", 4}, {"VARYING", 7}, {"VARCHAR", 7}},
    {{"BINARY", 6}, {"VARYING", 7}, {"VARBINARY", 9}},
};

TypeName *ast_type_words(Builder *b, Name *name, Token second, ExprList args)
{
    bool found = false;
    for (uint32_t i = 0; i < sizeof(word_pairs) / sizeof(word_pairs[0]) && !found; i++) {
        found = text_equal_nocase(name->text, word_pairs[i].first) &&
                text_equal_nocase(second.text, word_pairs[i].second);
        if (found)
            name->text = word_pairs[i].type;
    }
    if (!found)
        ast_builder_error(b, E1001, second.span, "", "there is no type %.*s %.*s",
                          TEXT_ARG(name->text), TEXT_ARG(second.text));
    return ast_type(b, ast_names((NameList){0}, name), args, TYPE_ZONE_UNSAID);
}

TypeName *ast_type_row(Builder *b, Token start, RowFieldList fields)
{
    uint32_t depth = 0;
    for (const RowField *field = fields.first; field != NULL; field = field->next)
        depth = deeper(depth, field->type->depth);
    TypeName *type = make_type(b, TYPE_NAME_ROW, start.span, depth);
    type->as.row = fields;
    return type;
}

TypeName *ast_type_of(Builder *b, TypeNameKind kind, Token start, TypeName *element)
{
    assert(kind == TYPE_NAME_ARRAY || kind == TYPE_NAME_MULTISET);
    TypeName *type = make_type(b, kind, start.span, element->depth);
    type->as.element = element;
    return type;
}

TypeName *ast_type_suffix(Builder *b, TypeNameKind kind, TypeName *element)
{
    TypeName *type = make_type(b, kind, element->span, element->depth);
    type->as.element = element;
    return type;
}

TypeName *ast_type_map(Builder *b, Token start, TypeName *key, TypeName *value)
{
    TypeName *type = make_type(b, TYPE_NAME_MAP, start.span, deeper(key->depth, value->depth));
    type->as.map.key = key;
    type->as.map.value = value;
    return type;
}

TypeName *ast_type_interval(Builder *b, Token start, IntervalQualifier *qualifier)
{
    TypeName *type = make_type(b, TYPE_NAME_INTERVAL, start.span, 0);
    type->as.interval = *qualifier;
    return type;
}

TypeName *ast_type_nullable(Builder *b, TypeName *type, TypeNullability nullability)
{
    type->nullability = nullability;
    type->span = ast_builder_span(b, type->span);
    return type;
}

RowField *ast_row_field(Builder *b, Name *name, TypeName *type, const Token *comment)
{
    RowField *field = NEW(b, RowField);
    field->name = ast_name_copy(name);
    field->type = type;
    field->has_comment = comment != NULL;
    if (comment != NULL)
        field->comment = comment->value;
    return field;
}
