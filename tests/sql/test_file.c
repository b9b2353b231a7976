#include "tests/sql/test_file.h"

#include <assert.h>
#include <stdio.h>

/* --- lines --- */

typedef struct Reader {
    TestFile *file;
    Arena *arena;
    StrBuf *error;
    uint32_t at, line; /* of the next line */
} Reader;

static bool next_line(Reader *reader, Text *out)
{
    Text text = reader->file->text;
    if (reader->at >= text.size)
        return false;
    const char *start = text.ptr + reader->at;
    const char *newline = memchr(start, '\n', text.size - reader->at);
    *out = (Text){start, newline == NULL ? text.size - reader->at : (uint32_t)(newline - start)};
    reader->at += out->size + (newline != NULL);
    reader->line++;
    return true;
}

static bool complain(Reader *reader, const char *what, Text near)
{
    strbuf_printf(reader->error, "%s:%u: %s: %.*s\n", reader->file->path, reader->line - 1, what,
                  TEXT_ARG(near));
    return false;
}

/* Takes the first word off `rest`. */
static Text take_word(Text *rest)
{
    uint32_t start = 0, end;
    while (start < rest->size && rest->ptr[start] == ' ')
        start++;
    for (end = start; end < rest->size && rest->ptr[end] != ' '; end++)
        ;
    Text word = {rest->ptr + start, end - start};
    while (end < rest->size && rest->ptr[end] == ' ')
        end++;
    *rest = (Text){rest->ptr + end, rest->size - end};
    return word;
}

/* --- heads --- */

static bool read_outcome(Reader *reader, Text rest, Block *block)
{
    Text word = take_word(&rest);
    if (text_is(word, "ok") && rest.size == 0)
        return true;
    if (!text_is(word, "error"))
        return complain(reader, "`ok` or `error CODE [line:column]` is wanted, not", word);
    block->fails = true;
    block->code = take_word(&rest);
    block->position = take_word(&rest);
    if (block->code.size != 5 || block->code.ptr[0] != 'E' || rest.size > 0)
        return complain(reader, "an error has a code and at most a position", block->code);
    return true;
}

static bool read_expect(Reader *reader, Text rest, Block *block)
{
    Text what = take_word(&rest);
    if (text_is(what, "counts")) {
        block->kind = BLOCK_COUNTS;
        return rest.size == 0 || complain(reader, "unexpected", rest);
    }
    if (!text_is(what, "table") && !text_is(what, "late") && !text_is(what, "errors"))
        return complain(reader, "one can expect a table, late, errors or counts, not", what);
    block->kind = text_is(what, "table")  ? BLOCK_TABLE
                  : text_is(what, "late") ? BLOCK_LATE
                                          : BLOCK_ERRORS;
    block->name = take_word(&rest);
    if (block->name.size == 0)
        return complain(reader, "a name is missing", what);
    block->sorted = text_is(rest, "sorted");
    if (text_starts_with(rest, TEXT("order by ")))
        block->order = (Text){rest.ptr + 9, rest.size - 9};
    return rest.size == 0 || block->sorted || block->order.size > 0 ||
           complain(reader, "unexpected", rest);
}

static bool read_query(Reader *reader, Text rest, Block *block)
{
    while (rest.size > 0) {
        Text word = take_word(&rest);
        if (text_is(word, "sorted"))
            block->sorted = true;
        else if (text_is(word, "typed"))
            block->typed = true;
        else
            return complain(reader, "unexpected", word);
    }
    return true;
}

static bool read_file_head(Reader *reader, Text rest, Block *block)
{
    block->name = take_word(&rest);
    block->escaped = text_is(rest, "escaped");
    if (block->name.size == 0 || block->name.ptr[0] == '/')
        return complain(reader, "a relative file name is wanted, not", block->name);
    return rest.size == 0 || block->escaped || complain(reader, "unexpected", rest);
}

static bool read_clock(Reader *reader, Text rest, Block *block)
{
    block->runs = text_is(rest, "runs");
    return block->runs || text_is(rest, "stands") ||
           complain(reader, "a clock `runs` or `stands`, and does not", rest);
}

static bool read_head(Reader *reader, Text head, Block *block)
{
    typedef struct HeadDef {
        const char *word;
        BlockKind kind;
        bool (*read)(Reader *reader, Text rest, Block *block);
    } HeadDef;
    static const HeadDef heads[] = {
        {"file", BLOCK_FILE, read_file_head},       {"statement", BLOCK_STATEMENT, read_outcome},
        {"script", BLOCK_SCRIPT, read_outcome},     {"query", BLOCK_QUERY, read_query},
        {"changelog", BLOCK_CHANGELOG, read_query}, {"expect", BLOCK_TABLE, read_expect},
        {"clock", BLOCK_CLOCK, read_clock},
    };
    Text rest = head, word = take_word(&rest);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (!text_is(word, heads[i].word))
            continue;
        block->kind = heads[i].kind;
        return heads[i].read(reader, rest, block);
    }
    return complain(reader,
                    "a block begins with file, statement, script, query, changelog, clock or "
                    "expect, not",
                    word);
}

/* --- bodies --- */

static bool read_file_lines(Reader *reader, Block *block)
{
    uint32_t start = reader->at, end = start;
    Text line = TEXT_NONE;
    while (next_line(reader, &line) && !text_is(line, "end"))
        end = reader->at;
    block->body = (Text){reader->file->text.ptr + start, end - start};
    return text_is(line, "end") || complain(reader, "the file is not ended by `end`", block->name);
}

