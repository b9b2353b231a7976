/* The table of text functions. Characters are code points throughout; Flink counts UTF-16 units in
 * some functions (LPAD, OVERLAY), which differs for characters beyond the basic plane only. */
#include <assert.h>

#include "executor/function/rules.h"
#include "executor/function/string_kernels.h"

/* --- result types --- */

static Type varchar(uint64_t length)
{
    return type_sized(TYPE_VARCHAR, length > LENGTH_MAX ? LENGTH_MAX : (uint32_t)length);
}

/* A VARCHAR as long as the first argument can be. */
static Type rule_part(const Type *arg, uint32_t args)
{
    assert(args >= 1);
    return varchar(arg[0].precision);
}

static Type rule_concatenation(const Type *arg, uint32_t args)
{
    assert(args == 2);
    Type type = varchar((uint64_t)arg[0].precision + arg[1].precision);
    if (arg[0].id == TYPE_CHAR && arg[1].id == TYPE_CHAR)
        type.id = TYPE_CHAR;
    return type;
}

static Type rule_overlay(const Type *arg, uint32_t args)
{
    assert(args >= 2);
    return varchar((uint64_t)arg[0].precision + arg[1].precision);
}

static Type rule_concat_ws(const Type *arg, uint32_t args)
{
    bool nullable = false;
    for (uint32_t i = 0; i < args; i++)
        nullable = nullable || arg[i].nullable;
    return type_with_null(type_string(), nullable);
}

/* NULL exactly when the first argument is. */
static Type rule_string_as_first(const Type *arg, uint32_t args)
{
    assert(args >= 1);
    return type_with_null(type_string(), arg[0].nullable);
}

static Type rule_elt(const Type *arg, uint32_t args)
{
    assert(args >= 2);
    return type_with_null(arg[1], true);
}

/* --- the table --- */

