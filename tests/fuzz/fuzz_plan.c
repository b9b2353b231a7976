/* Text to plan: a script is parsed, bound and planned as `weir check` does it, with no effect.
 * Tables named t and u are declared before it, so that short inputs reach the binder. What must
 * hold: an error has a code and a message, and no assert or sanitizer fires. */
#include <assert.h>

#include "shell/session.h"
#include "tests/fuzz/fuzz.h"

static const char tables[] =
    "CREATE TABLE t (a INT, b BIGINT, c STRING, d DOUBLE, e DECIMAL(10, 2), f BOOLEAN, g DATE,"
    " ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
    " WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');\n"
    "CREATE TABLE u (a INT, b BIGINT, c STRING) WITH ('connector' = 'blackhole');\n";

static void show_mistake(void *told, const Diag *mistake)
{
    StrBuf shown;
    assert(mistake->set && mistake->message[0] != '\0');
    strbuf_init(&shown, NULL);
    diag_print(mistake, &shown);
    strbuf_close(&shown);
    (*(uint32_t *)told)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 16 << 10)
        return 0;
    StrBuf text;
    Session *session;
    Diag diag = {0};
    strbuf_init(&text, NULL);
    strbuf_string(&text, tables);
    strbuf_put(&text, bytes, size);
    assert(strbuf_status(&text) == ST_OK);
    const SessionConfig config = {0};
    Output silent = {0};
    Status status = session_open(&config, &session, &diag);
    assert(status == ST_OK);

    const Source script = {TEXT("fuzz.sql"), strbuf_as_text(&text)};
    uint32_t told = 0;
    status = session_check_script(session, &script, &silent, show_mistake, &told, &diag);
    assert(status == ST_OK || status == ST_NOMEM || told > 0 || diag.set);
    if (diag.set)
        show_mistake(&told, &diag);
    session_close(session);
    strbuf_close(&text);
    return 0;
}
