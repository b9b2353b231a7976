/* A case bound and run with each of its allocations failing in turn: the Status must tell, and
 * nothing may leak or be touched after. */
#ifndef WEIR_TESTS_SUPPORT_KERNEL_FAULTS_H
#define WEIR_TESTS_SUPPORT_KERNEL_FAULTS_H

#include "tests/support/kernel_harness.h"

/* The arguments of a case, as columns or known to the binder. */
typedef struct FaultArgs {
    uint32_t count;
    Type type[HARNESS_ARGS];
    Value value[HARNESS_ARGS];
    const Value *constant[HARNESS_ARGS];
    Column column[HARNESS_ARGS];
    const Column *arg[HARNESS_ARGS];
} FaultArgs;

static inline void fault_args_read(KernelHarness *h, const KernelCase *c, FaultArgs *args)
{
    for (args->count = 0; c->arg[args->count] != NULL; args->count++) {
        uint32_t a = args->count;
        HarnessLiteral literal = harness_literal(h, c->arg[a]);
        args->value[a] = literal.value;
        args->type[a] = literal.value.type;
        args->constant[a] = literal.known ? &args->value[a] : NULL;
        args->column[a] = harness_column(h, &args->value[a], literal.known, false);
        args->arg[a] = &args->column[a];
    }
}

static inline Status fault_run(KernelHarness *h, const KernelCase *c, FaultArgs *args, Column *out,
                               Arena *plan, Arena *scratch)
{
    FunctionCall call = {.args = args->count, .arg = args->type, .constant = args->constant};
    Status status = function_bind(text_of(c->name), &call, plan, SPAN_NONE, &h->diag);
    if (status != ST_OK)
        return status;
    KernelCall kernel = {
        .count = HARNESS_ROWS,
        .arg = args->arg,
        .args = call.args,
        .out = out,
        .rows = HARNESS_ROWS,
        .data = call.data,
        .arg_type = call.arg,
        .result = &call.result,
        .scratch = scratch,
        .context = &h->context,
        .errors = &h->errors,
    };
    return call.kernel(&kernel);
}

/* Fails the k-th allocation; false when there were fewer. */
static inline bool fault_check(const KernelCase *c, PhysType result, uint64_t k)
{
    KernelHarness h;
    FaultArgs args = {0};
    Column out;
    Arena plan, scratch;
    harness_open(&h);
    fault_args_read(&h, c, &args);
    assert_int_equal(column_make(&h.arena, result, HARNESS_ROWS, &out), ST_OK);
    assert_int_equal(column_need_valid(&h.arena, &out, HARNESS_ROWS), ST_OK);
    arena_init(&plan, NULL);
    arena_init(&scratch, NULL);
    mem_fail_at(k, true);
    Status status = fault_run(&h, c, &args, &out, &plan, &scratch);
    bool failed = mem_fail_at(0, false) >= k;
    if (status != (failed ? ST_NOMEM : ST_OK))
        fail_msg("%s: status %d with allocation %d failing", c->name, (int)status, (int)k);
    arena_close(&plan);
    arena_close(&scratch);
    harness_close(&h);
    return failed;
}

/* `expect` of a case is not looked at. */
static inline void check_faults(const KernelCase *cases, uint32_t count, PhysType result)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t k = 1;
        while (fault_check(&cases[i], result, k))
            k++;
        assert_true(k > 1);
    }
}
#define CHECK_FAULTS(cases, result) check_faults((cases), sizeof(cases) / sizeof *(cases), (result))

#endif
