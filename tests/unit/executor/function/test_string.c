/* Text functions. Values and types as Flink 2.3 answered, but for: positions and lengths count code
 * points (Flink: UTF-16 units in some functions), `_` of LIKE matches the end of a line, an unknown
 * part of PARSE_URL is refused, a result that is too long rejects the row. */
#include "tests/support/constant_cases.h"
#include "tests/support/kernel_faults.h"

#define LONG_HELLO "hello hello hello"

static void joining(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"||", "CHAR(3) NOT NULL", "abc", {"CHAR(1) NOT NULL:a", "CHAR(2) NOT NULL:bc"}},
        {"||", "STRING", "helloab", {"STRING:hello", "VARCHAR(10):ab"}},
        {"||", "VARCHAR(20)", "abab", {"VARCHAR(10):ab", "VARCHAR(10):ab"}},
        {"||", "VARCHAR(11)", "aab", {"CHAR(1) NOT NULL:a", "VARCHAR(10):ab"}},
        {"||", "STRING", "exactlytwelv", {"STRING:exactly", "STRING:twelv"}},
        {"||", "STRING", "thirteenbytes", {"STRING:thirteen", "STRING:bytes"}},
        {"||", "STRING", "NULL", {"STRING:hello", "STRING:NULL"}},
        {"||", NULL, "E2107", {"STRING:hello", "INT:7"}},
        {"||", NULL, "E2107", {"BYTES:6869", "BYTES:6869"}},
        {"CONCAT", "STRING NOT NULL", "a", {"CHAR(1) NOT NULL:a"}},
        {"CONCAT",
         "STRING",
         "hellox" LONG_HELLO,
         {"STRING:hello", "STRING:x", "STRING:" LONG_HELLO}},
        {"CONCAT", "STRING", "NULL", {"STRING:hello", "STRING:NULL", "STRING:x"}},
        {"CONCAT", NULL, "E2107", {"STRING:hello", "INT:1"}},
        {"CONCAT_WS",
         "STRING",
         "hello,x",
         {"CHAR(1) NOT NULL:,", "STRING:hello", "STRING:NULL", "STRING:x"}},
        {"CONCAT_WS", "STRING", "NULL", {"STRING:NULL", "STRING:a", "STRING:b"}},
        {"CONCAT_WS", "STRING", "", {"STRING:,", "STRING:NULL", "STRING:NULL"}},
        {"CONCAT_WS", "STRING NOT NULL", "", {"CHAR(1) NOT NULL:,"}},
        {"CONCAT_WS", "STRING NOT NULL", "a", {"CHAR(1) NOT NULL:,", "CHAR(1) NOT NULL:a"}},
        {"CONCAT_WS",
         "STRING",
         "AA~BB~~CC",
         {"STRING:~", "STRING:AA", "STRING:BB", "STRING:", "STRING:CC"}},
    };
    HARNESS_CHECK(cases);
}

static void letter_case(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"UPPER", "STRING", "HELLO", {"STRING:hello"}},
        {"UPPER", "STRING", "HELLO HELLO HELLO", {"STRING:" LONG_HELLO}},
        {"UPPER", "CHAR(5) NOT NULL", "HELLO", {"CHAR(5) NOT NULL:hello"}},
        {"UPPER", "VARCHAR(10)", "AB", {"VARCHAR(10):ab"}},
        {"UPPER", "STRING", "ÄÖÜSS😀X", {"STRING:äöÜß😀x"}},
        {"UPPER", "STRING", "FIN", {"STRING:ﬁn"}},
        {"UPPER", "STRING", "Ǆ", {"STRING:ǆ"}},
        {"UPPER", "STRING", "ΑΙ", {"STRING:ᾳ"}},
        {"UPPER", "STRING", "@[`{", {"STRING:@[`{"}},
        {"UPPER", "STRING", "", {"STRING:"}},
        {"UPPER", NULL, "E2107", {"INT:1"}},
        {"LOWER", "CHAR(2) NOT NULL", "àb", {"CHAR(2) NOT NULL:ÀB"}},
        {"LOWER", "STRING", "äöüß😀x", {"STRING:äöÜß😀x"}},
        {"LOWER", "STRING", "ας", {"STRING:ΑΣ"}},
        {"LOWER", "STRING", "σ ασα ας.", {"STRING:Σ ΑΣΑ ΑΣ."}},
        {"LOWER", "STRING", "ασ'α", {"STRING:ΑΣ'Α"}},
        {"LOWER", "STRING", "i\xCC\x87x", {"STRING:İX"}},
        {"LOWER", "STRING", "@[`{az", {"STRING:@[`{AZ"}},
        {"INITCAP", "CHAR(11) NOT NULL", "Hello World", {"CHAR(11) NOT NULL:hello wORLD"}},
        {"INITCAP", "STRING", "A_B-C D1e éA", {"STRING:a_b-c d1e éa"}},
        {"INITCAP", "STRING", "éÀB", {"STRING:éÀb"}},
        {"REVERSE", "STRING", "olleh", {"CHAR(5) NOT NULL:hello"}},
        {"REVERSE", "STRING", "x😀ßÜöä", {"STRING:äöÜß😀x"}},
        {"REVERSE", "STRING", "olleh olleh olleh", {"STRING:" LONG_HELLO}},
        {"REVERSE", "STRING", "", {"STRING:"}},
    };
    HARNESS_CHECK(cases);
}

