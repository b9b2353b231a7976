/* CAST and TRY_CAST: which casts there are, what each can do to a row, and why some are refused.
 * The matrix is Flink's, as it answered for each pair of types. */
#include "executor/function/cast.h"

#include <assert.h>

#include "executor/function/kernel_text.h"
#include "storage/data/decimal.h"

/* --- casts that change no value --- */

#define KERNEL copy_b
#define KERNEL_UNARY
#define KERNEL_IN       b
#define KERNEL_OUT      b
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

#define KERNEL copy_i64
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      i64
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

#define KERNEL copy_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

#define KERNEL copy_i128
#define KERNEL_UNARY
#define KERNEL_IN       i128
#define KERNEL_OUT      i128
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

/* The bytes of long strings stay the argument's. */
static Status copy_str(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.str[row] = *arg_str(call, 0, row);
    return ST_OK;
}

/* The column itself; only that it may be NULL is the framework's to say. */
static Status copy_nested(KernelCall *call)
{
    call->out->data = call->arg[0]->data;
    call->out->constant = call->arg[0]->constant;
    return ST_OK;
}

/* A bare NULL has no cell to read; its rows are NULL already. */
static Status copy_nothing(KernelCall *call)
{
    (void)call;
    return ST_OK;
}

static Kernel *identity_kernel(PhysType phys)
{
    static Kernel *const kernels[] = {
        [PHYS_BOOL] = copy_b,    [PHYS_I64] = copy_i64, [PHYS_F64] = copy_f64,
        [PHYS_I128] = copy_i128, [PHYS_STR] = copy_str, [PHYS_NESTED] = copy_nested,
    };
    return kernels[phys];
}

/* The result has the type that call->arg[0] is cast to; a shorter text or fraction would be cut. */
/* Part by part; recursion is as deep as the types are nested. */
static bool is_identity_nested(const Type *from, const Type *to)
{
    if (from->id != to->id || from->children != to->children)
        return false;
    for (uint32_t i = 0; i < from->children; i++) {
        if (!cast_is_identity(&from->child[i].type, &to->child[i].type))
            return false;
    }
    return true;
}

bool cast_is_identity(const Type *from, const Type *to)
{
    if (type_equal_but_null(from, to))
        return true;
    if (type_is_nested(from))
        return is_identity_nested(from, to);
    if (type_is_integer(from) && type_is_integer(to))
        return from->id <= to->id;
    if (from->id == TYPE_FLOAT && to->id == TYPE_DOUBLE)
        return true;
    if ((from->id == TYPE_CHAR || from->id == TYPE_VARCHAR) && to->id == TYPE_VARCHAR)
        return from->precision <= to->precision;
    if ((from->id == TYPE_BINARY || from->id == TYPE_VARBINARY) && to->id == TYPE_VARBINARY)
        return from->precision <= to->precision;
    if (from->id != to->id)
        return false;
    if (from->id == TYPE_DECIMAL)
        return from->scale == to->scale && from->precision <= to->precision;
    bool has_fraction = from->id == TYPE_TIME || type_is_timestamp(from);
    return has_fraction && from->precision <= to->precision;
}

/* --- what a cast can do to a row --- */

typedef enum CastOutcome {
    CAST_TOTAL,   /* always a value, and cheap */
    CAST_FITS,    /* always a value */
    CAST_REJECTS, /* a value or a failed row */
    CAST_NULLS,   /* a value or NULL */
    CAST_REJECTS_OR_NULLS,
} CastOutcome;

typedef CastOutcome CastJudge(const Type *from, const Type *to);

static CastOutcome always_total(const Type *from, const Type *to)
{
    (void)from, (void)to;
    return CAST_TOTAL;
}

static CastOutcome always_fits(const Type *from, const Type *to)
{
    (void)from, (void)to;
    return CAST_FITS;
}

static CastOutcome may_reject(const Type *from, const Type *to)
{
    (void)from, (void)to;
    return CAST_REJECTS;
}

static CastOutcome may_reject_or_null(const Type *from, const Type *to)
{
    (void)from, (void)to;
    return CAST_REJECTS_OR_NULLS;
}

static CastOutcome judge_bool_to_decimal(const Type *from, const Type *to)
{
    (void)from;
    return to->precision > to->scale ? CAST_FITS : CAST_NULLS;
}

