/* Letter case, reversal and classes of characters.
 *
 * Upper and lower case are the full mappings of Unicode, which can change the number of code points
 * ("ß" -> "SS"), as Java's are. utf8proc knows the one-to-one mappings and case folding. Where
 * folding a character that is no capital gives several code points, its upper case is that of each
 * of them (SpecialCasing.txt has no exception to this); the two lower-case rules of that file that
 * do not depend on a language, dotted capital I and final sigma, are written out below. */
#include <assert.h>
#include <utf8proc.h>

#include "executor/function/kernel_text.h"
#include "executor/function/string_kernels.h"
#include "storage/base/utf8.h"

enum {
    FOLD_MAX = 4, /* code points that one can fold to; Unicode has at most three */
    CAPITAL_I_DOTTED = 0x130,
    CAPITAL_SIGMA = 0x3A3,
    SMALL_SIGMA = 0x3C3,
    SMALL_FINAL_SIGMA = 0x3C2,
    COMBINING_DOT_ABOVE = 0x307,
};

/* ASCII runs, which most text consists of, are converted without decoding. */
static bool put_ascii(StrBuf *buf, Text text, bool upper)
{
    if (!utf8_is_ascii(text.ptr, text.size))
        return false;
    char *out = strbuf_room(buf, text.size);
    if (out == NULL)
        return true;
    char first = upper ? 'a' : 'A';
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        bool flip = (unsigned char)(c - first) < 26;
        out[i] = (char)(c ^ (flip ? 0x20 : 0));
    }
    buf->size += text.size;
    return true;
}

/* --- upper case --- */

static void put_upper_code_point(StrBuf *buf, uint32_t code_point)
{
    utf8proc_int32_t folded[FOLD_MAX];
    int boundary = 0;
    if (utf8proc_category((utf8proc_int32_t)code_point) != UTF8PROC_CATEGORY_LU) {
        utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)code_point, folded,
                                                         FOLD_MAX, UTF8PROC_CASEFOLD, &boundary);
        assert(count <= FOLD_MAX);
        if (count > 1) {
            for (utf8proc_ssize_t i = 0; i < count; i++)
                text_put_code_point(buf, (uint32_t)utf8proc_toupper(folded[i]));
            return;
        }
    }
    text_put_code_point(buf, (uint32_t)utf8proc_toupper((utf8proc_int32_t)code_point));
}

static void put_upper(StrBuf *buf, Text text)
{
    if (put_ascii(buf, text, true))
        return;
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length)
        put_upper_code_point(buf, utf8_decode(text.ptr + i, text.size - i, &length));
}

static inline bool upper_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    put_upper(buf, arg_text(call, 0, row));
    return true;
}

Status string_upper(KernelCall *call)
{
    return text_build(call, upper_row);
}

/* --- lower case --- */

static bool is_cased(uint32_t code_point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT;
}

/* Marks and the punctuation that stands inside words (Unicode's Case_Ignorable). */
static bool is_case_ignorable(uint32_t code_point)
{
    static const uint32_t inside_words[] = {'\'', '.', ':', 0xB7, 0x2018, 0x2019, 0x2024, 0x2027};
    for (size_t i = 0; i < sizeof inside_words / sizeof *inside_words; i++) {
        if (code_point == inside_words[i])
            return true;
    }
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_SK;
}

static bool cased_follows(Text text, uint32_t at)
{
    uint32_t length;
    for (uint32_t i = at; i < text.size; i += length) {
        uint32_t code_point = utf8_decode(text.ptr + i, text.size - i, &length);
        if (is_cased(code_point))
            return true;
        if (!is_case_ignorable(code_point))
            return false;
    }
    return false;
}

void string_put_lower(StrBuf *buf, Text text)
{
    if (put_ascii(buf, text, false))
        return;
    bool after_cased = false;
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length) {
        uint32_t code_point = utf8_decode(text.ptr + i, text.size - i, &length);
        if (code_point == CAPITAL_SIGMA) {
            bool final = after_cased && !cased_follows(text, i + length);
            text_put_code_point(buf, final ? SMALL_FINAL_SIGMA : SMALL_SIGMA);
        } else if (code_point == CAPITAL_I_DOTTED) {
            strbuf_char(buf, 'i');
            text_put_code_point(buf, COMBINING_DOT_ABOVE);
        } else {
            text_put_code_point(buf, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_point));
        }
        if (!is_case_ignorable(code_point))
            after_cased = is_cased(code_point);
    }
}