static void slices(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"SUBSTRING", "STRING", "hello", {"STRING:hello", "INT:0"}},
        {"SUBSTRING", "STRING", "he", {"STRING:hello", "INT:0", "INT:2"}},
        {"SUBSTRING", "STRING", "he", {"STRING:hello", "INT:1", "INT:2"}},
        {"SUBSTRING", "STRING", "lo", {"STRING:hello", "INT:-2"}},
        {"SUBSTRING", "STRING", "l", {"STRING:hello", "INT:-2", "INT:1"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "INT:2", "INT:0"}},
        {"SUBSTRING", "STRING", "NULL", {"STRING:hello", "INT:2", "INT:-1"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "INT:10"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "INT:-10"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "INT:-10", "INT:7"}},
        {"SUBSTRING", "STRING", "hello", {"STRING:hello", "INT:-5"}},
        {"SUBSTRING", "STRING", "ello", {"STRING:hello", "INT:2", "INT:2147483647"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "BIGINT:9223372036854775807"}},
        {"SUBSTRING", "STRING", "", {"STRING:hello", "BIGINT:-9223372036854775808"}},
        {"SUBSTRING", "STRING", "ß😀", {"STRING:äöÜß😀x", "INT:4", "INT:2"}},
        {"SUBSTRING", "STRING", "😀x", {"STRING:äöÜß😀x", "INT:-2"}},
        {"SUBSTRING", "STRING", "ello hello hell", {"STRING:" LONG_HELLO, "INT:2", "INT:15"}},
        {"SUBSTRING", "VARCHAR(5)", "ello", {"CHAR(5) NOT NULL:hello", "INT NOT NULL:2"}},
        {"SUBSTRING", "VARCHAR(10)", "ab", {"VARCHAR(10):ab", "INT:1"}},
        {"SUBSTRING", NULL, "E2107", {"INT:1", "INT:1"}},
        {"SUBSTR", "STRING", "el", {"STRING:hello", "INT:2", "INT:2"}},
        {"SUBSTR", "STRING", "hello", {"STRING:hello", "INT:0"}},
        {"LEFT", "VARCHAR(5)", "he", {"CHAR(5) NOT NULL:hello", "INT NOT NULL:2"}},
        {"LEFT", "STRING", "", {"STRING:hello", "INT:-1"}},
        {"LEFT", "STRING", "", {"STRING:hello", "INT:0"}},
        {"LEFT", "STRING", "hello", {"STRING:hello", "INT:100"}},
        {"LEFT", "STRING", "äöÜß😀", {"STRING:äöÜß😀x", "INT:5"}},
        {"RIGHT", "STRING", "lo", {"STRING:hello", "INT:2"}},
        {"RIGHT", "STRING", "", {"STRING:hello", "INT:-1"}},
        {"RIGHT", "STRING", "hello", {"STRING:hello", "INT:100"}},
        {"RIGHT", "STRING", "😀x", {"STRING:äöÜß😀x", "INT:2"}},
        {"RIGHT", "STRING", "lo hello hello", {"STRING:" LONG_HELLO, "INT:14"}},
        {"SPLIT_INDEX",
         "STRING",
         "b",
         {"CHAR(5) NOT NULL:a,b,c", "CHAR(1) NOT NULL:,", "INT NOT NULL:1"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:a,b,c", "STRING:,", "INT:5"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:a,b", "STRING:,", "INT:-1"}},
        {"SPLIT_INDEX", "STRING", "", {"STRING:a,,c", "STRING:,", "INT:1"}},
        {"SPLIT_INDEX", "STRING", "", {"STRING:a,b,", "STRING:,", "INT:2"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:", "STRING:,", "INT:0"}},
        {"SPLIT_INDEX", "STRING", "abc", {"STRING:abc", "STRING:", "INT:0"}},
        {"SPLIT_INDEX", "STRING", "b", {"STRING:a--b--c", "STRING:--", "INT:1"}},
        {"SPLIT_INDEX", "STRING", "b", {"STRING:a,b,c", "INT:44", "INT:1"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:a,b,c", "INT:0", "INT:1"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:a,b,c", "INT:300", "INT:0"}},
        {"SPLIT_INDEX", "STRING", "NULL", {"STRING:a", "STRING:NULL", "INT:0"}},
        {"ELT", "STRING", "a", {"INT:1", "CHAR(1) NOT NULL:a", "STRING:b"}},
        {"ELT", "CHAR(1)", "NULL", {"INT NOT NULL:3", "CHAR(1) NOT NULL:a", "CHAR(1) NOT NULL:b"}},
        {"ELT", "CHAR(1)", "NULL", {"INT:0", "CHAR(1) NOT NULL:a"}},
        {"ELT", "CHAR(1)", "NULL", {"INT:-1", "CHAR(1) NOT NULL:a"}},
        {"ELT", NULL, "E2107", {"=INT:-1", "CHAR(1) NOT NULL:a"}},
        {"ELT", "STRING", "NULL", {"INT:1", "STRING:NULL", "STRING:b"}},
        {"ELT", "STRING", "NULL", {"INT:NULL", "STRING:a"}},
        {"ELT", "BYTES", "6869", {"INT:1", "BYTES:6869"}},
    };
    HARNESS_CHECK(cases);
}

