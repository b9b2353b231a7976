/* The golden tests' program: runs test files (test_file.h says how they are written) and compares.
 *
 *   sql_runner [--rewrite] [--skipped] [--trace] [--cut] FILE.test...
 *
 * Each file is run four times: with batches of 1024, 1 and 3 rows over a database in memory, and
 * with one in a file that is closed and opened again at the end. The first run is compared with
 * what the file expects, the others with the first. --rewrite puts what the first run gave into the
 * file, to be read as a diff before it is kept; --skipped runs blocks marked `skip` as well;
 * --trace names each block before it is run.
 *
 * With --cut each file is run once as it is, and again so that its jobs are cut off after each row,
 * and after every third one (cut_run.h): tables must be the same. */
#include <stdio.h>
#include <string.h>

#include "tests/sql/case_run.h"
#include "tests/sql/text_diff.h"

static const Variant variants[] = {
    {"batches of 1024", 1024, false, false},
    {"batches of 1", 1, false, false},
    {"batches of 3", 3, false, false},
    {"a database file", 0, true, false},
};
/* With --cut: the first one and these. */
static const Variant cut_variants[] = {
    {"cut off after each row", 1, false, true},
    {"cut off after every 3 rows", 3, false, true},
};

/* What is not cut off, and why. */
static const struct {
    const char *file, *reason;
} never_cut[] = {
    {"ddl/create_as.test", "a temporary table is gone with its process, and its job stands"},
    {"jobs/control.test", "it shows how often jobs were restarted"},
    {"jobs/seen.test", "it shows the epochs of a job"},
    {"state_ttl/rows_in_time.test", "what comes at which time hangs on where it is cut off"},
    {"state_ttl/over_in_time.test", "what comes at which time hangs on where it is cut off"},
};

typedef struct Suite {
    bool rewrite, skipped, trace, cut;
    uint64_t cuts;
    uint32_t blocks, left_out, failures;
} Suite;

typedef struct Case {
    Suite *suite;
    TestFile file;
    StrBuf *actual; /* per block, of the first variant */
} Case;

/* It gives nothing. */
static bool is_setting(const Block *block)
{
    return block->kind == BLOCK_FILE || block->kind == BLOCK_CLOCK;
}

static bool is_run(const Suite *suite, const Block *block)
{
    return block->skip.size == 0 || suite->skipped;
}

static void report(Case *test, const Block *block, const Variant *variant, Text text)
{
    test->suite->failures++;
    printf("FAILED %s:%u, %s:\n%.*s", test->file.path, block->line, variant->name, TEXT_ARG(text));
}

static void report_diff(Case *test, const Block *block, const Variant *variant, Text wanted,
                        Text got)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    strbuf_printf(&text, "--- %s\n+++ %s\n", variant == variants ? "expected" : variants[0].name,
                  "actual");
    text_diff(wanted, got, &text);
    report(test, block, variant, strbuf_as_text(&text));
    strbuf_close(&text);
}

/* An error block may leave the printed error out. */
static bool is_compared(const Block *block)
{
    return !is_setting(block) && (!block->fails || block->has_expected);
}

/* A statement whose job was cut off does not answer what it would have. */
static bool answers_otherwise(const CaseRun *run, const Block *block)
{
    return run->variant->cut && block->kind == BLOCK_STATEMENT;
}

static void judge(Case *test, CaseRun *run, uint32_t index)
{
    const Block *block = &test->file.block.item[index];
    Text got = strbuf_as_text(&run->transcript.text);
    bool first = run->variant == variants;
    if (run->trouble.size > 0)
        report(test, block, run->variant, strbuf_as_text(&run->trouble));
    if (first)
        strbuf_text(&test->actual[index], got);
    Text wanted = first ? block->expected : strbuf_as_text(&test->actual[index]);
    bool compared =
        first ? is_compared(block) && !test->suite->rewrite : !answers_otherwise(run, block);
    if (compared && !text_equal(wanted, got))
        report_diff(test, block, run->variant, wanted, got);
}

static bool is_kept(const Block *block)
{
    return block->kind == BLOCK_TABLE || block->kind == BLOCK_LATE || block->kind == BLOCK_ERRORS ||
           block->kind == BLOCK_COUNTS;
}

/* Only what is read after the last change is still so at the end. */
static uint32_t first_of_the_end(const TestFile *file)
{
    uint32_t i = file->block.count;
    while (i > 0 && is_kept(&file->block.item[i - 1]))
        i--;
    return i;
}

static void run_blocks(Case *test, CaseRun *run, uint32_t from)
{
    for (uint32_t i = from; i < test->file.block.count; i++) {
        const Block *block = &test->file.block.item[i];
        if (!is_run(test->suite, block))
            continue;
        if (test->suite->trace)
            fprintf(stderr, "%s:%u, %s\n", test->file.path, block->line, run->variant->name);
        case_run_block(run, block);
        judge(test, run, i);
    }
}

