/* The functions over JSON texts. Those with words between their arguments come from the binder
 * (planner/bind/bind_json.c) under internal names, with the words as constant texts. */
#include "executor/function/json_kernels.h"
#include "executor/function/rules.h"

static Type rule_boolean_nullable(const Type *arg, uint32_t args)
{
    return type_with_null(rule_boolean(arg, args), true);
}

static Type rule_fourth(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(arg[3], true);
}

static Type rule_sixth_or_string(const Type *arg, uint32_t args)
{
    return type_with_null(args == 6 ? arg[5] : type_string(), true);
}

static Type rule_string_not_null(const Type *arg, uint32_t args)
{
    return type_with_null(rule_string(arg, args), false);
}

const ScalarDef json_functions[] = {
    {"IS JSON", "S", rule_boolean_not_null, is_json, FN_OPERATOR | FN_OWN_NULLS, NULL,
     "text IS [NOT] JSON [VALUE]", "The text is JSON; NULL is not."},
    {"IS JSON OBJECT", "S", rule_boolean_not_null, is_json_object, FN_OPERATOR | FN_OWN_NULLS, NULL,
     "text IS [NOT] JSON OBJECT", "The text is a JSON object; NULL is not."},
    {"IS JSON ARRAY", "S", rule_boolean_not_null, is_json_array, FN_OPERATOR | FN_OWN_NULLS, NULL,
     "text IS [NOT] JSON ARRAY", "The text is a JSON array; NULL is not."},
    {"IS JSON SCALAR", "S", rule_boolean_not_null, is_json_scalar, FN_OPERATOR | FN_OWN_NULLS, NULL,
     "text IS [NOT] JSON SCALAR", "The text is a JSON number, text, true, false or null."},

    {"$JSON_EXISTS", "SSS", rule_boolean_nullable, json_exists,
     FN_INTERNAL | FN_MAY_NULL | FN_FALLIBLE, json_exists_prepare,
     "JSON_EXISTS(text, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR])",
     "The path leads to a value that is not null."},
    {"$JSON_VALUE", "SSSASA", rule_fourth, json_value, FN_INTERNAL | FN_OWN_NULLS | FN_FALLIBLE,
     json_value_prepare,
     "JSON_VALUE(text, path [RETURNING type] [{NULL | ERROR | DEFAULT value} ON EMPTY] [{NULL | "
     "ERROR | DEFAULT value} ON ERROR])",
     "The scalar that the path leads to."},
    {"$JSON_QUERY", "SSSSS[A]", rule_sixth_or_string, json_query,
     FN_INTERNAL | FN_OWN_NULLS | FN_FALLIBLE, json_query_prepare,
     "JSON_QUERY(text, path [RETURNING type] [{WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL]} "
     "[ARRAY] WRAPPER] [{NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT} ON EMPTY] [... ON ERROR])",
     "The object or array that the path leads to, or all values that it leads to, as JSON."},

    {"$JSON_OBJECT", "SSA*", rule_string_not_null, json_object,
     FN_INTERNAL | FN_OWN_NULLS | FN_FALLIBLE, json_object_prepare,
     "JSON_OBJECT([[KEY] key VALUE value, ...] [{NULL | ABSENT} ON NULL])",
     "A JSON object, its members in the order of their keys; JSON_OBJECT, JSON_ARRAY and JSON "
     "among the values stay JSON."},
    {"$JSON_ARRAY", "SSA*", rule_string_not_null, json_array,
     FN_INTERNAL | FN_OWN_NULLS | FN_FALLIBLE, json_array_prepare,
     "JSON_ARRAY([value, ...] [{NULL | ABSENT} ON NULL])",
     "A JSON array; without NULL ON NULL the values that are NULL are left out."},
    {"$JSON", "S", rule_string, json_verbatim, FN_INTERNAL | FN_FALLIBLE, NULL, "JSON(text)",
     "JSON for a value of JSON_OBJECT or JSON_ARRAY; a text that is none rejects the row."},
    {"JSON_STRING", "A", rule_string, json_string, FN_FALLIBLE, json_string_prepare,
     "JSON_STRING(value)", "The value as JSON."},
    {"JSON_QUOTE", "S", rule_string, json_quote, FN_FALLIBLE, NULL, "JSON_QUOTE(text)",
     "The text as a JSON string of ASCII characters, with its quotes."},
    {"JSON_UNQUOTE", "S", rule_string, json_unquote, 0, NULL, "JSON_UNQUOTE(text)",
     "The text that a JSON string stands for; any other text as it is."},
    {.name = NULL},
};