static void trimming(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$TRIM_BOTH", "VARCHAR(3) NOT NULL", "a", {"CHAR(3) NOT NULL: a "}},
        {"$TRIM_BOTH", "STRING", "hello", {"STRING:  hello "}},
        {"$TRIM_BOTH", "STRING", "a", {"STRING:xxaxx", "STRING:x"}},
        {"$TRIM_BOTH", "STRING", "a", {"STRING:xyaxy", "STRING:xy"}},
        {"$TRIM_BOTH", "STRING", "abc", {"STRING:abc", "STRING:"}},
        {"$TRIM_BOTH", "STRING", "a", {"STRING:ßaß", "STRING:ß"}},
        {"$TRIM_BOTH", "STRING", "", {"STRING:   "}},
        {"$TRIM_BOTH", "STRING", "\ta\t", {"STRING: \ta\t "}},
        {"$TRIM_BOTH", "STRING", "aé", {"STRING:àaéà", "STRING:à"}},
        {"$TRIM_LEADING",
         "VARCHAR(5) NOT NULL",
         "axx",
         {"CHAR(5) NOT NULL:xxaxx", "CHAR(1) NOT NULL:x"}},
        {"$TRIM_LEADING", "STRING", "axy", {"STRING:yxaxy", "STRING:xy"}},
        {"$TRIM_TRAILING", "STRING", "xxa", {"STRING:xxaxx", "STRING:x"}},
        {"LTRIM", "VARCHAR(3) NOT NULL", "a", {"CHAR(3) NOT NULL:  a"}},
        {"LTRIM", "STRING", "ello", {"STRING:hello", "STRING:h"}},
        {"LTRIM", "STRING", "a", {"STRING:xyxa", "STRING:yx"}},
        {"LTRIM", "STRING", "\ta", {"STRING:\ta"}},
        {"RTRIM", "STRING", "hell", {"STRING:hello", "STRING:o"}},
        {"RTRIM", "STRING", "😀", {"STRING:😀ßß", "STRING:ß"}},
        {"RTRIM", "STRING", "hello hello", {"STRING:hello hello          "}},
        {"BTRIM", "STRING NOT NULL", "a", {"CHAR(5) NOT NULL:  a  "}},
        {"BTRIM", "STRING", "ell", {"STRING:hello", "STRING:ho"}},
        {"BTRIM", "STRING", "NULL", {"STRING:hello", "STRING:NULL"}},
        {"BTRIM", "STRING", "xxaxx", {"STRING:xxaxx", "STRING:"}},
    };
    HARNESS_CHECK(cases);
}

static void padding(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"LPAD",
         "STRING NOT NULL",
         "???hi",
         {"CHAR(2) NOT NULL:hi", "=INT NOT NULL:5", "=CHAR(1) NOT NULL:?"}},
        {"LPAD",
         "STRING NOT NULL",
         "he",
         {"CHAR(5) NOT NULL:hello", "=INT NOT NULL:2", "=CHAR(1) NOT NULL:?"}},
        {"LPAD",
         "STRING",
         "NULL",
         {"CHAR(2) NOT NULL:hi", "=INT NOT NULL:-1", "=CHAR(1) NOT NULL:?"}},
        {"LPAD", "STRING", "xyhello", {"STRING:hello", "INT:7", "STRING:xy"}},
        {"LPAD", "STRING", "xyxhello", {"STRING:hello", "INT:8", "STRING:xy"}},
        {"LPAD", "STRING", "", {"STRING:hello", "INT:0", "STRING:x"}},
        {"LPAD", "STRING", "NULL", {"STRING:hello", "INT:-1", "STRING:x"}},
        {"LPAD", "STRING", "NULL", {"STRING:hello", "INT:3", "STRING:"}},
        {"LPAD", "STRING", "NULL", {"STRING:hello", "INT:9", "STRING:"}},
        {"LPAD", "STRING", "ß😀ß😀ßhello", {"STRING:hello", "INT:10", "STRING:ß😀"}},
        {"LPAD", "STRING", "äö", {"STRING:äöÜß😀x", "INT:2", "STRING:x"}},
        {"LPAD", "STRING", "NULL", {"STRING:hi", "INT:NULL", "STRING:x"}},
        {"LPAD", "STRING", "E5007", {"STRING:hi", "INT:2147483647", "STRING:x"}},
        {"LPAD", NULL, "E2107", {"STRING:hi", "INT:7"}},
        {"RPAD",
         "STRING NOT NULL",
         "hiaba",
         {"CHAR(2) NOT NULL:hi", "=INT NOT NULL:5", "=CHAR(2) NOT NULL:ab"}},
        {"RPAD", "STRING", "äöÜß😀", {"STRING:äöÜß😀x", "INT:5", "STRING:x"}},
        {"RPAD", "STRING", "NULL", {"STRING:hello", "INT:9", "STRING:"}},
        {"RPAD", "STRING", "helloxxxxxxxxxxxxxxx", {"STRING:hello", "INT:20", "STRING:x"}},
        {"REPEAT", "STRING NOT NULL", "abab", {"CHAR(2) NOT NULL:ab", "INT NOT NULL:2"}},
        {"REPEAT", "STRING", "", {"STRING:ab", "INT:-1"}},
        {"REPEAT", "STRING", "", {"STRING:hello", "INT:0"}},
        {"REPEAT", "STRING", "hellohellohello", {"STRING:hello", "INT:3"}},
        {"REPEAT", "STRING", "", {"STRING:", "INT:2147483647"}},
        {"REPEAT", "STRING", "E5007", {"STRING:ab", "INT:2147483647"}},
        {"REPEAT", "STRING", "E5007", {"STRING:ab", "BIGINT:9223372036854775807"}},
    };
    HARNESS_CHECK(cases);
}