/* Rounding can carry into one more digit. */
static CastOutcome judge_to_decimal(const Type *from, const Type *to)
{
    Type decimal = decimal_of_exact(from);
    uint32_t whole = decimal.precision - decimal.scale + (decimal.scale > to->scale);
    return whole <= to->precision - to->scale ? CAST_FITS : CAST_NULLS;
}

static CastOutcome judge_decimal_to_integer(const Type *from, const Type *to)
{
    static const uint32_t digits_that_fit[] = {2, 4, 9, 18};
    return from->precision - from->scale <= digits_that_fit[to->id - TYPE_TINYINT] ? CAST_FITS
                                                                                   : CAST_REJECTS;
}

/* A CHAR or BINARY is padded up to its length, which must stay below the longest text that there
 * can be; a code point has at most four bytes. */
static CastOutcome judge_length(const Type *from, const Type *to)
{
    (void)from;
    bool padded = to->id == TYPE_CHAR || to->id == TYPE_BINARY;
    return padded && to->precision > STRING_MAX_BYTES / 4 ? CAST_REJECTS : CAST_FITS;
}

/* --- the matrix --- */

#define SET(id) (UINT32_C(1) << (id))
enum {
    INTEGERS = SET(TYPE_TINYINT) | SET(TYPE_SMALLINT) | SET(TYPE_INT) | SET(TYPE_BIGINT),
    DOUBLES = SET(TYPE_FLOAT) | SET(TYPE_DOUBLE),
    TEXTS = SET(TYPE_CHAR) | SET(TYPE_VARCHAR),
    BYTES = SET(TYPE_BINARY) | SET(TYPE_VARBINARY),
    INTERVALS = SET(TYPE_INTERVAL_MONTH) | SET(TYPE_INTERVAL_DAY),
    NESTED = SET(TYPE_ROW) | SET(TYPE_ARRAY) | SET(TYPE_MAP) | SET(TYPE_MULTISET),
    PRINTED = SET(TYPE_BOOLEAN) | INTEGERS | DOUBLES | SET(TYPE_DECIMAL) | SET(TYPE_DATE) |
              SET(TYPE_TIME) | SET(TYPE_TIMESTAMP) | SET(TYPE_TIMESTAMP_LTZ) | INTERVALS |
              NESTED, /* as cell_print_local does */
};

typedef struct CastRule {
    uint32_t from, to; /* sets of TypeId */
    Kernel *kernel;
    CastJudge *judge;
} CastRule;

