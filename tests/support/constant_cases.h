/* Cases whose later arguments are often constants, such as patterns: each is run as it stands, and
 * once more with every argument but the first known to the binder. Types are checked the first time
 * only, since a constant can make a result NOT NULL. */
#ifndef WEIR_TESTS_SUPPORT_CONSTANT_CASES_H
#define WEIR_TESTS_SUPPORT_CONSTANT_CASES_H

#include "tests/support/kernel_harness.h"

static inline void check_with_constants(const KernelCase *cases, uint32_t count)
{
    KernelHarness h;
    harness_open(&h);
    for (uint32_t i = 0; i < count; i++) {
        KernelCase constant = {.name = cases[i].name, .expect = cases[i].expect};
        char known[HARNESS_ARGS][256];
        harness_check(&h, &cases[i]);
        for (uint32_t a = 0; a < HARNESS_ARGS && cases[i].arg[a] != NULL; a++) {
            bool add = a > 0 && cases[i].arg[a][0] != '=';
            assert_true(snprintf(known[a], sizeof known[a], "%s%s", add ? "=" : "",
                                 cases[i].arg[a]) < (int)sizeof known[a]);
            constant.arg[a] = known[a];
        }
        harness_check(&h, &constant);
        arena_reset(&h.arena);
    }
    harness_close(&h);
}
#define CHECK_WITH_CONSTANTS(cases) check_with_constants((cases), sizeof(cases) / sizeof *(cases))

#endif