static void replacing(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REPLACE", "STRING", "heLLo", {"STRING:hello", "STRING:l", "STRING:L"}},
        {"REPLACE",
         "STRING NOT NULL",
         "hexxxxo",
         {"CHAR(5) NOT NULL:hello", "CHAR(1) NOT NULL:l", "CHAR(2) NOT NULL:xx"}},
        {"REPLACE", "STRING", "heo", {"STRING:hello", "STRING:l", "STRING:"}},
        {"REPLACE", "STRING", "xhxexlxlxox", {"STRING:hello", "STRING:", "STRING:x"}},
        {"REPLACE", "STRING", "-ß-😀-", {"STRING:ß😀", "STRING:", "STRING:-"}},
        {"REPLACE", "STRING", "zab", {"STRING:ababab", "STRING:abab", "STRING:z"}},
        {"REPLACE",
         "STRING",
         "hello flink, hello",
         {"STRING:hello world, hello", "STRING:world", "STRING:flink"}},
        {"REPLACE", "STRING", "", {"STRING:", "STRING:a", "STRING:b"}},
        {"REPLACE", "STRING", "NULL", {"STRING:hello", "STRING:NULL", "STRING:x"}},
        {"TRANSLATE",
         "STRING NOT NULL",
         "hippo",
         {"CHAR(5) NOT NULL:hello", "CHAR(2) NOT NULL:el", "CHAR(2) NOT NULL:ip"}},
        {"TRANSLATE3", "STRING", "hippo", {"STRING:hello", "STRING:el", "STRING:ip"}},
        {"TRANSLATE", "STRING", "hio", {"STRING:hello", "STRING:el", "STRING:i"}},
        {"TRANSLATE", "STRING", "ho", {"STRING:hello", "STRING:el", "STRING:"}},
        {"TRANSLATE", "STRING", "hello", {"STRING:hello", "STRING:", "STRING:a"}},
        {"TRANSLATE", "STRING", "heaao", {"STRING:hello", "STRING:ll", "STRING:ab"}},
        {"TRANSLATE", "STRING", "heaao", {"STRING:hello", "STRING:l", "STRING:abc"}},
        {"TRANSLATE", "STRING", "😀öÜßäx", {"STRING:äöÜß😀x", "STRING:ä😀", "STRING:😀ä"}},
        {"TRANSLATE", "STRING NOT NULL", "a", {"CHAR(1) NOT NULL:a", "STRING:NULL", "STRING:b"}},
        {"TRANSLATE", "STRING", "heo", {"STRING:hello", "STRING:l", "STRING:NULL"}},
        {"TRANSLATE", "STRING", "NULL", {"STRING:NULL", "STRING:l", "STRING:x"}},
        {"OVERLAY",
         "VARCHAR(13) NOT NULL",
         "xxxxxxxxx",
         {"CHAR(9) NOT NULL:xxxxxtest", "CHAR(4) NOT NULL:xxxx", "INT NOT NULL:6"}},
        {"OVERLAY", "STRING", "xxxxxxxxxst", {"STRING:xxxxxtest", "STRING:xxxx", "INT:6", "INT:2"}},
        {"OVERLAY", "STRING", "hXXlo", {"STRING:hello", "STRING:XX", "INT:2"}},
        {"OVERLAY", "STRING", "hXX", {"STRING:hello", "STRING:XX", "INT:2", "INT:0"}},
        {"OVERLAY", "STRING", "hXX", {"STRING:hello", "STRING:XX", "INT:2", "INT:-1"}},
        {"OVERLAY", "STRING", "hello", {"STRING:hello", "STRING:XX", "INT:0"}},
        {"OVERLAY", "STRING", "hello", {"STRING:hello", "STRING:XX", "INT:6"}},
        {"OVERLAY", "STRING", "hellXX", {"STRING:hello", "STRING:XX", "INT:5"}},
        {"OVERLAY", "STRING", "hXX", {"STRING:hello", "STRING:XX", "INT:2", "INT:100"}},
        {"OVERLAY",
         "STRING",
         "hXX",
         {"STRING:hello", "STRING:XX", "INT:2", "BIGINT:9223372036854775807"}},
        {"OVERLAY", "STRING", "hXXo", {"STRING:hello", "STRING:XX", "INT:2", "INT:3"}},
        {"OVERLAY", "STRING", "äöÜßXXx", {"STRING:äöÜß😀x", "STRING:XX", "INT:5", "INT:1"}},
        {"OVERLAY", "VARCHAR(12)", "XX", {"VARCHAR(10):ab", "CHAR(2) NOT NULL:XX", "INT:1"}},
    };
    HARNESS_CHECK(cases);
}