static const CastRule cast_rules[] = {
    {SET(TYPE_BOOLEAN), INTEGERS, cast_bool_to_integer, always_total},
    {SET(TYPE_BOOLEAN), DOUBLES, cast_bool_to_double, always_total},
    {SET(TYPE_BOOLEAN), SET(TYPE_DECIMAL), cast_bool_to_decimal, judge_bool_to_decimal},
    {INTEGERS, SET(TYPE_BOOLEAN), cast_integer_to_bool, always_total},
    {INTEGERS, INTEGERS, cast_integer_to_integer, may_reject},
    {INTEGERS, SET(TYPE_FLOAT), cast_integer_to_float, always_total},
    {INTEGERS, SET(TYPE_DOUBLE), cast_integer_to_double, always_total},
    {INTEGERS, SET(TYPE_DECIMAL), cast_integer_to_decimal, judge_to_decimal},
    {INTEGERS, SET(TYPE_INTERVAL_MONTH), cast_integer_to_month, may_reject},
    {INTEGERS, SET(TYPE_INTERVAL_DAY), cast_integer_to_day, may_reject},
    {DOUBLES, SET(TYPE_BOOLEAN), cast_double_to_bool, always_total},
    {DOUBLES, INTEGERS, cast_double_to_integer, always_total},
    {DOUBLES, SET(TYPE_FLOAT), cast_double_to_float, always_total},
    {DOUBLES, SET(TYPE_DECIMAL), cast_double_to_decimal, may_reject_or_null},
    {SET(TYPE_DECIMAL), SET(TYPE_BOOLEAN), cast_decimal_to_bool, always_total},
    {SET(TYPE_DECIMAL), INTEGERS, cast_decimal_to_integer, judge_decimal_to_integer},
    {SET(TYPE_DECIMAL), SET(TYPE_FLOAT), cast_decimal_to_float, always_fits},
    {SET(TYPE_DECIMAL), SET(TYPE_DOUBLE), cast_decimal_to_double, always_fits},
    {SET(TYPE_DECIMAL), SET(TYPE_DECIMAL), cast_decimal_to_decimal, judge_to_decimal},

    {PRINTED, TEXTS, cast_any_to_text, judge_length},
    {TEXTS, TEXTS, cast_text_to_text, judge_length},
    {BYTES, TEXTS, cast_bytes_to_text, judge_length},
    {TEXTS, BYTES, cast_text_to_bytes, judge_length},
    {BYTES, BYTES, cast_bytes_to_bytes, judge_length},

    {TEXTS, SET(TYPE_BOOLEAN), cast_text_to_bool, may_reject},
    {TEXTS, INTEGERS, cast_text_to_integer, may_reject},
    {TEXTS, DOUBLES, cast_text_to_double, may_reject},
    {TEXTS, SET(TYPE_DECIMAL), cast_text_to_decimal, may_reject},
    {TEXTS, SET(TYPE_DATE), cast_text_to_date, may_reject},
    {TEXTS, SET(TYPE_TIME), cast_text_to_time, may_reject},
    {TEXTS, SET(TYPE_TIMESTAMP), cast_text_to_timestamp, may_reject},
    {TEXTS, SET(TYPE_TIMESTAMP_LTZ), cast_text_to_instant, may_reject},

    {SET(TYPE_DATE), SET(TYPE_TIMESTAMP), cast_date_to_timestamp, always_total},
    {SET(TYPE_DATE), SET(TYPE_TIMESTAMP_LTZ), cast_date_to_instant, always_fits},
    {SET(TYPE_TIME), SET(TYPE_TIME), cast_time_to_time, always_total},
    {SET(TYPE_TIME), SET(TYPE_TIMESTAMP), cast_time_to_timestamp, always_total},
    {SET(TYPE_TIME), SET(TYPE_TIMESTAMP_LTZ), cast_time_to_instant, always_fits},
    {SET(TYPE_TIMESTAMP), SET(TYPE_DATE), cast_timestamp_to_date, always_total},
    {SET(TYPE_TIMESTAMP), SET(TYPE_TIME), cast_timestamp_to_time, always_total},
    {SET(TYPE_TIMESTAMP), SET(TYPE_TIMESTAMP), cast_timestamp_to_timestamp, always_total},
    {SET(TYPE_TIMESTAMP), SET(TYPE_TIMESTAMP_LTZ), cast_timestamp_to_instant, always_fits},
    {SET(TYPE_TIMESTAMP_LTZ), SET(TYPE_DATE), cast_instant_to_date, always_fits},
    {SET(TYPE_TIMESTAMP_LTZ), SET(TYPE_TIME), cast_instant_to_time, always_fits},
    {SET(TYPE_TIMESTAMP_LTZ), SET(TYPE_TIMESTAMP), cast_instant_to_timestamp, always_fits},
    {SET(TYPE_TIMESTAMP_LTZ), SET(TYPE_TIMESTAMP_LTZ), cast_timestamp_to_timestamp, always_total},
};

static const CastRule *rule_find(const Type *from, const Type *to)
{
    for (uint32_t i = 0; i < sizeof cast_rules / sizeof *cast_rules; i++) {
        const CastRule *rule = &cast_rules[i];
        if ((rule->from & SET(from->id)) != 0 && (rule->to & SET(to->id)) != 0)
            return rule;
    }
    return NULL;
}

/* --- casts that are refused --- */

typedef struct CastAdvice {
    uint32_t from, to;
    const char *hint;
} CastAdvice;

enum { NUMBERS = INTEGERS | DOUBLES | SET(TYPE_DECIMAL) };

static const CastAdvice cast_advice[] = {
    {SET(TYPE_TIMESTAMP), NUMBERS,
     "use UNIX_TIMESTAMP(CAST(value AS STRING)), which is in seconds"},
    {SET(TYPE_TIMESTAMP_LTZ), NUMBERS,
     "use UNIX_TIMESTAMP(CAST(value AS STRING)), which is in seconds"},
    {NUMBERS, SET(TYPE_TIMESTAMP),
     "use TO_TIMESTAMP(FROM_UNIXTIME(value)), where the value is in seconds"},
    {NUMBERS, SET(TYPE_TIMESTAMP_LTZ),
     "use TO_TIMESTAMP_LTZ(value, 0) for seconds or (value, 3) for milliseconds"},
    {SET(TYPE_DATE), SET(TYPE_TIME), "a date has no time of day"},
    {SET(TYPE_TIME), SET(TYPE_DATE), "a time of day has no date"},
};

