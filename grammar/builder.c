#include "grammar/builder.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "storage/base/limits.h"

void ast_builder_init(Builder *builder, Arena *arena, Text source, Diag *diag)
{
    *builder = (Builder){.arena = arena, .source = source, .diag = diag};
}

Status ast_builder_reserve(Builder *builder, uint32_t depth)
{
    return arena_reserve(builder->arena,
                         (size_t)(depth + BUILDER_SPARE_SYMBOLS) * BUILDER_SYMBOL_BYTES);
}

void *ast_builder_alloc(Builder *builder, size_t size)
{
    if (++builder->node_count > LIMIT_AST_NODES)
        ast_builder_error(builder, E1005, builder->previous, "",
                          "the statement has more than %d parts", LIMIT_AST_NODES);
    void *node = arena_alloc_zeroed(builder->arena, size);
    assert(node != NULL && "ast_builder_reserve has seen to it");
    return node;
}

void ast_builder_error(Builder *builder, ErrorCode code, Span span, const char *hint,
                       const char *format, ...)
{
    if (builder->status != ST_OK)
        return;
    char message[sizeof builder->diag->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    builder->status = diag_error(builder->diag, code, span, "%s", message);
    if (hint[0] != '\0')
        diag_hint(builder->diag, "%s", hint);
}

uint16_t ast_builder_depth(Builder *builder, Span span, uint32_t child_depth)
{
    if (child_depth < LIMIT_EXPR_DEPTH)
        return (uint16_t)(child_depth + 1);
    ast_builder_error(builder, E1005, span,
                      "each operator of a chain is a level; a list as in IN (...) is one",
                      "the statement is nested more than %d levels deep", LIMIT_EXPR_DEPTH);
    return LIMIT_EXPR_DEPTH;
}

Span ast_builder_span(const Builder *builder, Span start)
{
    return span_join(start, builder->previous);
}

void ast_builder_reject(Builder *builder)
{
    builder->rejected = true;
}

void ast_builder_overflow(Builder *builder)
{
    ast_builder_error(builder, E1005, builder->previous, "",
                      "more than %d brackets and operators are open here", LIMIT_PARSE_DEPTH);
}

void ast_builder_take_statement(Builder *builder, Statement *statement)
{
    builder->statement = statement;
}

void ast_builder_take_expr(Builder *builder, Expr *expr)
{
    builder->expr = expr;
}
