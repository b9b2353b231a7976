/* Three-valued logic: the truth tables of SQL:2016 4.5. */
#include "tests/support/kernel_harness.h"

static void truth_tables(void **state)
{
    (void)state;
#define T "BOOLEAN:true"
#define F "BOOLEAN:false"
#define U "BOOLEAN:NULL"
    static const KernelCase cases[] = {
        {"AND", "BOOLEAN", "TRUE", {T, T}},
        {"AND", "BOOLEAN", "FALSE", {T, F}},
        {"AND", "BOOLEAN", "NULL", {T, U}},
        {"AND", "BOOLEAN", "FALSE", {F, T}},
        {"AND", "BOOLEAN", "FALSE", {F, F}},
        {"AND", "BOOLEAN", "FALSE", {F, U}},
        {"AND", "BOOLEAN", "NULL", {U, T}},
        {"AND", "BOOLEAN", "FALSE", {U, F}},
        {"AND", "BOOLEAN", "NULL", {U, U}},
        {"OR", "BOOLEAN", "TRUE", {T, T}},
        {"OR", "BOOLEAN", "TRUE", {T, F}},
        {"OR", "BOOLEAN", "TRUE", {T, U}},
        {"OR", "BOOLEAN", "TRUE", {F, T}},
        {"OR", "BOOLEAN", "FALSE", {F, F}},
        {"OR", "BOOLEAN", "NULL", {F, U}},
        {"OR", "BOOLEAN", "TRUE", {U, T}},
        {"OR", "BOOLEAN", "NULL", {U, F}},
        {"OR", "BOOLEAN", "NULL", {U, U}},
        {"NOT", "BOOLEAN", "FALSE", {T}},
        {"NOT", "BOOLEAN", "TRUE", {F}},
        {"NOT", "BOOLEAN", "NULL", {U}},
        {"NOT", "BOOLEAN NOT NULL", "TRUE", {"BOOLEAN NOT NULL:false"}},
        {"AND", "BOOLEAN NOT NULL", "TRUE", {"BOOLEAN NOT NULL:true", "BOOLEAN NOT NULL:true"}},
        {"AND", "BOOLEAN", "NULL", {T, "NULL:NULL"}},
        {"IS TRUE", "BOOLEAN NOT NULL", "TRUE", {T}},
        {"IS TRUE", "BOOLEAN NOT NULL", "FALSE", {F}},
        {"IS TRUE", "BOOLEAN NOT NULL", "FALSE", {U}},
        {"IS NOT TRUE", "BOOLEAN NOT NULL", "FALSE", {T}},
        {"IS NOT TRUE", "BOOLEAN NOT NULL", "TRUE", {F}},
        {"IS NOT TRUE", "BOOLEAN NOT NULL", "TRUE", {U}},
        {"IS FALSE", "BOOLEAN NOT NULL", "FALSE", {T}},
        {"IS FALSE", "BOOLEAN NOT NULL", "TRUE", {F}},
        {"IS FALSE", "BOOLEAN NOT NULL", "FALSE", {U}},
        {"IS NOT FALSE", "BOOLEAN NOT NULL", "TRUE", {T}},
        {"IS NOT FALSE", "BOOLEAN NOT NULL", "FALSE", {F}},
        {"IS NOT FALSE", "BOOLEAN NOT NULL", "TRUE", {U}},
        {"IS UNKNOWN", "BOOLEAN NOT NULL", "FALSE", {T}},
        {"IS UNKNOWN", "BOOLEAN NOT NULL", "TRUE", {U}},
        {"IS NOT UNKNOWN", "BOOLEAN NOT NULL", "TRUE", {F}},
        {"IS NOT UNKNOWN", "BOOLEAN NOT NULL", "FALSE", {U}},
        {"NOT", NULL, "E2107 operator \"NOT\" does not take (INT)", {"INT:1"}},
        {"AND", NULL, "E2107", {T, "INT:1"}},
        {"OR", NULL, "E2107", {T, "STRING:x"}},
        {"IS TRUE", NULL, "E2107", {"INT:1"}},
    };
    HARNESS_CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