static inline bool lower_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    string_put_lower(buf, arg_text(call, 0, row));
    return true;
}

Status string_lower(KernelCall *call)
{
    return text_build(call, lower_row);
}

/* --- INITCAP: words are runs of ASCII letters and digits, as in Flink --- */

static bool is_ascii_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_ascii_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool initcap_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row);
    char *out = strbuf_room(buf, text.size);
    if (out == NULL)
        return true;
    bool in_word = false;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        bool flip = in_word ? is_ascii_upper(c) : is_ascii_lower(c);
        out[i] = (char)(c ^ (flip ? 0x20 : 0));
        in_word = is_ascii_upper(c) || is_ascii_lower(c) || is_ascii_digit(c);
    }
    buf->size += text.size;
    return true;
}

Status string_initcap(KernelCall *call)
{
    return text_build(call, initcap_row);
}

/* --- REVERSE --- */

static inline bool reverse_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    Text text = arg_text(call, 0, row);
    char *out = strbuf_room(buf, text.size);
    if (out == NULL)
        return true;
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length) {
        utf8_decode(text.ptr + i, text.size - i, &length);
        memcpy(out + text.size - i - length, text.ptr + i, length);
    }
    buf->size += text.size;
    return true;
}

Status string_reverse(KernelCall *call)
{
    return text_build(call, reverse_row);
}

/* --- IS_ALPHA, IS_DIGIT, IS_DECIMAL --- */

static bool is_letter(uint32_t code_point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static bool is_digit(uint32_t code_point)
{
    return utf8proc_category((utf8proc_int32_t)code_point) == UTF8PROC_CATEGORY_ND;
}

static bool all_are(Text text, bool (*is_in_class)(uint32_t))
{
    uint32_t length;
    for (uint32_t i = 0; i < text.size; i += length) {
        if (!is_in_class(utf8_decode(text.ptr + i, text.size - i, &length)))
            return false;
    }
    return text.size > 0;
}

Status string_is_alpha(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] =
            !arg_null(call, 0, row) && all_are(arg_text(call, 0, row), is_letter);
    return ST_OK;
}

Status string_is_digit(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] =
            !arg_null(call, 0, row) && all_are(arg_text(call, 0, row), is_digit);
    return ST_OK;
}

static size_t skip_digits(Text text, size_t at)
{
    while (at < text.size && is_ascii_digit(text.ptr[at]))
        at++;
    return at;
}

static bool one_of(Text text, size_t at, const char *set)
{
    return at < text.size && text.ptr[at] != '\0' && strchr(set, text.ptr[at]) != NULL;
}

/* What Java's Double.valueOf takes, less hexadecimal: digits with a point, an exponent and a type
 * suffix; control characters and blanks around it do not count. */
static bool is_decimal(Text text)
{
    while (text.size > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = text_slice(text, 1, text.size);
    while (text.size > 0 && (unsigned char)text.ptr[text.size - 1] <= ' ')
        text.size--;
    size_t at = one_of(text, 0, "+-");
    Text unsigned_text = text_slice(text, at, text.size);
    if (text_is(unsigned_text, "NaN") || text_is(unsigned_text, "Infinity"))
        return true;
    size_t whole_end = skip_digits(text, at);
    size_t digits = whole_end - at;
    at = whole_end;
    if (one_of(text, at, ".")) {
        size_t fraction_end = skip_digits(text, at + 1);
        digits += fraction_end - at - 1;
        at = fraction_end;
    }
    if (digits == 0)
        return false;
    if (one_of(text, at, "eE")) {
        size_t start = at + 1 + one_of(text, at + 1, "+-");
        at = skip_digits(text, start);
        if (at == start)
            return false;
    }
    at += one_of(text, at, "fFdD");
    return at == text.size;
}

Status string_is_decimal(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !arg_null(call, 0, row) && is_decimal(arg_text(call, 0, row));
    return ST_OK;
}

/* Of numbers, which Flink takes as well. */
Status string_is_given(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !arg_null(call, 0, row);
    return ST_OK;
}

Status string_is_never(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = false;
    return ST_OK;
}
