/* MATCH_RECOGNIZE as text. */
#include <assert.h>

#include "grammar/ast_print.h"

/* --- patterns --- */

/* Which patterns need parentheses: alternation everywhere but at the top, concatenation inside
 * another or under a quantifier, a quantified one under a quantifier. */
typedef enum PatternPlace {
    PATTERN_PLACE_TOP,
    PATTERN_PLACE_BRANCH,
    PATTERN_PLACE_ITEM,
    PATTERN_PLACE_FACTOR
} PatternPlace;

static void print_pattern(const Pattern *pattern, PatternPlace place, StrBuf *out);

static void print_patterns(const PatternList *items, const char *between, PatternPlace place,
                           StrBuf *out)
{
    for (const Pattern *item = items->first; item != NULL; item = item->next) {
        if (item != items->first)
            strbuf_string(out, between);
        print_pattern(item, place, out);
    }
}

static void print_bounds(const Pattern *pattern, StrBuf *out)
{
    uint32_t min = pattern->as.quantified.min, max = pattern->as.quantified.max;
    if (min == 0 && max == PATTERN_UNBOUNDED)
        strbuf_char(out, '*');
    else if (min == 1 && max == PATTERN_UNBOUNDED)
        strbuf_char(out, '+');
    else if (min == 0 && max == 1)
        strbuf_char(out, '?');
    else if (max == PATTERN_UNBOUNDED)
        strbuf_printf(out, "{%u,}", min);
    else if (min == max)
        strbuf_printf(out, "{%u}", min);
    else
        strbuf_printf(out, "{%u,%u}", min, max);
    if (pattern->as.quantified.reluctant)
        strbuf_char(out, '?');
}

static bool needs_parentheses(PatternKind kind, PatternPlace place)
{
    switch (kind) {
    case PATTERN_ALTERNATION: return place > PATTERN_PLACE_TOP;
    case PATTERN_CONCAT: return place > PATTERN_PLACE_BRANCH;
    case PATTERN_QUANTIFIED: return place > PATTERN_PLACE_ITEM;
    case PATTERN_VARIABLE:
    case PATTERN_PERMUTE:
    case PATTERN_EXCLUSION:
    case PATTERN_START:
    case PATTERN_END:
    case PATTERN_EMPTY: break;
    }
    return false;
}

static void print_pattern(const Pattern *pattern, PatternPlace place, StrBuf *out)
{
    bool parentheses = needs_parentheses(pattern->kind, place);
    strbuf_string(out, parentheses ? "(" : "");
    switch (pattern->kind) {
    case PATTERN_VARIABLE: ast_print_name(pattern->as.variable.text, out); break;
    case PATTERN_CONCAT: print_patterns(&pattern->as.items, " ", PATTERN_PLACE_ITEM, out); break;
    case PATTERN_ALTERNATION:
        print_patterns(&pattern->as.items, " | ", PATTERN_PLACE_BRANCH, out);
        break;
    case PATTERN_PERMUTE:
        strbuf_string(out, "PERMUTE(");
        print_patterns(&pattern->as.items, ", ", PATTERN_PLACE_TOP, out);
        strbuf_char(out, ')');
        break;
    case PATTERN_QUANTIFIED:
        print_pattern(pattern->as.quantified.operand, PATTERN_PLACE_FACTOR, out);
        print_bounds(pattern, out);
        break;
    case PATTERN_EXCLUSION:
        strbuf_string(out, "{- ");
        print_pattern(pattern->as.excluded, PATTERN_PLACE_TOP, out);
        strbuf_string(out, " -}");
        break;
    case PATTERN_START: strbuf_char(out, '^'); break;
    case PATTERN_END: strbuf_char(out, '$'); break;
    case PATTERN_EMPTY: strbuf_string(out, "()"); break;
    }
    strbuf_string(out, parentheses ? ")" : "");
}

void ast_print_pattern(const Pattern *pattern, StrBuf *out)
{
    print_pattern(pattern, PATTERN_PLACE_TOP, out);
}