static Status report_refused(const Type *from, const Type *to, Span span, Diag *diag)
{
    StrBuf types;
    strbuf_init(&types, NULL);
    type_print_bare(from, &types);
    strbuf_string(&types, " to ");
    type_print_bare(to, &types);
    Status status = diag_error(diag, E2121, span, "there is no cast from %s", strbuf_cstr(&types));
    strbuf_close(&types);
    for (uint32_t i = 0; i < sizeof cast_advice / sizeof *cast_advice; i++) {
        if ((cast_advice[i].from & SET(from->id)) != 0 && (cast_advice[i].to & SET(to->id)) != 0)
            diag_hint(diag, "%s", cast_advice[i].hint);
    }
    return status;
}

/* --- TYPEOF --- */

static Type rule_typeof(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_string();
}

static Status typeof_constant(KernelCall *call)
{
    const Str *name = call->data;
    for (EACH_ROW(call, i, row)) {
        if (name == NULL)
            kernel_null(call, row);
        else
            call->out->data.str[row] = *name;
    }
    return ST_OK;
}

/* The name is known already; a bare NULL has none. */
static Status prepare_typeof(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    if (call->arg[0].id == TYPE_NULL)
        return ST_OK;
    StrBuf buf;
    Str *name;
    strbuf_init(&buf, arena->meter);
    const Value *whole = call->args > 1 ? call->constant[1] : NULL;
    if (whole != NULL && !whole->null && whole->as.b)
        type_print_whole(&call->arg[0], &buf);
    else
        type_print(&call->arg[0], &buf);
    Status status = strbuf_status(&buf);
    name = arena_alloc(arena, sizeof *name);
    if (status == ST_OK && name == NULL)
        status = ST_NOMEM;
    if (status == ST_OK) {
        Str printed = str_of_text(strbuf_as_text(&buf));
        status = str_copy(arena, &printed, name);
    }
    strbuf_close(&buf);
    call->data = name;
    return status;
}

/* --- binding --- */

/* A row for each outcome, in the order of CastOutcome, first of CAST, then of TRY_CAST, which turns
 * failures into NULLs. They have no pattern: casts are bound by cast_bind. Then what only names a
 * type. */
