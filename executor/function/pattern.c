/* A pattern is read anew at each binding: patterns are a few letters long and binding happens once
 * a call, so a compiled form would cost more lines than time. */
#include "executor/function/pattern.h"

#include <assert.h>

#include "storage/data/decimal.h"

enum { PATTERN_SLOTS = 16, PATTERN_GROUPS = 10 };

typedef struct PatternSlot {
    char letter;
    uint8_t group; /* 0: none */
    bool optional, repeated;
} PatternSlot;

typedef struct Pattern {
    PatternSlot slot[PATTERN_SLOTS];
    uint32_t count;
} Pattern;

/* Reads the pattern language of function.h; the tables are ours, so a mistake in it is a bug. */
static Pattern pattern_parse(const char *text)
{
    Pattern pattern = {.count = 0};
    bool optional = false;
    PatternSlot *last = NULL;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == ' ')
            continue;
        if (*c == '[' || *c == ']') {
            optional = *c == '[';
        } else if (*c >= '0' && *c <= '9') {
            assert(last != NULL && *c != '0');
            last->group = (uint8_t)(*c - '0');
        } else if (*c == '*' || *c == '+') {
            assert(last != NULL);
            last->repeated = true;
            last->optional = last->optional || *c == '*';
        } else {
            assert(pattern.count < PATTERN_SLOTS);
            last = &pattern.slot[pattern.count++];
            *last = (PatternSlot){.letter = *c, .optional = optional};
        }
    }
    return pattern;
}

static bool pattern_takes_count(const Pattern *pattern, uint32_t args)
{
    uint32_t least = 0;
    for (uint32_t i = 0; i < pattern->count; i++)
        least += !pattern->slot[i].optional;
    bool open = pattern->count > 0 && pattern->slot[pattern->count - 1].repeated;
    return args >= least && (open || args <= pattern->count);
}

static const PatternSlot *pattern_slot(const Pattern *pattern, uint32_t arg)
{
    return &pattern->slot[arg < pattern->count ? arg : pattern->count - 1];
}

/* --- one argument against one letter --- */

/* The type that a bare NULL takes in the letter's place. */
static Type letter_default(char letter)
{
    switch (letter) {
    case 'S': return type_string();
    case 'X': return type_sized(TYPE_VARBINARY, LENGTH_MAX);
    case 'B': return type_make(TYPE_BOOLEAN);
    case 'I':
    case 'E':
    case 'N': return type_make(TYPE_INT);
    case 'D': return type_decimal(10, 0);
    case 'F':
    case 'R': return type_make(TYPE_DOUBLE);
    case 'd': return type_make(TYPE_DATE);
    case 't': return type_sized(TYPE_TIME, 0);
    case 'T': return type_sized(TYPE_TIMESTAMP, 3);
    case 'L': return type_sized(TYPE_TIMESTAMP_LTZ, 3);
    case 'Y': return type_make(TYPE_INTERVAL_MONTH);
    case 'y': return type_make(TYPE_INTERVAL_DAY);
    case 'A':
    case 'O':
    case 'C':
    case 'a':
    case 'm': return type_make(TYPE_NULL);
    default: assert(false && "a letter of the pattern language"); return type_make(TYPE_NULL);
    }
}

static bool letter_takes(char letter, const Type *type)
{
    switch (letter) {
    case 'S': return type_is_character(type);
    case 'X': return type_is_binary(type);
    case 'B': return type->id == TYPE_BOOLEAN;
    case 'I': return type_is_integer(type);
    case 'E':
    case 'D': return type_is_exact(type);
    case 'N':
    case 'F':
    case 'R': return type_is_numeric(type);
    case 'd': return type->id == TYPE_DATE;
    case 't': return type->id == TYPE_TIME;
    case 'T': return type->id == TYPE_TIMESTAMP;
    case 'L': return type->id == TYPE_TIMESTAMP_LTZ;
    case 'Y': return type->id == TYPE_INTERVAL_MONTH;
    case 'y': return type->id == TYPE_INTERVAL_DAY;
    case 'A': return true;
    case 'O': return !type_is_nested(type);
    case 'C': return type_is_nested(type);
    case 'a': return type->id == TYPE_ARRAY;
    case 'm': return type->id == TYPE_MAP;
    default: assert(false && "a letter of the pattern language"); return false;
    }
}

/* What the argument must become; its nullability stays. */
static Fit letter_fit(char letter, const Type *type, Type *target)
{
    *target = *type;
    bool nested = letter == 'C' || letter == 'a' || letter == 'm';
    if (type->id == TYPE_NULL && !nested) { /* of what, a bare NULL does not say */
        *target = letter_default(letter);
        return FIT_EXACT;
    }
    if (!letter_takes(letter, type))
        return FIT_NONE;
    if (letter == 'D')
        *target = decimal_of_exact(type);
    else if (letter == 'F')
        target->id = TYPE_DOUBLE, target->precision = 0, target->scale = 0;
    bool cast = target->id != type->id || (letter == 'R' && !type_is_approx(type));
    return cast ? FIT_CAST : FIT_EXACT;
}

/* --- a call against an overload --- */

/* The common type of the arguments that bear the digit `group`. Bare NULLs follow the others. */
static Fit group_fit(Arena *arena, const Pattern *pattern, uint8_t group, const Type *arg,
                     uint32_t args, Type *target)
{
    Type common = type_make(TYPE_NULL);
    for (uint32_t i = 0; i < args; i++) {
        if (pattern_slot(pattern, i)->group == group && arg[i].id != TYPE_NULL &&
            !type_common(arena, &common, &target[i], &common))
            return FIT_NONE;
    }
    Fit fit = FIT_EXACT;
    for (uint32_t i = 0; i < args; i++) {
        if (pattern_slot(pattern, i)->group != group)
            continue;
        Type wanted = common.id == TYPE_NULL ? target[i] : common;
        if (arg[i].id != TYPE_NULL && !type_equal_but_null(&arg[i], &wanted))
            fit = FIT_CAST;
        target[i] = type_with_null(wanted, arg[i].nullable || arg[i].id == TYPE_NULL);
    }
    return fit;
}

Fit pattern_fit(Arena *arena, const char *text, const Type *arg, uint32_t args, Type *target)
{
    Pattern pattern = pattern_parse(text);
    if (!pattern_takes_count(&pattern, args))
        return FIT_NONE;
    Fit fit = FIT_EXACT;
    uint32_t groups = 0;
    for (uint32_t i = 0; i < args; i++) {
        const PatternSlot *slot = pattern_slot(&pattern, i);
        Fit one = letter_fit(slot->letter, &arg[i], &target[i]);
        if (one < fit)
            fit = one;
        groups |= UINT32_C(1) << slot->group;
    }
    for (uint8_t group = 1; group < PATTERN_GROUPS && fit != FIT_NONE; group++) {
        if ((groups >> group & 1) == 0)
            continue;
        Fit one = group_fit(arena, &pattern, group, arg, args, target);
        if (one < fit)
            fit = one;
    }
    return fit;
}