/* --- the clauses --- */

static void print_measure(const Measure *measure, StrBuf *out)
{
    ast_print_expr(measure->expr, out);
    strbuf_string(out, " AS ");
    ast_print_name(measure->name.text, out);
}

static void print_define(const PatternDefine *define, StrBuf *out)
{
    ast_print_name(define->name.text, out);
    strbuf_string(out, " AS ");
    ast_print_expr(define->condition, out);
}

static void print_subset(const PatternSubset *subset, StrBuf *out)
{
    ast_print_name(subset->name.text, out);
    strbuf_string(out, " = (");
    print_name_list(&subset->variables, out);
    strbuf_char(out, ')');
}

static void print_after(const MatchRecognize *match, StrBuf *out)
{
    static const char *const words[] = {
        [AFTER_MATCH_UNSAID] = "",
        [AFTER_MATCH_NEXT_ROW] = "AFTER MATCH SKIP TO NEXT ROW ",
        [AFTER_MATCH_PAST_LAST_ROW] = "AFTER MATCH SKIP PAST LAST ROW ",
        [AFTER_MATCH_TO_FIRST] = "AFTER MATCH SKIP TO FIRST ",
        [AFTER_MATCH_TO_LAST] = "AFTER MATCH SKIP TO LAST ",
        [AFTER_MATCH_TO] = "AFTER MATCH SKIP TO ",
    };
    strbuf_string(out, words[match->after]);
    if (match->after_variable.text.size == 0)
        return;
    ast_print_name(match->after_variable.text, out);
    strbuf_char(out, ' ');
}

static void print_match_head(const MatchRecognize *match, StrBuf *out)
{
    static const char *const rows[] = {
        [MATCH_ROWS_UNSAID] = "",
        [MATCH_ROWS_ONE] = "ONE ROW PER MATCH ",
        [MATCH_ROWS_ALL] = "ALL ROWS PER MATCH ",
        [MATCH_ROWS_ALL_SHOW_EMPTY] = "ALL ROWS PER MATCH SHOW EMPTY MATCHES ",
        [MATCH_ROWS_ALL_OMIT_EMPTY] = "ALL ROWS PER MATCH OMIT EMPTY MATCHES ",
        [MATCH_ROWS_ALL_WITH_UNMATCHED] = "ALL ROWS PER MATCH WITH UNMATCHED ROWS ",
    };
    static const char *const searches[] = {[MATCH_SEARCH_UNSAID] = "",
                                           [MATCH_SEARCH_INITIAL] = "INITIAL ",
                                           [MATCH_SEARCH_SEEK] = "SEEK "};
    if (match->partition_by.count > 0) {
        strbuf_string(out, "PARTITION BY ");
        print_expr_list(&match->partition_by, out);
        strbuf_char(out, ' ');
    }
    if (match->order_by.count > 0) {
        strbuf_string(out, "ORDER BY ");
        print_order_list(&match->order_by, out);
        strbuf_char(out, ' ');
    }
    if (match->measures.count > 0) {
        strbuf_string(out, "MEASURES ");
        PRINT_LIST(&match->measures, Measure, print_measure, out);
        strbuf_char(out, ' ');
    }
    strbuf_string(out, rows[match->rows]);
    print_after(match, out);
    strbuf_string(out, searches[match->search]);
}

void print_match(const MatchRecognize *match, StrBuf *out)
{
    print_match_head(match, out);
    strbuf_string(out, "PATTERN (");
    ast_print_pattern(match->pattern, out);
    strbuf_string(out, ") ");
    if (match->within != NULL) {
        strbuf_string(out, "WITHIN ");
        ast_print_expr(match->within, out);
        strbuf_char(out, ' ');
    }
    if (match->subsets.count > 0) {
        strbuf_string(out, "SUBSET ");
        PRINT_LIST(&match->subsets, PatternSubset, print_subset, out);
        strbuf_char(out, ' ');
    }
    strbuf_string(out, "DEFINE ");
    PRINT_LIST(&match->defines, PatternDefine, print_define, out);
}
