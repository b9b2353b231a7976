#include "executor/function/regex_run.h"

#include "executor/function/kernel_text.h"
#include "storage/base/utf8.h"

/* The escape of SIMILAR TO: empty, or one character. */
static uint32_t read_escape(Text escape, RegexError *error)
{
    uint32_t length = 0;
    if (escape.size == 0)
        return 0;
    uint32_t code_point = utf8_decode(escape.ptr, escape.size, &length);
    if (length != escape.size)
        regex_fault(error, REGEX_INVALID, "the ESCAPE is not one character");
    return code_point;
}

Status regex_source_compile(const RegexSource *source, Arena *arena, const Regex **out,
                            RegexError *error)
{
    *out = NULL;
    *error = (RegexError){.fault = REGEX_VALID};
    if (!source->similar)
        return regex_compile(source->text, arena, out, error);
    StrBuf java;
    strbuf_init(&java, arena->meter);
    uint32_t escape = read_escape(source->escape, error);
    regex_translate_similar(source->text, escape, &java, error);
    Status status = strbuf_status(&java);
    if (status == ST_OK && error->fault == REGEX_VALID)
        status = regex_compile((Text){strbuf_cstr(&java), (uint32_t)java.size}, arena, out, error);
    strbuf_close(&java);
    return status;
}

Status regex_compile_known(const RegexSource *source, Arena *arena, Diag *diag, const Regex **out)
{
    RegexError error;
    TRY(regex_source_compile(source, arena, out, &error));
    if (error.fault == REGEX_VALID)
        return ST_OK;
    return diag_error(diag, error.fault == REGEX_INVALID ? E2107 : E2001, SPAN_NONE,
                      "regular expression \"%.*s\": %s", TEXT_ARG(source->text), error.message);
}

Status regex_run_open(RegexRun *run, KernelCall *call)
{
    *run = (RegexRun){.call = call};
    return regex_matcher_make(call->scratch, &run->matcher);
}

static Status cached_pattern(RegexRun *run, const RegexSource *source, const CachedPattern **out)
{
    for (uint32_t i = 0; i < CACHED_PATTERNS; i++) {
        *out = &run->cache[i];
        if ((*out)->used && text_equal((*out)->source, source->text) &&
            text_equal((*out)->escape, source->escape))
            return ST_OK;
    }
    CachedPattern *entry = &run->cache[run->next];
    run->next = (run->next + 1) % CACHED_PATTERNS;
    *entry = (CachedPattern){.source = source->text, .escape = source->escape, .used = true};
    *out = entry;
    return regex_source_compile(source, run->call->scratch, &entry->regex, &entry->error);
}

void regex_fail_budget(KernelCall *call, uint32_t row)
{
    kernel_fail(call, row, E5014, "the regular expression took more than %d steps",
                LIMIT_REGEX_STEPS);
}

Status regex_run_compile(RegexRun *run, uint32_t row, const RegexSource *source, RegexFault fatal,
                         const Regex **out)
{
    const CachedPattern *entry;
    TRY(cached_pattern(run, source, &entry));
    *out = entry->regex;
    if (entry->error.fault >= fatal)
        kernel_fail(run->call, row, E5007, "regular expression \"%.*s\": %s",
                    TEXT_ARG(source->text), entry->error.message);
    return ST_OK;
}

Status regex_run_pattern(RegexRun *run, uint32_t row, uint32_t arg, const Regex *constant,
                         const Regex **out)
{
    *out = constant;
    if (constant != NULL)
        return ST_OK;
    RegexSource source = {arg_text(run->call, arg, row), TEXT(""), false};
    return regex_run_compile(run, row, &source, REGEX_UNSUPPORTED, out);
}

Status regex_run_search(RegexRun *run, uint32_t row, const Regex *regex, Text text, uint32_t start,
                        bool *found)
{
    RegexOutcome outcome;
    TRY(regex_search(run->matcher, regex, text, start, &outcome));
    *found = outcome == REGEX_MATCH;
    if (outcome == REGEX_BUDGET)
        regex_fail_budget(run->call, row);
    return ST_OK;
}

uint32_t regex_after_match(Text text, uint32_t start, uint32_t end)
{
    if (end > start)
        return end;
    uint32_t length = 1;
    if (end < text.size)
        utf8_decode(text.ptr + end, text.size - end, &length);
    return end + length;
}