const ScalarDef string_functions[] = {
    {"||", "SS", rule_concatenation, string_concat, FN_OPERATOR | FN_FALLIBLE, NULL,
     "text1 || text2", "The two texts one after the other."},
    {"CONCAT", "S+", rule_string, string_concat, FN_FALLIBLE, NULL, "CONCAT(text [, ...])",
     "All texts one after the other; NULL when one of them is NULL."},
    {"CONCAT_WS", "SS*", rule_concat_ws, string_concat_ws, FN_OWN_NULLS | FN_FALLIBLE, NULL,
     "CONCAT_WS(separator [, text ...])",
     "The texts with the separator between them; NULLs among them are left out."},
    {"CHAR_LENGTH", "S", rule_int, string_char_length, 0, NULL, "CHAR_LENGTH(text)",
     "The number of characters (code points)."},
    {"CHARACTER_LENGTH", "S", rule_int, string_char_length, 0, NULL, "CHARACTER_LENGTH(text)",
     "The number of characters (code points)."},
    {"UPPER", "S", rule_first, string_upper, FN_FALLIBLE, NULL, "UPPER(text)",
     "The text in capitals, by Unicode's full mapping: UPPER('ß') is 'SS'."},
    {"LOWER", "S", rule_first, string_lower, FN_FALLIBLE, NULL, "LOWER(text)",
     "The text in small letters, by Unicode's full mapping."},
    {"INITCAP", "S", rule_first, string_initcap, 0, NULL, "INITCAP(text)",
     "Each word with a capital first letter and small others; only ASCII letters change."},
    {"REVERSE", "S", rule_string, string_reverse, FN_MAY_NULL, NULL, "REVERSE(text)",
     "The characters in the opposite order."},

    {"SUBSTRING", "SI[I]", rule_part, string_substring, FN_MAY_NULL, NULL,
     "SUBSTRING(text FROM start [FOR length])",
     "The characters from position `start` (from 1; negative: from the end), at most `length` of "
     "them."},
    {"SUBSTR", "SI[I]", rule_part, string_substring, FN_MAY_NULL, NULL,
     "SUBSTR(text, start [, length])", "The same as SUBSTRING."},
    {"LEFT", "SI", rule_part, string_left, FN_MAY_NULL, NULL, "LEFT(text, length)",
     "The first `length` characters."},
    {"RIGHT", "SI", rule_part, string_right, FN_MAY_NULL, NULL, "RIGHT(text, length)",
     "The last `length` characters."},
    {"$TRIM_BOTH", "S[S]", rule_part, string_trim_both, FN_INTERNAL, NULL,
     "TRIM([BOTH] [characters FROM] text)",
     "The text without the given characters (blanks) at both ends."},
    {"$TRIM_LEADING", "S[S]", rule_part, string_trim_leading, FN_INTERNAL, NULL,
     "TRIM(LEADING [characters FROM] text)",
     "The text without the given characters (blanks) at its start."},
    {"$TRIM_TRAILING", "S[S]", rule_part, string_trim_trailing, FN_INTERNAL, NULL,
     "TRIM(TRAILING [characters FROM] text)",
     "The text without the given characters (blanks) at its end."},
    {"LTRIM", "S[S]", rule_part, string_trim_leading, 0, NULL, "LTRIM(text [, characters])",
     "The text without the given characters (blanks) at its start."},
    {"RTRIM", "S[S]", rule_part, string_trim_trailing, 0, NULL, "RTRIM(text [, characters])",
     "The text without the given characters (blanks) at its end."},
    {"BTRIM", "S[S]", rule_string, string_trim_both, 0, NULL, "BTRIM(text [, characters])",
     "The text without the given characters (blanks) at both ends."},
    {"SPLIT_INDEX", "SSI", rule_string, string_split_index, FN_MAY_NULL, NULL,
     "SPLIT_INDEX(text, separator, index)",
     "The part with that index (from 0) of the text cut at each separator; NULL when there are "
     "fewer."},
    {"SPLIT_INDEX", "SII", rule_string, string_split_index_char, FN_MAY_NULL, NULL,
     "SPLIT_INDEX(text, code, index)", NULL},
    {"ELT", "IS1+", rule_elt, string_elt, FN_OWN_NULLS, string_elt_prepare,
     "ELT(index, text [, ...])", "The text with that index (from 1); NULL when there is none."},
    {"ELT", "IX1+", rule_elt, string_elt, FN_OWN_NULLS, string_elt_prepare,
     "ELT(index, bytes [, ...])", NULL},

    {"LPAD", "SIS", rule_string, string_lpad, FN_MAY_NULL | FN_FALLIBLE, string_pad_prepare,
     "LPAD(text, length, pad)",
     "The text filled up on the left with `pad` to that many characters, or cut to them."},
    {"RPAD", "SIS", rule_string, string_rpad, FN_MAY_NULL | FN_FALLIBLE, string_pad_prepare,
     "RPAD(text, length, pad)",
     "The text filled up on the right with `pad` to that many characters, or cut to them."},
    {"REPEAT", "SI", rule_string, string_repeat, FN_FALLIBLE, NULL, "REPEAT(text, count)",
     "The text `count` times."},
    {"REPLACE", "SSS", rule_string, string_replace, FN_FALLIBLE, NULL, "REPLACE(text, from, to)",
     "The text with each occurrence of `from` replaced by `to`."},
    {"TRANSLATE", "SSS", rule_string_as_first, string_translate, FN_OWN_NULLS | FN_FALLIBLE, NULL,
     "TRANSLATE(text, from, to)",
     "The text with each character of `from` replaced by the one at the same place in `to`, or "
     "removed."},
    {"TRANSLATE3", "SSS", rule_string_as_first, string_translate, FN_OWN_NULLS | FN_FALLIBLE, NULL,
     "TRANSLATE3(text, from, to)", "The same as TRANSLATE."},
    {"OVERLAY", "SSI[I]", rule_overlay, string_overlay, FN_FALLIBLE, NULL,
     "OVERLAY(text PLACING other FROM start [FOR length])",
     "The text with `length` characters from position `start` on replaced by the other text."},

    {"POSITION", "SS[I]", rule_int, string_position, 0, NULL, "POSITION(part IN text [FROM start])",
     "The position (from 1) of the first occurrence of `part`, or 0."},
    {"LOCATE", "SS[I]", rule_int, string_position, 0, NULL, "LOCATE(part, text [, start])",
     "The position (from 1) of the first occurrence of `part` from `start` on, or 0."},
    {"INSTR", "SS", rule_int, string_instr, 0, NULL, "INSTR(text, part [, start [, occurrence]])",
     "The position (from 1) of an occurrence of `part`, or 0; a negative start searches from the "
     "end."},
    {"INSTR", "SSI[I]", rule_int, string_instr_nth, FN_FALLIBLE, NULL, NULL, NULL},
    {"STARTSWITH", "SS", rule_boolean, string_starts_with, 0, NULL, "STARTSWITH(text, start)",
     "Whether the text starts with the other one."},
    {"STARTSWITH", "XX", rule_boolean, string_starts_with, 0, NULL, NULL, NULL},
    {"ENDSWITH", "SS", rule_boolean, string_ends_with, 0, NULL, "ENDSWITH(text, end)",
     "Whether the text ends with the other one."},
    {"ENDSWITH", "XX", rule_boolean, string_ends_with, 0, NULL, NULL, NULL},
    {"LIKE", "SS", rule_boolean, string_like, FN_OPERATOR, string_like_prepare,
     "text [NOT] LIKE pattern [ESCAPE character]",
     "Whether the text matches the pattern: % stands for any text, _ for one character."},
    {"LIKE", "SSS", rule_boolean, string_like, FN_OPERATOR | FN_FALLIBLE, string_like_prepare, NULL,
     NULL},
    {"ILIKE", "SS", rule_boolean, string_ilike, FN_OPERATOR | FN_EXTENSION, string_ilike_prepare,
     "text [NOT] ILIKE pattern [ESCAPE character]", "LIKE without regard to letter case."},
    {"ILIKE", "SSS", rule_boolean, string_ilike, FN_OPERATOR | FN_FALLIBLE | FN_EXTENSION,
     string_ilike_prepare, NULL, NULL},

    {"ASCII", "S", rule_int, string_ascii, 0, NULL, "ASCII(text)",
     "The first byte as a signed number; 0 of the empty text."},
    {"CHR", "I", rule_string, string_chr, FN_MAY_NULL, NULL, "CHR(code)",
     "The character with that code, modulo 256 (ISO 8859-1); of a negative number the empty text."},
    {"IS_ALPHA", "S", rule_boolean_not_null, string_is_alpha, FN_OWN_NULLS, NULL, "IS_ALPHA(text)",
     "Whether the text consists of letters alone; FALSE for NULL and the empty text."},
    {"IS_ALPHA", "N", rule_boolean_not_null, string_is_never, FN_OWN_NULLS, NULL, NULL, NULL},
    {"IS_DIGIT", "S", rule_boolean_not_null, string_is_digit, FN_OWN_NULLS, NULL, "IS_DIGIT(text)",
     "Whether the text consists of decimal digits alone; FALSE for NULL and the empty text."},
    {"IS_DIGIT", "I", rule_boolean_not_null, string_is_given, FN_OWN_NULLS, NULL, NULL, NULL},
    {"IS_DIGIT", "N", rule_boolean_not_null, string_is_never, FN_OWN_NULLS, NULL, NULL, NULL},
    {"IS_DECIMAL", "S", rule_boolean_not_null, string_is_decimal, FN_OWN_NULLS, NULL,
     "IS_DECIMAL(text)", "Whether the text can be read as a number; FALSE for NULL."},
    {"IS_DECIMAL", "N", rule_boolean_not_null, string_is_given, FN_OWN_NULLS, NULL, NULL, NULL},

    {"URL_ENCODE", "S", rule_string, url_encode, FN_MAY_NULL | FN_FALLIBLE, NULL,
     "URL_ENCODE(text)", "The text in the form application/x-www-form-urlencoded."},
    {"URL_DECODE", "S", rule_string, url_decode, FN_MAY_NULL, NULL, "URL_DECODE(text)",
     "The opposite of URL_ENCODE; NULL for a text that is not encoded so."},
    {"PARSE_URL", "SS[S]", rule_string, url_parse, FN_MAY_NULL, url_parse_prepare,
     "PARSE_URL(url, part [, key])",
     "A part of a URL: 'HOST', 'PATH', 'QUERY', 'REF', 'PROTOCOL', 'AUTHORITY', 'FILE', "
     "'USERINFO', or "
     "the value of a key of its query."},
    {"INET_ATON", "S", rule_bigint, inet_from_text, FN_MAY_NULL, NULL, "INET_ATON(address)",
     "An IPv4 address as a number; NULL for a text that is none."},
    {"INET_NTOA", "I", rule_string, inet_to_text, FN_MAY_NULL, NULL, "INET_NTOA(number)",
     "A number as an IPv4 address; NULL outside 0 to 4294967295."},
    {.name = NULL},
};
