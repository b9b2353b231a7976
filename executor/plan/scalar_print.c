/* Scalars as SQL, for EXPLAIN, DESCRIBE and messages. */
#include <inttypes.h>
#include <string.h>

#include "executor/plan/scalar.h"
#include "storage/base/clock.h"

static void print_args(const Scalar *s, const Schema *schema, const char *separator, StrBuf *out)
{
    for (uint32_t i = 0; i < s->args; i++) {
        if (i > 0)
            strbuf_string(out, separator);
        scalar_print(s->arg[i], schema, out);
    }
}

/* --- constants --- */

static void print_quoted(Text text, StrBuf *out)
{
    strbuf_char(out, '\'');
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == '\'')
            strbuf_char(out, '\'');
        strbuf_char(out, text.ptr[i]);
    }
    strbuf_char(out, '\'');
}

static void print_binary(const Str *bytes, StrBuf *out)
{
    strbuf_string(out, "X'");
    for (uint32_t i = 0; i < bytes->size; i++)
        strbuf_printf(out, "%02X", (unsigned char)str_bytes(bytes)[i]);
    strbuf_char(out, '\'');
}

typedef struct IntervalUnit {
    const char *name;
    int64_t size;
} IntervalUnit;

/* In the largest unit that divides it. */
static void print_interval(const Value *value, StrBuf *out)
{
    static const IntervalUnit months[] = {{"YEAR", 12}, {"MONTH", 1}};
    static const IntervalUnit micros[] = {{"DAY", MICROS_PER_DAY},
                                          {"HOUR", MICROS_PER_HOUR},
                                          {"MINUTE", MICROS_PER_MINUTE},
                                          {"SECOND", MICROS_PER_SECOND}};
    const IntervalUnit *unit = value->type.id == TYPE_INTERVAL_MONTH ? months : micros;
    const IntervalUnit *last = unit == months ? &months[1] : &micros[3];
    int64_t amount = value->as.i64;
    while (unit < last && (amount % unit->size != 0 || amount == 0))
        unit++;
    strbuf_printf(out, "INTERVAL '%s%" PRIu64, amount < 0 ? "-" : "",
                  (uint64_t)(amount < 0 ? -(amount / unit->size) : amount / unit->size));
    int64_t rest = amount % unit->size;
    if (rest != 0)
        strbuf_printf(out, ".%06" PRId64, rest < 0 ? -rest : rest);
    strbuf_printf(out, "' %s", unit->name);
}

static void print_constant(const Scalar *s, StrBuf *out)
{
    const Value *value = &s->as.constant;
    TypeId id = (TypeId)value->type.id;
    if (value->null) {
        strbuf_string(out, "NULL");
    } else if (type_is_character(&value->type)) {
        print_quoted(str_text(&value->as.str), out);
    } else if (type_is_binary(&value->type)) {
        print_binary(&value->as.str, out);
    } else if (type_is_interval(&value->type)) {
        print_interval(value, out);
    } else {
        bool typed = id >= TYPE_DATE && id <= TYPE_TIMESTAMP_LTZ;
        uint64_t valid;
        Column column = value_column(value, &valid);
        if (typed)
            strbuf_printf(out, "%s '", type_def(id)->name);
        cell_print(&value->type, &column, 0, out);
        if (typed)
            strbuf_char(out, '\'');
    }
}

/* --- calls --- */

static void print_infix(const Scalar *s, const Schema *schema, const char *name, StrBuf *out)
{
    strbuf_char(out, '(');
    scalar_print(s->arg[0], schema, out);
    strbuf_printf(out, " %s ", name);
    scalar_print(s->arg[1], schema, out);
    strbuf_char(out, ')');
}

static void print_in(const Scalar *s, const Schema *schema, StrBuf *out)
{
    strbuf_char(out, '(');
    scalar_print(s->arg[0], schema, out);
    for (uint32_t i = 1; i < s->args; i++) {
        strbuf_string(out, i == 1 ? " IN (" : ", ");
        scalar_print(s->arg[i], schema, out);
    }
    strbuf_string(out, "))");
}

static bool is_infix(const Scalar *s, const char *name)
{
    static const char *const words[] = {"LIKE", "ILIKE", "SIMILAR TO", "IS DISTINCT FROM",
                                        "IS NOT DISTINCT FROM"};
    if (s->args != 2)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(name, words[i]) == 0)
            return true;
    }
    return strchr("+-*/%=<>|", name[0]) != NULL;
}

static void print_call(const Scalar *s, const Schema *schema, StrBuf *out)
{
    const char *name = s->as.call.def->name;
    if (strcmp(name, "$IN") == 0) {
        print_in(s, schema, out);
    } else if (is_infix(s, name)) {
        print_infix(s, schema, name, out);
    } else if (s->args == 1 && strncmp(name, "IS ", 3) == 0) {
        strbuf_char(out, '(');
        scalar_print(s->arg[0], schema, out);
        strbuf_printf(out, " %s)", name);
    } else if (s->args == 1 && (strcmp(name, "NOT") == 0 || strcmp(name, "$NEGATE") == 0)) {
        strbuf_string(out, name[0] == '$' ? "(-" : "(NOT ");
        scalar_print(s->arg[0], schema, out);
        strbuf_char(out, ')');
    } else {
        bool cast = strcmp(name, "CAST") == 0 || strcmp(name, "TRY_CAST") == 0;
        strbuf_printf(out, "%s(", name[0] == '$' ? name + 1 : name);
        print_args(s, schema, ", ", out);
        if (cast) {
            strbuf_string(out, " AS ");
            type_print_bare(&s->type, out);
        }
        strbuf_char(out, ')');
    }
}

static void print_case(const Scalar *s, const Schema *schema, StrBuf *out)
{
    strbuf_string(out, "CASE");
    for (uint32_t i = 0; i + 1 < s->args; i += 2) {
        strbuf_string(out, " WHEN ");
        scalar_print(s->arg[i], schema, out);
        strbuf_string(out, " THEN ");
        scalar_print(s->arg[i + 1], schema, out);
    }
    strbuf_string(out, " ELSE ");
    scalar_print(s->arg[s->args - 1], schema, out);
    strbuf_string(out, " END");
}

void scalar_print(const Scalar *s, const Schema *schema, StrBuf *out)
{
    switch (s->kind) {
    case SCALAR_COLUMN:
        if (schema != NULL && s->as.column < schema->count)
            strbuf_text(out, schema->field[s->as.column].name);
        else
            strbuf_printf(out, "$%u", s->as.column);
        return;
    case SCALAR_CONSTANT: print_constant(s, out); return;
    case SCALAR_CALL: print_call(s, schema, out); return;
    case SCALAR_AND:
    case SCALAR_OR:
        strbuf_char(out, '(');
        print_args(s, schema, s->kind == SCALAR_AND ? " AND " : " OR ", out);
        strbuf_char(out, ')');
        return;
    case SCALAR_CASE: print_case(s, schema, out); return;
    case SCALAR_COALESCE:
        strbuf_string(out, "COALESCE(");
        print_args(s, schema, ", ", out);
        strbuf_char(out, ')');
        return;
    }
}