static void searching(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"CHAR_LENGTH", "INT", "5", {"STRING:hello"}},
        {"CHAR_LENGTH", "INT NOT NULL", "2", {"CHAR(2) NOT NULL:añ"}},
        {"CHARACTER_LENGTH", "INT", "6", {"STRING:äöÜß😀x"}},
        {"CHAR_LENGTH", "INT", "0", {"STRING:"}},
        {"CHAR_LENGTH", NULL, "E2107", {"INT:7"}},
        {"CHAR_LENGTH", NULL, "E2107", {"BYTES:6869"}},
        {"POSITION", "INT", "3", {"STRING:l", "STRING:hello"}},
        {"POSITION", "INT NOT NULL", "2", {"CHAR(1) NOT NULL:b", "CHAR(3) NOT NULL:abc"}},
        {"POSITION", "INT", "1", {"STRING:", "STRING:hello"}},
        {"POSITION", "INT", "0", {"STRING:z", "STRING:hello"}},
        {"POSITION", "INT", "6", {"STRING:x", "STRING:äöÜß😀x"}},
        {"POSITION", "INT", "4", {"STRING:l", "STRING:hello", "INT:4"}},
        {"LOCATE", "INT", "4", {"STRING:l", "STRING:hello", "INT:4"}},
        {"LOCATE", "INT", "3", {"STRING:l", "STRING:hello", "INT:0"}},
        {"LOCATE", "INT", "3", {"STRING:l", "STRING:hello", "INT:-1"}},
        {"LOCATE", "INT", "0", {"STRING:l", "STRING:hello", "INT:10"}},
        {"LOCATE", "INT", "1", {"STRING:", "STRING:hello"}},
        {"LOCATE", "INT", "13", {"STRING:hello", "STRING:" LONG_HELLO, "INT:8"}},
        {"INSTR", "INT", "0", {"STRING:hello", "STRING:z"}},
        {"INSTR", "INT", "6", {"STRING:äöÜß😀x", "STRING:x"}},
        {"INSTR", "INT", "4", {"STRING:hello", "STRING:l", "INT:1", "INT:2"}},
        {"INSTR", "INT", "4", {"STRING:hello", "STRING:l", "INT:4"}},
        {"INSTR", "INT", "4", {"STRING:hello", "STRING:l", "INT:-1"}},
        {"INSTR", "INT", "4", {"STRING:hello", "STRING:l", "INT:-2"}},
        {"INSTR", "INT", "3", {"STRING:hello", "STRING:l", "INT:-3"}},
        {"INSTR", "INT", "0", {"STRING:hello", "STRING:l", "INT:-10"}},
        {"INSTR", "INT", "0", {"STRING:hello", "STRING:l", "INT:0"}},
        {"INSTR", "INT", "0", {"STRING:hello", "STRING:l", "INT:10"}},
        {"INSTR", "INT", "0", {"STRING:hello", "STRING:l", "INT:1", "INT:3"}},
        {"INSTR", "INT", "3", {"STRING:hello", "STRING:l", "INT:-1", "INT:2"}},
        {"INSTR", "INT", "2", {"STRING:aaaa", "STRING:aa", "INT:1", "INT:2"}},
        {"INSTR", "INT", "2", {"STRING:aaaa", "STRING:aa", "INT:-1", "INT:2"}},
        {"INSTR", "INT", "E5007", {"STRING:hello", "STRING:l", "INT:1", "INT:0"}},
        {"STARTSWITH", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:he"}},
        {"STARTSWITH", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:"}},
        {"STARTSWITH", "BOOLEAN", "FALSE", {"STRING:he", "STRING:hello"}},
        {"STARTSWITH", "BOOLEAN", "NULL", {"STRING:hello", "STRING:NULL"}},
        {"STARTSWITH", "BOOLEAN", "TRUE", {"BYTES:6869", "BYTES:68"}},
        {"ENDSWITH", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:lo"}},
        {"ENDSWITH", "BOOLEAN", "FALSE", {"STRING:hello", "STRING:hell"}},
        {"ENDSWITH", "BOOLEAN NOT NULL", "TRUE", {"CHAR(3) NOT NULL:abc", "CHAR(1) NOT NULL:c"}},
        {"ENDSWITH", "BOOLEAN", "FALSE", {"BYTES:6869", "BYTES:68"}},
        {"ASCII", "INT NOT NULL", "65", {"CHAR(1) NOT NULL:A"}},
        {"ASCII", "INT", "0", {"STRING:"}},
        {"ASCII", "INT", "-61", {"STRING:é"}},
        {"CHR", "STRING", "a", {"INT NOT NULL:97"}},
        {"CHR", "STRING", "ÿ", {"INT:255"}},
        {"CHR", "STRING", "a", {"INT:353"}},
        {"CHR", "STRING", "", {"INT:-1"}},
        {"CHR", "STRING", "é", {"BIGINT:233"}},
    };
    HARNESS_CHECK(cases);
}

static void classes(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"IS_ALPHA", "BOOLEAN NOT NULL", "TRUE", {"STRING:hello"}},
        {"IS_ALPHA", "BOOLEAN NOT NULL", "FALSE", {"STRING:NULL"}},
        {"IS_ALPHA", NULL, "FALSE", {"STRING:"}},
        {"IS_ALPHA", NULL, "FALSE", {"STRING:abc1"}},
        {"IS_ALPHA", NULL, "TRUE", {"STRING:é"}},
        {"IS_ALPHA", NULL, "FALSE", {"INT:7"}},
        {"IS_DIGIT", NULL, "TRUE", {"STRING:12"}},
        {"IS_DIGIT", NULL, "TRUE", {"STRING:١"}},
        {"IS_DIGIT", NULL, "FALSE", {"STRING:1.2"}},
        {"IS_DIGIT", NULL, "FALSE", {"STRING:"}},
        {"IS_DIGIT", NULL, "FALSE", {"STRING:NULL"}},
        {"IS_DIGIT", NULL, "TRUE", {"INT:-1"}},
        {"IS_DIGIT", NULL, "FALSE", {"DOUBLE:7.5"}},
        {"IS_DECIMAL", "BOOLEAN NOT NULL", "TRUE", {"STRING:1.2"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:1e5"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:1e"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:abc"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING: 1"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:\t 1 \n"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:1f"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:1L"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:0x1F"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:-1.5"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:.5"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:5."}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:."}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:-Infinity"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:infinity"}},
        {"IS_DECIMAL", NULL, "TRUE", {"STRING:NaN"}},
        {"IS_DECIMAL", NULL, "FALSE", {"STRING:NULL"}},
        {"IS_DECIMAL", NULL, "TRUE", {"DOUBLE:7.5"}},
        {"IS_DECIMAL", NULL, "FALSE", {"INT:NULL"}},
        {"IS_DECIMAL", NULL, "E2107", {"DATE:2020-01-01"}},
    };
    HARNESS_CHECK(cases);
}