static void run_variant(Case *test, const Variant *variant)
{
    CaseRun run;
    uint32_t before = test->suite->failures;
    bool open = case_run_open(&run, variant);
    if (open)
        run_blocks(test, &run, 0);
    if (open && variant->in_file && test->suite->failures == before) {
        open = case_run_reopen(&run);
        if (open)
            run_blocks(test, &run, first_of_the_end(&test->file));
    }
    if (!open) {
        test->suite->failures++;
        printf("FAILED %s, %s: %s", test->file.path, variant->name, strbuf_cstr(&run.trouble));
    }
    test->suite->cuts += run.cuts;
    case_run_close(&run);
}

static const char *reason_not_to_cut(const char *path)
{
    for (size_t i = 0; i < sizeof never_cut / sizeof *never_cut; i++) {
        size_t size = strlen(path), end = strlen(never_cut[i].file);
        if (size >= end && strcmp(path + size - end, never_cut[i].file) == 0)
            return never_cut[i].reason;
    }
    return NULL;
}

static void run_variants(Case *test)
{
    if (!test->suite->cut) {
        for (size_t v = 0; v < sizeof variants / sizeof *variants; v++)
            run_variant(test, &variants[v]);
        return;
    }
    run_variant(test, &variants[0]);
    const char *reason = reason_not_to_cut(test->file.path);
    if (reason != NULL) {
        printf("NOT CUT OFF %s: %s\n", test->file.path, reason);
        return;
    }
    for (size_t v = 0; v < sizeof cut_variants / sizeof *cut_variants; v++)
        run_variant(test, &cut_variants[v]);
}

static void count_blocks(Case *test)
{
    Suite *suite = test->suite;
    for (uint32_t i = 0; i < test->file.block.count; i++) {
        const Block *block = &test->file.block.item[i];
        suite->blocks += !is_setting(block);
        if (is_run(suite, block))
            continue;
        suite->left_out++;
        printf("SKIPPED %s:%u: %.*s\n", test->file.path, block->line, TEXT_ARG(block->skip));
    }
}

static Status rewrite(Case *test, Arena *arena)
{
    const StrBuf **actual;
    TRY_NEW_ARRAY(actual, arena, test->file.block.count);
    for (uint32_t i = 0; i < test->file.block.count; i++) {
        const Block *block = &test->file.block.item[i];
        if (!is_setting(block) && is_run(test->suite, block))
            actual[i] = &test->actual[i];
    }
    if (test_file_rewrite(&test->file, actual))
        return ST_OK;
    printf("FAILED %s: cannot be written\n", test->file.path);
    test->suite->failures++;
    return ST_OK;
}

static Status run_file(Suite *suite, const char *path, Arena *arena)
{
    Case test = {.suite = suite};
    StrBuf error;
    strbuf_init(&error, NULL);
    if (!test_file_read(path, arena, &test.file, &error)) {
        suite->failures++;
        printf("FAILED %s", strbuf_cstr(&error));
        strbuf_close(&error);
        return ST_OK;
    }
    TRY_NEW_ARRAY(test.actual, arena, test.file.block.count);
    for (uint32_t i = 0; i < test.file.block.count; i++)
        strbuf_init(&test.actual[i], NULL);
    count_blocks(&test);
    run_variants(&test);
    Status status = suite->rewrite ? rewrite(&test, arena) : ST_OK;
    for (uint32_t i = 0; i < test.file.block.count; i++)
        strbuf_close(&test.actual[i]);
    return status;
}

static bool take_option(Suite *suite, const char *word)
{
    bool *option = strcmp(word, "--rewrite") == 0   ? &suite->rewrite
                   : strcmp(word, "--skipped") == 0 ? &suite->skipped
                   : strcmp(word, "--trace") == 0   ? &suite->trace
                   : strcmp(word, "--cut") == 0     ? &suite->cut
                                                    : NULL;
    if (option != NULL)
        *option = true;
    return option != NULL;
}

int main(int argc, char **argv)
{
    Suite suite = {0};
    int files = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (take_option(&suite, argv[i]))
            continue;
        if (suite.cut && files == 0)
            fault_vfs_install();
        Arena arena;
        arena_init(&arena, NULL);
        if (run_file(&suite, argv[i], &arena) != ST_OK)
            suite.failures++;
        arena_close(&arena);
        files++;
    }
    if (files == 0) {
        fprintf(stderr,
                "usage: sql_runner [--rewrite] [--skipped] [--trace] [--cut] FILE.test...\n");
        return 2;
    }
    printf("%d files, %u blocks, %u skipped, %u failures\n", files, suite.blocks, suite.left_out,
           suite.failures);
    if (suite.cut)
        printf("cut off %llu times\n", (unsigned long long)suite.cuts);
    return suite.failures == 0 ? 0 : 1;
}