const ScalarDef cast_functions[] = {
    {"CAST", NULL, NULL, NULL, FN_OPERATOR | FN_TOTAL, NULL, "CAST(value AS type)",
     "The value in another type; a row whose value cannot be converted is rejected."},
    {"CAST", NULL, NULL, NULL, FN_OPERATOR, NULL, NULL, NULL},
    {"CAST", NULL, NULL, NULL, FN_OPERATOR | FN_FALLIBLE, NULL, NULL, NULL},
    {"CAST", NULL, NULL, NULL, FN_OPERATOR | FN_MAY_NULL, NULL, NULL, NULL},
    {"CAST", NULL, NULL, NULL, FN_OPERATOR | FN_FALLIBLE | FN_MAY_NULL, NULL, NULL, NULL},
    {"TRY_CAST", NULL, NULL, NULL, FN_OPERATOR | FN_TOTAL, NULL, "TRY_CAST(value AS type)",
     "The value in another type, or NULL where it cannot be converted."},
    {"TRY_CAST", NULL, NULL, NULL, FN_OPERATOR, NULL, NULL, NULL},
    {"TRY_CAST", NULL, NULL, NULL, FN_OPERATOR | FN_MAY_NULL, NULL, NULL, NULL},
    {"TRY_CAST", NULL, NULL, NULL, FN_OPERATOR | FN_MAY_NULL, NULL, NULL, NULL},
    {"TRY_CAST", NULL, NULL, NULL, FN_OPERATOR | FN_MAY_NULL, NULL, NULL, NULL},
    {"TYPEOF", "A [B]", rule_typeof, typeof_constant, FN_OWN_NULLS, prepare_typeof,
     "TYPEOF(value [, whole])",
     "The value's type as a text, as in DDL; whole: without short names as STRING."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
enum { FIRST_TRY_ROW = CAST_REJECTS_OR_NULLS + 1 };

static const CastTry cast_try = {.null_on_failure = true};

static Status finish_bind(const Type *from, const Type *to, CastOutcome outcome, bool try_cast,
                          FunctionCall *call, Arena *arena)
{
    TRY_NEW_ARRAY(call->arg, arena, 1);
    call->args = 1;
    call->arg[0] = *from;
    call->constant = NULL;
    call->def = &cast_functions[outcome + (try_cast ? FIRST_TRY_ROW : 0)];
    bool may_null = (call->def->flags & FN_MAY_NULL) != 0;
    call->result = type_with_null(*to, from->nullable || from->id == TYPE_NULL || may_null);
    return ST_OK;
}

/* Each part has its own cast. One that fails makes the whole value fail, or NULL in a TRY_CAST; one
 * that gives NULL gives it inside. */
static Status bind_nested(const Type *from, const Type *to, bool try_cast, FunctionCall *call,
                          Arena *arena, Span span, Diag *diag)
{
    CastNested *parts;
    CastOutcome outcome = CAST_FITS;
    TRY_NEW(parts, arena);
    TRY_NEW_ARRAY(parts->part, arena, from->children);
    parts->whole.null_on_failure = try_cast;
    for (uint32_t i = 0; i < from->children; i++) {
        TRY(cast_bind(&from->child[i].type, &to->child[i].type, false, &parts->part[i], arena, span,
                      diag));
        if ((parts->part[i].def->flags & FN_FALLIBLE) != 0)
            outcome = CAST_REJECTS;
    }
    call->kernel = cast_nested_to_nested;
    call->data = parts;
    return finish_bind(from, to, outcome, try_cast, call, arena);
}

Status cast_bind(const Type *from, const Type *to, bool try_cast, FunctionCall *call, Arena *arena,
                 Span span, Diag *diag)
{
    CastOutcome outcome = CAST_TOTAL;
    if (from->id == TYPE_NULL) {
        call->kernel = copy_nothing;
    } else if (cast_is_identity(from, to)) {
        call->kernel = identity_kernel(type_phys((TypeId)to->id));
    } else if (type_is_nested(to)) {
        if (from->id != to->id || from->children != to->children)
            return report_refused(from, to, span, diag);
        return bind_nested(from, to, try_cast, call, arena, span, diag);
    } else {
        const CastRule *rule = rule_find(from, to);
        if (rule == NULL)
            return report_refused(from, to, span, diag);
        call->kernel = rule->kernel;
        outcome = rule->judge(from, to);
    }
    call->data = try_cast ? &cast_try : NULL;
    return finish_bind(from, to, outcome, try_cast, call, arena);
}

/* --- failing rows --- */

enum { SHOWN_BYTES = 100 };

/* So much of a long text that the message still ends with the type. */
static Text shorten(Text text)
{
    if (text.size <= SHOWN_BYTES)
        return text;
    text.size = SHOWN_BYTES;
    while (text.size > 0 && ((unsigned char)text.ptr[text.size] & 0xC0) == 0x80)
        text.size--;
    return text;
}

static bool null_on_failure(KernelCall *call, uint32_t row)
{
    const CastTry *attempt = call->data;
    if (attempt == NULL || !attempt->null_on_failure)
        return false;
    kernel_null(call, row);
    return true;
}

void cast_fail_text(KernelCall *call, uint32_t row, Text from, const char *why)
{
    if (null_on_failure(call, row))
        return;
    Text shown = shorten(from);
    StrBuf type;
    strbuf_init(&type, NULL);
    type_print_bare(call->result, &type);
    kernel_fail(call, row, E5006, "cannot cast \"%.*s%s\" to %s%s%s", TEXT_ARG(shown),
                shown.size < from.size ? "..." : "", strbuf_cstr(&type), why != NULL ? ": " : "",
                why != NULL ? why : "");
    strbuf_close(&type);
}

void cast_fail_range(KernelCall *call, uint32_t row, Text from)
{
    if (null_on_failure(call, row))
        return;
    kernel_fail(call, row, E5004, "%.*s is out of the range of %s", TEXT_ARG(from),
                type_def((TypeId)call->result->id)->name);
}
