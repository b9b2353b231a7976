#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "storage/base/utf8.h"

/* The well-formed sequences of RFC 3629, by the definition: decode, then see whether the code point
 * would be written in these bytes. Slow and plain, to hold the fast one against. */
static size_t plain_length(const unsigned char *p, size_t left)
{
    uint32_t lead = p[0], code_point;
    size_t length;
    if (lead < 0x80)
        return 1;
    if (lead >> 5 == 6)
        length = 2, code_point = lead & 0x1F;
    else if (lead >> 4 == 14)
        length = 3, code_point = lead & 0x0F;
    else if (lead >> 3 == 30)
        length = 4, code_point = lead & 0x07;
    else
        return 0;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        code_point = code_point << 6 | (p[i] & 0x3Fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    return code_point < least[length] || code_point > 0x10FFFF || surrogate ? 0 : length;
}

static bool plain_is_valid(const unsigned char *p, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t length = plain_length(p + i, size - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

static void test_valid(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool valid;
    } cases[] = {
        {"", true},
        {"plain ASCII that is longer than a word", true},
        {"\xC3\xA4", true},          /* U+00E4 */
        {"\xE2\x82\xAC", true},      /* U+20AC */
        {"\xF0\x9F\x98\x80", true},  /* U+1F600 */
        {"\xF4\x8F\xBF\xBF", true},  /* U+10FFFF */
        {"\xF4\x90\x80\x80", false}, /* U+110000 */
        {"\xC0\x80", false},         /* overlong */
        {"\xC1\xBF", false},
        {"\xE0\x9F\xBF", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xED\xA0\x80", false}, /* a surrogate */
        {"\xED\x9F\xBF", true},
        {"\xEE\x80\x80", true},
        {"\x80", false},
        {"\xFF", false},
        {"\xC3", false}, /* cut off */
        {"\xE2\x82", false},
        {"\xF0\x9F\x98", false},
        {"12345678\xC3", false},
        {"1234567\xC3\xA4", true}, /* across the border of a word */
        {"\xC3\xC3\xA4", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (utf8_is_valid(cases[i].bytes, strlen(cases[i].bytes)) != cases[i].valid)
            fail_msg("case %zu", i);
    }
}

/* Every sequence of up to three bytes, four where the lead byte asks for it, at every offset of a
 * word. */
static void test_valid_exhaustively(void **state)
{
    (void)state;
    static const unsigned char interesting[] = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
        0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    enum { COUNT = sizeof interesting };
    for (int a = 0; a < COUNT; a++)
        for (int b = 0; b < COUNT; b++)
            for (int c = 0; c < COUNT; c++)
                for (int d = 0; d < COUNT; d++) {
                    unsigned char bytes[12];
                    memset(bytes, 'x', sizeof bytes);
                    unsigned offset = (unsigned)(a + b + c + d) % 9;
                    bytes[offset] = interesting[a];
                    bytes[offset + 1] = interesting[b];
                    bytes[offset + 2] = interesting[c];
                    bytes[offset + 3] = interesting[d];
                    for (size_t size = offset + 1; size <= 12; size++)
                        assert_int_equal(utf8_is_valid((char *)bytes, size),
                                         plain_is_valid(bytes, size));
                }
}

static void test_ascii(void **state)
{
    (void)state;
    char bytes[40];
    memset(bytes, 0x7F, sizeof bytes);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        assert_true(utf8_is_ascii(bytes, size));
        for (size_t at = 0; at < size; at++) {
            bytes[at] = (char)0x80;
            assert_false(utf8_is_ascii(bytes, size));
            bytes[at] = 0x7F;
        }
    }
}

/* Every code point goes through encode, validate, decode. */
static void test_code_points(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x110005; code_point++) {
        char bytes[4];
        uint32_t size = utf8_encode(code_point, bytes), length = 0;
        bool exists = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
        assert_int_equal(size > 0, exists);
        if (!exists)
            continue;
        assert_int_equal(size, code_point < 0x80      ? 1
                               : code_point < 0x800   ? 2
                               : code_point < 0x10000 ? 3
                                                      : 4);
        assert_true(utf8_is_valid(bytes, size));
        assert_int_equal(utf8_decode(bytes, size, &length), code_point);
        assert_int_equal(length, size);
        assert_int_equal(utf8_count(bytes, size), 1);
    }
    assert_int_equal(utf8_encode(UINT32_MAX, (char[4]){0}), 0);
}

static void test_count_and_offset(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "a",
        "abcdefgh",
        "abcdefghi",
        "\xC3\xA4\xC3\xB6\xC3\xBC",
        "x\xE2\x82\xACy\xF0\x9F\x98\x80z",
        "stuvwxy\xE2\x82\xACstuvwxy\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t size = strlen(texts[i]), count = 0;
        for (size_t at = 0; at < size;) {
            assert_int_equal(utf8_offset(texts[i], size, count), at);
            at += plain_length((const unsigned char *)texts[i] + at, size - at);
            count++;
        }
        assert_int_equal(utf8_count(texts[i], size), count);
        assert_int_equal(utf8_offset(texts[i], size, count), size);
        assert_int_equal(utf8_offset(texts[i], size, count + 100), size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_valid_exhaustively),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_code_points),
        cmocka_unit_test(test_count_and_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