static bool copy_expected(Reader *reader, Text lines, Text *out)
{
    StrBuf plain;
    strbuf_init(&plain, NULL);
    for (uint32_t i = 0; i < lines.size; i++) {
        bool alone = lines.ptr[i] == '\\' && (i == 0 || lines.ptr[i - 1] == '\n') &&
                     (i + 1 == lines.size || lines.ptr[i + 1] == '\n');
        if (!alone)
            strbuf_char(&plain, lines.ptr[i]);
    }
    if (plain.size > 0 && plain.ptr[plain.size - 1] != '\n')
        strbuf_char(&plain, '\n');
    Status status = arena_text(reader->arena, strbuf_as_text(&plain), out);
    strbuf_close(&plain);
    return status == ST_OK;
}

static bool read_body(Reader *reader, Block *block)
{
    uint32_t start = reader->at, end = start;
    Text line;
    const char *text = reader->file->text.ptr;
    block->expected_start = UINT32_MAX;
    while (true) {
        uint32_t before = reader->at;
        if (!next_line(reader, &line) || line.size == 0)
            break;
        if (text_is(line, "----") && !block->has_expected) {
            block->has_expected = true;
            block->body = (Text){text + start, before - start};
            block->expected_start = before;
            start = reader->at;
        }
        end = reader->at;
    }
    if (!block->has_expected) {
        block->body = (Text){text + start, end - start};
        block->expected_start = block->expected_end = end;
        return true;
    }
    block->expected_end = end;
    return copy_expected(reader, (Text){text + start, end - start}, &block->expected);
}

static Status push_block(Reader *reader, const Block *block)
{
    TRY_PUSH(&reader->file->block, reader->arena, *block);
    return ST_OK;
}

static bool read_block(Reader *reader, Text head)
{
    Block block = {.line = reader->line - 1};
    if (text_starts_with(head, TEXT("skip "))) {
        block.skip = (Text){head.ptr + 5, head.size - 5};
        if (!next_line(reader, &head))
            return complain(reader, "nothing follows", block.skip);
    }
    if (!read_head(reader, head, &block))
        return false;
    bool whole =
        block.kind == BLOCK_FILE ? read_file_lines(reader, &block) : read_body(reader, &block);
    return whole && push_block(reader, &block) == ST_OK;
}

/* --- files --- */

static bool read_whole(const char *path, StrBuf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char piece[8192];
    size_t size;
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        strbuf_put(out, piece, size);
    bool failed = ferror(file) != 0;
    fclose(file);
    return !failed && !out->failed;
}

bool test_file_read(const char *path, Arena *arena, TestFile *out, StrBuf *error)
{
    StrBuf bytes;
    strbuf_init(&bytes, NULL);
    *out = (TestFile){.path = path};
    bool read =
        read_whole(path, &bytes) && arena_text(arena, strbuf_as_text(&bytes), &out->text) == ST_OK;
    strbuf_close(&bytes);
    if (!read) {
        strbuf_printf(error, "%s: cannot be read\n", path);
        return false;
    }
    Reader reader = {.file = out, .arena = arena, .error = error, .line = 1};
    Text line;
    while (next_line(&reader, &line)) {
        if (line.size > 0 && line.ptr[0] != '#' && !read_block(&reader, line))
            return false;
    }
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return found == NULL ? -1 : (int)(found - digits);
}

/* One escape at text[*at], which is behind the backslash. */
static bool put_escape(Text text, uint32_t *at, StrBuf *out)
{
    static const char letters[] = "rt0\\", bytes[] = "\r\t\0\\";
    if (*at >= text.size)
        return false;
    char c = text.ptr[(*at)++];
    if (c == '\n') /* no line break here */
        return true;
    if (c == 'x' && *at + 2 <= text.size) {
        int high = hex_digit(text.ptr[*at]), low = hex_digit(text.ptr[*at + 1]);
        *at += 2;
        strbuf_char(out, (char)(high * 16 + low));
        return high >= 0 && low >= 0;
    }
    const char *letter = memchr(letters, c, sizeof letters - 1);
    if (letter == NULL)
        return false;
    strbuf_char(out, bytes[letter - letters]);
    return true;
}

bool test_file_content(const Block *block, StrBuf *out)
{
    assert(block->kind == BLOCK_FILE);
    Text body = block->body;
    for (uint32_t at = 0; at < body.size;) {
        char c = body.ptr[at++];
        if (!block->escaped || c != '\\')
            strbuf_char(out, c);
        else if (!put_escape(body, &at, out))
            return false;
    }
    return true;
}

static void put_expected(Text actual, StrBuf *out)
{
    strbuf_string(out, "----\n");
    for (uint32_t i = 0; i < actual.size; i++) {
        if (actual.ptr[i] == '\n' && (i == 0 || actual.ptr[i - 1] == '\n'))
            strbuf_char(out, '\\');
        strbuf_char(out, actual.ptr[i]);
    }
}

bool test_file_rewrite(const TestFile *file, const StrBuf *const *actual)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    uint32_t copied = 0;
    for (uint32_t i = 0; i < file->block.count; i++) {
        const Block *block = &file->block.item[i];
        if (actual[i] == NULL || (actual[i]->size == 0 && !block->has_expected))
            continue;
        strbuf_put(&text, file->text.ptr + copied, block->expected_start - copied);
        if (text.size > 0 && text.ptr[text.size - 1] != '\n')
            strbuf_char(&text, '\n');
        put_expected(strbuf_as_text(actual[i]), &text);
        copied = block->expected_end;
    }
    strbuf_put(&text, file->text.ptr + copied, file->text.size - copied);
    FILE *out = text.failed ? NULL : fopen(file->path, "wb");
    bool written = out != NULL && fwrite(strbuf_cstr(&text), 1, text.size, out) == text.size;
    if (out != NULL)
        written = fclose(out) == 0 && written;
    strbuf_close(&text);
    return written;
}
