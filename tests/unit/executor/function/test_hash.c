/* Digests and encodings. Values as Flink 2.3 answered; the digests of '' and 'a' also as
 * sha256sum(1) and its kin print them. */
#include "tests/support/constant_cases.h"
#include "tests/support/kernel_faults.h"

#define HELLO_BYTES "BYTES:68656c6c6f"

static void digests(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"MD5", "CHAR(32) NOT NULL", "d41d8cd98f00b204e9800998ecf8427e", {"CHAR(1) NOT NULL:"}},
        {"MD5", "CHAR(32)", "5d41402abc4b2a76b9719d911017c592", {"STRING:hello"}},
        {"MD5", "CHAR(32)", "8419b71c87a225a2c70b50486fbee545", {"STRING:ä"}},
        {"MD5", "CHAR(32)", "5d41402abc4b2a76b9719d911017c592", {HELLO_BYTES}},
        {"MD5", "CHAR(32)", "NULL", {"STRING:NULL"}},
        {"MD5", NULL, "E2107", {"INT:1"}},
        {"SHA1",
         "CHAR(40) NOT NULL",
         "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
         {"CHAR(1) NOT NULL:a"}},
        {"SHA224",
         "CHAR(56)",
         "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5",
         {"STRING:a"}},
        {"SHA224",
         "CHAR(56)",
         "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
         {"STRING:"}},
        {"SHA256",
         "CHAR(64) NOT NULL",
         "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
         {"CHAR(1) NOT NULL:a"}},
        {"SHA256",
         "CHAR(64)",
         "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
         {HELLO_BYTES}},
        {"SHA384",
         "CHAR(96)",
         "54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd"
         "3145f31",
         {"STRING:a"}},
        {"SHA512",
         "CHAR(128)",
         "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f53"
         "02860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75",
         {"STRING:a"}},
    };
    HARNESS_CHECK(cases);
    static const KernelCase sha2[] = {
        {"SHA2",
         "VARCHAR(128)",
         "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5",
         {"STRING:a", "INT:224"}},
        {"SHA2",
         "VARCHAR(128) NOT NULL",
         "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
         {"CHAR(1) NOT NULL:a", "INT NOT NULL:256"}},
        {"SHA2",
         NULL,
         "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
         {HELLO_BYTES, "BIGINT:256"}},
        {"SHA2", NULL, "NULL", {"STRING:hello", "INT:NULL"}},
    };
    CHECK_WITH_CONSTANTS(sha2);
    static const KernelCase wrong[] = {
        {"SHA2", NULL, "E5007", {"STRING:hello", "INT:7"}},
        {"SHA2", NULL, "E5007", {"STRING:hello", "INT:0"}},
        {"SHA2", NULL, "E2107", {"STRING:hello", "=INT:0"}},
        {"SHA2", NULL, "E2107", {"STRING:hello", "=INT:1"}},
    };
    HARNESS_CHECK(wrong);
}

static void base64(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TO_BASE64", "STRING NOT NULL", "aGVsbG8=", {"CHAR(5) NOT NULL:hello"}},
        {"TO_BASE64", "STRING", "aGVsbG8=", {HELLO_BYTES}},
        {"TO_BASE64", "STRING", "", {"STRING:"}},
        {"TO_BASE64", "STRING", "YQ==", {"STRING:a"}},
        {"TO_BASE64", "STRING", "YWI=", {"STRING:ab"}},
        {"TO_BASE64", "STRING", "YWJj", {"STRING:abc"}},
        {"TO_BASE64", "STRING", "+/8=", {"BYTES:fbff"}},
        {"TO_BASE64", "STRING", "aGVsbG8gaGVsbG8gaGVsbG8=", {"STRING:hello hello hello"}},
        {"FROM_BASE64", "STRING NOT NULL", "hello", {"CHAR(8) NOT NULL:aGVsbG8="}},
        {"FROM_BASE64", "STRING", "hello", {"STRING:aGVsbG8"}},
        {"FROM_BASE64", "STRING", "hello hello hello", {"STRING:aGVsbG8gaGVsbG8gaGVsbG8="}},
        {"FROM_BASE64", "STRING", "", {"STRING:"}},
        {"FROM_BASE64", "STRING", "a", {"STRING:YQ"}},
        {"FROM_BASE64", "STRING", "a", {"STRING:YR=="}},
        {"FROM_BASE64", "STRING", "ä", {"STRING:w6Q="}},
        {"FROM_BASE64", "STRING", "\xEF\xBF\xBD\xEF\xBF\xBD", {"STRING:+/8="}},
        {"FROM_BASE64", "STRING", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", {"STRING:gICA"}},
        {"FROM_BASE64", "STRING", "hello", {"BYTES:614756736247383d"}},
        {"FROM_BASE64", NULL, "E5007 \"!!\" is not Base64", {"STRING:!!"}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:aGVs bG8="}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:hello"}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:YQ="}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:Y"}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:YQ==YQ=="}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:===="}},
        {"FROM_BASE64", NULL, "E5007", {"STRING:_-8="}},
    };
    HARNESS_CHECK(cases);
}

