#include "executor/function/rules.h"

#include <assert.h>

Type rule_first(const Type *arg, uint32_t args)
{
    assert(args >= 1);
    return arg[0];
}

Type rule_first_or_null(const Type *arg, uint32_t args)
{
    return type_with_null(rule_first(arg, args), true);
}

Type rule_second(const Type *arg, uint32_t args)
{
    assert(args >= 2);
    return arg[1];
}

Type rule_wider(const Type *arg, uint32_t args)
{
    assert(args >= 1);
    Type common = arg[0];
    for (uint32_t i = 1; i < args; i++) {
        bool exists = type_common(NULL, &common, &arg[i], &common);
        assert(exists); /* the pattern has seen to it */
        (void)exists;
    }
    return common;
}

Type rule_boolean(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_BOOLEAN);
}

Type rule_boolean_not_null(const Type *arg, uint32_t args)
{
    return type_with_null(rule_boolean(arg, args), false);
}

Type rule_three_valued(const Type *arg, uint32_t args)
{
    bool nullable = false;
    for (uint32_t i = 0; i < args; i++)
        nullable = nullable || arg[i].nullable;
    return type_with_null(type_make(TYPE_BOOLEAN), nullable);
}

Type rule_int(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_INT);
}

Type rule_bigint(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_BIGINT);
}

Type rule_double(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_DOUBLE);
}

Type rule_string(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_string();
}

Type rule_month_interval(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_INTERVAL_MONTH);
}

Type rule_day_interval(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_INTERVAL_DAY);
}