static void like(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"LIKE", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:h%"}},
        {"LIKE", "BOOLEAN", "FALSE", {"STRING:hello", "STRING:H%"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:h_llo"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:%"}},
        {"LIKE", NULL, "TRUE", {"STRING:", "STRING:%"}},
        {"LIKE", NULL, "TRUE", {"STRING:", "STRING:%%"}},
        {"LIKE", NULL, "TRUE", {"STRING:", "STRING:"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:"}},
        {"LIKE", NULL, "FALSE", {"STRING:", "STRING:_"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:%llo"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:%ll"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:%ell%"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:%elx%"}},
        {"LIKE", NULL, "FALSE", {"STRING:llo", "STRING:%hello"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:hello"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:hell"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:h%l%o"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:%l_o%"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:%l%x"}},
        {"LIKE", NULL, "FALSE", {"STRING:abab", "STRING:ab%bab"}},
        {"LIKE", NULL, "TRUE", {"STRING:ababab", "STRING:ab%bab"}},
        {"LIKE", NULL, "TRUE", {"STRING:aab", "STRING:%a_"}},
        {"LIKE", NULL, "FALSE", {"STRING:a", "STRING:a%a"}},
        {"LIKE", NULL, "FALSE", {"STRING:ab", "STRING:%___"}},
        {"LIKE", NULL, "TRUE", {"STRING:abc", "STRING:%___"}},
        {"LIKE", NULL, "TRUE", {"STRING:äöÜß😀x", "STRING:____😀x"}},
        {"LIKE", NULL, "TRUE", {"STRING:äöÜß😀x", "STRING:_____x"}},
        {"LIKE", NULL, "FALSE", {"STRING:äöÜß😀x", "STRING:______x"}},
        {"LIKE", NULL, "TRUE", {"STRING:äöÜß😀x", "STRING:%😀_"}},
        {"LIKE", NULL, "TRUE", {"STRING:äöÜß😀x", "STRING:%_ß_%"}},
        {"LIKE", NULL, "TRUE", {"STRING:a\nb", "STRING:a_b"}},
        {"LIKE", NULL, "TRUE", {"STRING:a\nb", "STRING:a%b"}},
        {"LIKE", NULL, "TRUE", {"STRING:a.b", "STRING:a.b"}},
        {"LIKE", NULL, "FALSE", {"STRING:axb", "STRING:a.b"}},
        {"LIKE", NULL, "TRUE", {"STRING:a\\b", "STRING:a\\b"}},
        {"LIKE", NULL, "FALSE", {"STRING:a%b", "STRING:a\\%b"}},
        {"LIKE", NULL, "TRUE", {"STRING:" LONG_HELLO, "STRING:hello%hello%hello"}},
        {"LIKE", NULL, "FALSE", {"STRING:" LONG_HELLO, "STRING:hello%hello%hello%hello"}},
        {"LIKE", NULL, "TRUE", {"STRING:a%b", "STRING:a\\%b", "STRING:\\"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:h^_llo", "STRING:^"}},
        {"LIKE", NULL, "TRUE", {"STRING:h_llo", "STRING:h^_llo", "STRING:^"}},
        {"LIKE", NULL, "TRUE", {"STRING:h^llo", "STRING:h^^llo", "STRING:^"}},
        {"LIKE", NULL, "FALSE", {"STRING:hello", "STRING:he%%", "STRING:%"}},
        {"LIKE", NULL, "TRUE", {"STRING:he%", "STRING:he%%", "STRING:%"}},
        {"LIKE", NULL, "TRUE", {"STRING:hello", "STRING:h%", "STRING:"}},
        {"LIKE", NULL, "TRUE", {"STRING:a%b", "STRING:aß%b", "STRING:ß"}},
        {"LIKE", NULL, "NULL", {"STRING:hello", "STRING:NULL"}},
        {"LIKE", NULL, "NULL", {"STRING:hello", "STRING:h%", "STRING:NULL"}},
        {"LIKE", NULL, "E2107", {"STRING:hello", "INT:7"}},
        {"LIKE", NULL, "E2107", {"INT:7", "STRING:7"}},
        {"ILIKE", NULL, "TRUE", {"STRING:Hello", "STRING:hE%"}},
        {"ILIKE", NULL, "TRUE", {"STRING:ÄÖ", "STRING:ä_"}},
        {"ILIKE", NULL, "FALSE", {"STRING:Hello", "STRING:hA%"}},
        {"ILIKE", NULL, "TRUE", {"STRING:A%B", "STRING:a!%b", "STRING:!"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void like_errors(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"LIKE", NULL, "E5007", {"STRING:hello", "STRING:h^ello", "STRING:^"}},
        {"LIKE", NULL, "E5007", {"STRING:hello", "STRING:hello^", "STRING:^"}},
        {"LIKE", NULL, "E5007", {"STRING:hello", "STRING:h%", "STRING:ab"}},
        {"LIKE", NULL, "E2107", {"STRING:hello", "=STRING:h^ello", "=STRING:^"}},
        {"LIKE", NULL, "E2107", {"STRING:hello", "=STRING:hello^", "=STRING:^"}},
        {"LIKE", NULL, "E2107", {"STRING:hello", "=STRING:h%", "=STRING:ab"}},
        {"ILIKE", NULL, "E2107", {"STRING:hello", "=STRING:hello^", "=STRING:^"}},
    };
    HARNESS_CHECK(cases);
}

#define FULL_URL "STRING:http://user:pw@facebook.com:80/path1/p.php?k1=v1&k2=v2#Ref1"

static void urls(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"PARSE_URL",
         "STRING",
         "1",
         {"CHAR(16) NOT NULL:http://a.b/p?q=1", "CHAR(5) NOT NULL:QUERY", "CHAR(1) NOT NULL:q"}},
        {"PARSE_URL", NULL, "facebook.com", {FULL_URL, "STRING:HOST"}},
        {"PARSE_URL", NULL, "/path1/p.php", {FULL_URL, "STRING:PATH"}},
        {"PARSE_URL", NULL, "k1=v1&k2=v2", {FULL_URL, "STRING:QUERY"}},
        {"PARSE_URL", NULL, "Ref1", {FULL_URL, "STRING:REF"}},
        {"PARSE_URL", NULL, "http", {FULL_URL, "STRING:PROTOCOL"}},
        {"PARSE_URL", NULL, "user:pw@facebook.com:80", {FULL_URL, "STRING:AUTHORITY"}},
        {"PARSE_URL", NULL, "/path1/p.php?k1=v1&k2=v2", {FULL_URL, "STRING:FILE"}},
        {"PARSE_URL", NULL, "user:pw", {FULL_URL, "STRING:USERINFO"}},
        {"PARSE_URL", NULL, "v2", {FULL_URL, "STRING:QUERY", "STRING:k2"}},
        {"PARSE_URL", NULL, "NULL", {FULL_URL, "STRING:QUERY", "STRING:k"}},
        {"PARSE_URL", NULL, "NULL", {FULL_URL, "STRING:HOST", "STRING:k1"}},
        {"PARSE_URL", NULL, "", {"STRING:http://h/p?k1=&k2", "STRING:QUERY", "STRING:k1"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h/p?k1=&k2", "STRING:QUERY", "STRING:k2"}},
        {"PARSE_URL", NULL, "2", {"STRING:http://h/p?ba=1&a=2", "STRING:QUERY", "STRING:a"}},
        {"PARSE_URL", NULL, "x=y", {"STRING:http://h/p?a=x=y", "STRING:QUERY", "STRING:a"}},
        {"PARSE_URL", NULL, "x", {"STRING:http://h/p?=x", "STRING:QUERY", "STRING:"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h/p", "STRING:QUERY", "STRING:a"}},
        {"PARSE_URL", NULL, "", {"STRING:http://h", "STRING:PATH"}},
        {"PARSE_URL", NULL, "", {"STRING:http://h", "STRING:FILE"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h", "STRING:QUERY"}},
        {"PARSE_URL", NULL, "", {"STRING:http://h?", "STRING:QUERY"}},
        {"PARSE_URL", NULL, "?", {"STRING:http://h?#", "STRING:FILE"}},
        {"PARSE_URL", NULL, "", {"STRING:http://h#", "STRING:REF"}},
        {"PARSE_URL", NULL, "q", {"STRING:http://h/a?q#r?s", "STRING:QUERY"}},
        {"PARSE_URL", NULL, "?q=1", {"STRING:http://h?q=1", "STRING:FILE"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:facebook.com/a", "STRING:HOST"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:foo://h/a", "STRING:HOST"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:", "STRING:HOST"}},
        {"PARSE_URL", NULL, "a@b.c", {"STRING:mailto:a@b.c", "STRING:PATH"}},
        {"PARSE_URL", NULL, "", {"STRING:mailto:a@b.c", "STRING:HOST"}},
        {"PARSE_URL", NULL, "/etc/x", {"STRING:file:///etc/x", "STRING:PATH"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:file:/etc/x", "STRING:AUTHORITY"}},
        {"PARSE_URL", NULL, "[::1]", {"STRING:http://[::1]:80/a", "STRING:HOST"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://[::1/p", "STRING:HOST"}},
        {"PARSE_URL", NULL, "h", {"STRING:http://h:99999/a", "STRING:HOST"}},
        {"PARSE_URL", NULL, "h", {"STRING:http://h:/p", "STRING:HOST"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h:x/a", "STRING:HOST"}},
        {"PARSE_URL", NULL, "Host.COM", {"STRING:  HTTP://Host.COM/a ", "STRING:HOST"}},
        {"PARSE_URL", NULL, "http", {"STRING:HTTP://Host.COM/a", "STRING:PROTOCOL"}},
        {"PARSE_URL", NULL, "h", {"STRING:url:http://h/p", "STRING:HOST"}},
        {"PARSE_URL", NULL, "", {"STRING:http://a@b@c/p", "STRING:HOST"}},
        {"PARSE_URL", NULL, "", {"STRING:http://@h/p", "STRING:USERINFO"}},
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h/p", "STRING:USERINFO"}},
        {"PARSE_URL", NULL, "/p", {"STRING:http:/p", "STRING:PATH"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase others[] = {
        {"PARSE_URL", NULL, "NULL", {"STRING:http://h/p", "STRING:host"}},
        {"PARSE_URL", NULL, "E2107", {"STRING:http://h/p", "=STRING:host"}},
        {"URL_ENCODE", "STRING", "a+b%26c%3D%C3%A4%2F%3F", {"CHAR(9) NOT NULL:a b&c=ä/?"}},
        {"URL_ENCODE", NULL, "a.b-c*d_e%7Ef%21", {"STRING:a.b-c*d_e~f!"}},
        {"URL_DECODE", "STRING", "a b&c=ä", {"CHAR(15) NOT NULL:a+b%26c%3D%C3%A4"}},
        {"URL_DECODE", NULL, "ä b", {"STRING:ä%20b"}},
        {"URL_DECODE", NULL, "NULL", {"STRING:%zz"}},
        {"URL_DECODE", NULL, "NULL", {"STRING:a%"}},
        {"URL_DECODE", NULL, "NULL", {"STRING:%2"}},
        {"URL_DECODE", NULL, "NULL", {"STRING:%-1"}},
        {"URL_DECODE", NULL, "", {"STRING:"}},
        {"URL_DECODE", NULL, "\xEF\xBF\xBD", {"STRING:%F0%9F%98"}},
        {"URL_DECODE", NULL, "\xEF\xBF\xBD\xEF\xBF\xBDx", {"STRING:%FF%C3x"}},
        {"INET_ATON", "BIGINT", "16909060", {"STRING:1.2.3.4"}},
        {"INET_ATON", NULL, "16908291", {"STRING:1.2.3"}},
        {"INET_ATON", NULL, "16777218", {"STRING:1.2"}},
        {"INET_ATON", NULL, "5", {"STRING:5"}},
        {"INET_ATON", NULL, "4294967295", {"STRING:255.255.255.255"}},
        {"INET_ATON", NULL, "16909060", {"STRING:0001.002.03.4"}},
        {"INET_ATON", NULL, "NULL", {"STRING:1.2.3.256"}},
        {"INET_ATON", NULL, "NULL", {"STRING:1.2.3.4.5"}},
        {"INET_ATON", NULL, "NULL", {"STRING: 1.2.3.4"}},
        {"INET_ATON", NULL, "NULL", {"STRING:1..2.3"}},
        {"INET_ATON", NULL, "NULL", {"STRING:"}},
        {"INET_ATON", NULL, "NULL", {"STRING:99999999999999999999"}},
        {"INET_NTOA", "STRING", "1.2.3.4", {"INT:16909060"}},
        {"INET_NTOA", NULL, "255.255.255.255", {"BIGINT:4294967295"}},
        {"INET_NTOA", NULL, "NULL", {"BIGINT:4294967296"}},
        {"INET_NTOA", NULL, "NULL", {"INT:-1"}},
    };
    HARNESS_CHECK(others);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const KernelCase texts[] = {
        {"UPPER", NULL, NULL, {"STRING:" LONG_HELLO}},
        {"||", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:x"}},
        {"CONCAT_WS", NULL, NULL, {"STRING:,", "STRING:" LONG_HELLO}},
        {"REPLACE", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:hello", "STRING:x"}},
        {"TRANSLATE", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:h", "STRING:x"}},
        {"LPAD", NULL, NULL, {"STRING:" LONG_HELLO, "INT:99", "STRING:x"}},
        {"URL_ENCODE", NULL, NULL, {"STRING:" LONG_HELLO}},
        {"URL_DECODE", NULL, NULL, {"STRING:" LONG_HELLO}},
        {"REPEAT", NULL, NULL, {"STRING:" LONG_HELLO, "INT:3"}},
    };
    CHECK_FAULTS(texts, PHYS_STR);
    static const KernelCase matches[] = {
        {"LIKE", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:%h_l%"}},
        {"LIKE", NULL, NULL, {"STRING:" LONG_HELLO, "=STRING:%h_l%"}},
        {"ILIKE", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:%H%l%l%l%l%l%l%l%l%"}},
        {"ILIKE", NULL, NULL, {"STRING:" LONG_HELLO, "=STRING:%H%"}},
        {"LIKE", NULL, NULL, {"STRING:" LONG_HELLO, "STRING:h^", "STRING:^"}},
    };
    CHECK_FAULTS(matches, PHYS_BOOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining),   cmocka_unit_test(letter_case),
        cmocka_unit_test(slices),    cmocka_unit_test(trimming),
        cmocka_unit_test(padding),   cmocka_unit_test(replacing),
        cmocka_unit_test(searching), cmocka_unit_test(classes),
        cmocka_unit_test(like),      cmocka_unit_test(like_errors),
        cmocka_unit_test(urls),      cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
