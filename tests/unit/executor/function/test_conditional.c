/* COALESCE, IFNULL, IF, NULLIF: values and types as Flink 2.3 gives them. */
#include "tests/support/kernel_harness.h"

static void first_value_that_is_not_null(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"COALESCE", "INT NOT NULL", "5", {"INT:NULL", "INT NOT NULL:5"}},
        {"COALESCE", "INT", "7", {"INT:7", "INT:5"}},
        {"COALESCE", "INT", "NULL", {"INT:NULL", "INT:NULL"}},
        {"COALESCE", "INT NOT NULL", "3", {"INT:NULL", "NULL:NULL", "INT NOT NULL:3"}},
        {"COALESCE", "INT", "7", {"NULL:NULL", "INT:7"}},
        {"COALESCE", "INT", "7", {"INT:7"}},
        {"COALESCE", "BIGINT", "9223372036854775807", {"INT:NULL", "BIGINT:9223372036854775807"}},
        {"COALESCE", "DECIMAL(12,2)", "12.35", {"INT:NULL", "DECIMAL(10,2):12.35"}},
        {"COALESCE", "DECIMAL(11,1) NOT NULL", "2.5", {"INT:NULL", "DECIMAL(2,1) NOT NULL:2.5"}},
        {"COALESCE", "FLOAT", "7.0", {"INT:7", "FLOAT:1.5"}},
        {"COALESCE", "DOUBLE", "1.5", {"FLOAT:1.5", "DOUBLE:7"}},
        {"COALESCE", "VARCHAR(3) NOT NULL", "a ", {"CHAR(2) NOT NULL:a ", "CHAR(3) NOT NULL:abc"}},
        {"COALESCE", "CHAR(2) NOT NULL", "a ", {"CHAR(2):NULL", "CHAR(2) NOT NULL:a "}},
        {"COALESCE",
         "STRING NOT NULL",
         "hello, a long text",
         {"STRING:hello, a long text", "CHAR(3) NOT NULL:abc"}},
        {"COALESCE",
         "TIMESTAMP(6) NOT NULL",
         "2020-02-29 13:45:56.789000",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789",
          "TIMESTAMP(6) NOT NULL:2020-01-01 00:00:00.123456"}},
        {"COALESCE",
         "VARBINARY(2) NOT NULL",
         "41",
         {"BINARY(1) NOT NULL:41", "BINARY(2) NOT NULL:4142"}},
        {"COALESCE", NULL, "E2107", {"INT:NULL", "CHAR(1) NOT NULL:x"}},
        {"COALESCE", NULL, "E2107", {"STRING:NULL", "INT:7"}},
        {"COALESCE", NULL, "E2107", {"BOOLEAN:true", "CHAR(1):x"}},
        {"IFNULL", "INT NOT NULL", "0", {"INT:NULL", "INT NOT NULL:0"}},
        {"IFNULL", "INT", "7", {"INT:7", "INT:NULL"}},
        {"IFNULL", "VARCHAR(3) NOT NULL", "abc", {"CHAR(2):NULL", "CHAR(3) NOT NULL:abc"}},
        {"IFNULL", NULL, "E2107", {"INT:NULL", "CHAR(1):x"}},
    };
    HARNESS_CHECK(cases);
}

static void one_of_two(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"IF", "VARCHAR(3)", "a", {"BOOLEAN:true", "CHAR(1) NOT NULL:a", "CHAR(3) NOT NULL:bcd"}},
        {"IF",
         "DECIMAL(11,1)",
         "2.5",
         {"BOOLEAN:NULL", "INT NOT NULL:1", "DECIMAL(2,1) NOT NULL:2.5"}},
        {"IF",
         "DECIMAL(11,1)",
         "1.0",
         {"BOOLEAN:true", "INT NOT NULL:1", "DECIMAL(2,1) NOT NULL:2.5"}},
        {"IF", "INT NOT NULL", "2", {"BOOLEAN NOT NULL:false", "INT NOT NULL:1", "INT NOT NULL:2"}},
        {"IF", "FLOAT", "7.0", {"BOOLEAN:true", "INT:7", "FLOAT:1.5"}},
        {"IF", "BIGINT", "7", {"BOOLEAN:true", "INT:7", "BIGINT:1"}},
        {"IF", "CHAR(2)", "ab", {"BOOLEAN:true", "CHAR(2):ab", "CHAR(2):cd"}},
        {"IF", "INT", "NULL", {"BOOLEAN:false", "INT:7", "INT:NULL"}},
        {"IF", "INT", "7", {"BOOLEAN:true", "INT:7", "INT:NULL"}},
        {"IF", NULL, "E2107", {"BOOLEAN:true", "INT:1", "CHAR(1):x"}},
        {"IF", NULL, "E2107", {"BOOLEAN:true", "DATE:2020-01-01", "TIMESTAMP(3):2020-01-01"}},
        {"IF", NULL, "E2107", {"INT:1", "INT:1", "INT:2"}},
    };
    HARNESS_CHECK(cases);
}

static void null_where_equal(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"NULLIF", "INT", "NULL", {"INT:7", "INT:7"}},
        {"NULLIF", "INT", "7", {"INT:7", "INT:8"}},
        {"NULLIF", "INT", "7", {"INT:7", "INT:NULL"}},
        {"NULLIF", "INT", "0", {"INT:0", "INT:NULL"}},
        {"NULLIF", "INT", "NULL", {"INT:NULL", "INT:7"}},
        {"NULLIF", "INT", "7", {"INT:7", "BIGINT:9223372036854775807"}},
        {"NULLIF", "INT", "NULL", {"INT:7", "DECIMAL(2,1):7.0"}},
        {"NULLIF", "INT", "7", {"INT:7", "DECIMAL(2,1):7.1"}},
        {"NULLIF", "DECIMAL(10,2)", "12.35", {"DECIMAL(10,2):12.35", "INT:7"}},
        {"NULLIF", "DECIMAL(10,2)", "NULL", {"DECIMAL(10,2):7.00", "INT:7"}},
        {"NULLIF", "INT", "NULL", {"INT:7", "DOUBLE:7"}},
        {"NULLIF", "DOUBLE", "7.0", {"DOUBLE:7", "NULL:NULL"}},
        {"NULLIF", "DOUBLE", "NULL", {"DOUBLE:12.35", "DECIMAL(10,2):12.35"}},
        {"NULLIF", "STRING", "NULL", {"STRING:hello", "CHAR(5):hello"}},
        {"NULLIF", "CHAR(1)", "a", {"CHAR(1):a", "CHAR(3):a  "}},
        {"NULLIF",
         "STRING",
         "a text of some length",
         {"STRING:a text of some length", "STRING:another"}},
        {"NULLIF",
         "TIMESTAMP(3)",
         "NULL",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(6):2020-02-29 13:45:56.789000"}},
        {"NULLIF", "DATE", "NULL", {"DATE:2020-02-29", "STRING:2020-02-29"}},
        {"NULLIF", "BOOLEAN", "NULL", {"BOOLEAN:true", "BOOLEAN:true"}},
        {"NULLIF", NULL, "E2107", {"INT:7", "STRING:7"}},
        {"NULLIF", NULL, "E2107", {"DATE:2020-01-01", "TIMESTAMP(3):2020-01-01"}},
        {"NULLIF", NULL, "E2107", {"STRING:x", "DATE:2020-01-01"}},
    };
    HARNESS_CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_value_that_is_not_null),
        cmocka_unit_test(one_of_two),
        cmocka_unit_test(null_where_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
