/* EXPLAIN as text. */
#include "planner/planner.h"

void plan_explain(const QueryDraft *query, uint32_t queries, const Plan *plan, StrBuf *out)
{
    strbuf_string(out, "== Logical Plan ==\n");
    for (uint32_t i = 0; i < queries; i++) {
        if (queries > 1)
            strbuf_printf(out, "%.*s:\n", TEXT_ARG(query[i].name));
        logical_print(query[i].logical, out);
    }
    strbuf_string(out, "\n== Physical Plan ==\n");
    plan_print(plan, out);
}