static void hexadecimal(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"UNHEX", "BYTES", "616263", {"CHAR(6) NOT NULL:616263"}},
        {"UNHEX", "BYTES", "001626", {"STRING:61626"}},
        {"UNHEX", "BYTES", "00", {"STRING:6"}},
        {"UNHEX", "BYTES", "abcdef", {"STRING:aBcDeF"}},
        {"UNHEX", "BYTES", "NULL", {"STRING:zz"}},
        {"UNHEX", "BYTES", "NULL", {"STRING:6g"}},
        {"UNHEX", "BYTES", "", {"STRING:"}},
    };
    HARNESS_CHECK(cases);
}

static void charsets(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"ENCODE", "BYTES NOT NULL", "68c3a9", {"CHAR(2) NOT NULL:hé", "CHAR(5) NOT NULL:UTF-8"}},
        {"ENCODE", NULL, "68c3a9", {"STRING:hé", "STRING:utf-8"}},
        {"ENCODE", NULL, "68e9", {"STRING:hé", "STRING:ISO-8859-1"}},
        {"ENCODE", NULL, "683f", {"STRING:h😀", "STRING:latin1"}},
        {"ENCODE", NULL, "683f", {"STRING:hé", "STRING:US-ASCII"}},
        {"ENCODE", NULL, "006800e9", {"STRING:hé", "STRING:UTF-16BE"}},
        {"ENCODE", NULL, "68003dd800de", {"STRING:h😀", "STRING:UTF-16LE"}},
        {"ENCODE", NULL, "feff006800e9", {"STRING:hé", "STRING:UTF-16"}},
        {"ENCODE", NULL, "", {"STRING:", "STRING:UTF-16"}},
        {"ENCODE", NULL, "NULL", {"STRING:hello", "STRING:NULL"}},
        {"ENCODE", NULL, "E2107", {HELLO_BYTES, "STRING:UTF-8"}},
        {"DECODE", "STRING", "hello", {HELLO_BYTES, "STRING:UTF-8"}},
        {"DECODE",
         "STRING NOT NULL",
         "hé",
         {"BINARY(2) NOT NULL:68e9", "CHAR(10) NOT NULL:ISO-8859-1"}},
        {"DECODE", NULL, "h\xEF\xBF\xBD", {"BYTES:68e9", "STRING:UTF-8"}},
        {"DECODE", NULL, "h\xEF\xBF\xBD", {"BYTES:68e9", "STRING:US-ASCII"}},
        {"DECODE", NULL, "\xEF\xBF\xBD\xEF\xBF\xBD", {"BYTES:80ff", "STRING:UTF-8"}},
        {"DECODE", NULL, "hé", {"BYTES:feff006800e9", "STRING:UTF-16"}},
        {"DECODE", NULL, "hé", {"BYTES:fffe6800e900", "STRING:UTF-16"}},
        {"DECODE", NULL, "hé", {"BYTES:006800e9", "STRING:UTF-16"}},
        {"DECODE", NULL, "hé", {"BYTES:006800e9", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "hé", {"BYTES:6800e900", "STRING:UTF-16LE"}},
        {"DECODE", NULL, "\xEF\xBB\xBFh", {"BYTES:feff0068", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "😀", {"BYTES:d83dde00", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "\xEF\xBF\xBDh", {"BYTES:de000068", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "\xEF\xBF\xBD", {"BYTES:d83d0068", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "\xEF\xBF\xBD", {"BYTES:00", "STRING:UTF-16BE"}},
        {"DECODE", NULL, "", {"BYTES:", "STRING:UTF-16"}},
        {"DECODE", NULL, "E2107", {"STRING:hello", "STRING:UTF-8"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase wrong[] = {
        {"ENCODE", NULL, "E5007 unknown character set \"nope\"", {"STRING:hello", "STRING:nope"}},
        {"ENCODE", NULL, "E2107", {"STRING:hello", "=STRING:UTF-88"}},
        {"DECODE", NULL, "E5007", {HELLO_BYTES, "STRING:nope"}},
        {"DECODE", NULL, "E2107", {HELLO_BYTES, "=STRING:nope"}},
    };
    HARNESS_CHECK(wrong);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"SHA256", NULL, NULL, {"STRING:hello"}},
        {"TO_BASE64", NULL, NULL, {"STRING:hello hello"}},
        {"FROM_BASE64", NULL, NULL, {"STRING:aGVsbG8gaGVsbG8gaGVsbG8="}},
        {"UNHEX", NULL, NULL, {"STRING:616263"}},
        {"ENCODE", NULL, NULL, {"STRING:hello", "STRING:UTF-16"}},
        {"DECODE", NULL, NULL, {HELLO_BYTES, "STRING:UTF-8"}},
    };
    CHECK_FAULTS(cases, PHYS_STR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),         cmocka_unit_test(base64),
        cmocka_unit_test(hexadecimal),     cmocka_unit_test(charsets),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
