/* Paths into JSON texts: the first line is a path, the rest a text. A path that is none has its
 * fault inside it; what a path finds prints as JSON, which prints the same again. Both lie in
 * memory of their exact size, so that nothing is read past their ends. As every STRING does, both
 * hold sound UTF-8. */
#include <assert.h>
#include <stdlib.h>

#include "executor/function/json_find.h"
#include "storage/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static Text copy_exactly(const uint8_t *bytes, size_t size)
{
    char *copy = malloc(size + (size == 0));
    assert(copy != NULL);
    if (size > 0)
        memcpy(copy, bytes, size);
    return (Text){copy, (uint32_t)size};
}

static void check_printed(const JsonFind *find, uint32_t item, Arena *scratch)
{
    StrBuf first, second;
    JsonToken token;
    JsonFault fault;
    strbuf_init(&first, NULL);
    strbuf_init(&second, NULL);
    Status status = json_print_value(&find->item[item], find->pick, scratch, &first);
    assert(status == ST_OK);
    bool sound = json_scan_document(strbuf_as_text(&first), &token, &fault);
    assert(sound);
    status = json_print_value(&token, NULL, scratch, &second);
    assert(status == ST_OK);
    assert(text_equal(strbuf_as_text(&first), strbuf_as_text(&second)));
    strbuf_close(&first);
    strbuf_close(&second);
}

static void check(Text path, Text text)
{
    enum { PRINTED_ITEMS = 64 };
    Arena arena;
    JsonPath *compiled;
    JsonPathFault fault;
    JsonFind find;
    arena_init(&arena, NULL);
    if (json_path_compile(path, &arena, &compiled, &fault) != ST_OK) {
        assert(fault.reason != NULL && fault.at <= path.size);
        arena_close(&arena);
        return;
    }
    Status status = json_find(compiled, text, &arena, &find);
    assert(status == ST_OK);
    assert(find.outcome == JSON_FOUND || find.reason != NULL);
    if (find.outcome == JSON_FOUND) {
        assert(find.list || find.items == 1);
        for (uint32_t i = 0; i < find.items && i < PRINTED_ITEMS; i++)
            check_printed(&find, i, &arena);
    }
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = size == 0 ? NULL : memchr(data, '\n', size);
    if (line == NULL || !utf8_is_valid((const char *)data, size))
        return 0;
    size_t behind = (size_t)(line - data) + 1;
    Text path = copy_exactly(data, behind - 1), text = copy_exactly(data + behind, size - behind);
    check(path, text);
    free((char *)(uintptr_t)path.ptr);
    free((char *)(uintptr_t)text.ptr);
    return 0;
}
