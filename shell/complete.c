#include "shell/complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "grammar/parse.h"
#include "shell/capture.h"
#include "shell/commands.h"
#include "shell/complete_tokens.h"
#include "shell/user_files.h"

typedef enum Wrapping {
    WRAP_PLAIN,   /* as it is */
    WRAP_KEYWORD, /* in the letter case that was typed */
    WRAP_NAME,    /* in back-ticks where it needs them */
    WRAP_QUOTES,  /* in single quotes */
} Wrapping;

/* What is being completed, and what was found so far. */
typedef struct Finder {
    const CompleteSource *source;
    Arena *arena;
    Completion *out;
    Text prefix; /* without an opening quote */
    bool quoted; /* a back-tick was typed */
    Wrapping wrapping;
    Status status; /* of the callbacks */
} Finder;

/* --- collecting --- */

static bool matches(const Finder *finder, Text name)
{
    Text prefix = finder->prefix;
    return name.size >= prefix.size &&
           (prefix.size == 0 || strncasecmp(name.ptr, prefix.ptr, prefix.size) == 0);
}

static bool is_lower(Text text)
{
    bool lower = false;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
            return false;
        lower = lower || (text.ptr[i] >= 'a' && text.ptr[i] <= 'z');
    }
    return lower;
}

static bool is_reserved(Text name)
{
    for (uint32_t i = 0; i < parse_keyword_count(); i++) {
        Keyword keyword = parse_keyword(i);
        if (keyword.reserved && text_equal_nocase(name, text_of(keyword.word)))
            return true;
    }
    return false;
}

static bool needs_quotes(Text name)
{
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return true;
    }
    return name.size == 0 || is_reserved(name);
}

static Status wrap_in(Arena *arena, Text name, char quote, Text *out)
{
    StrBuf buf;
    strbuf_init(&buf, NULL);
    strbuf_char(&buf, quote);
    for (uint32_t i = 0; i < name.size; i++) {
        if (name.ptr[i] == quote)
            strbuf_char(&buf, quote);
        strbuf_char(&buf, name.ptr[i]);
    }
    strbuf_char(&buf, quote);
    Status status = strbuf_status(&buf);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&buf), out);
    strbuf_close(&buf);
    return status;
}

static Status keyword_in_case(const Finder *finder, Text name, Text *out)
{
    TRY(arena_text(finder->arena, name, out));
    if (!is_lower(finder->prefix))
        return ST_OK;
    char *bytes = (char *)(uintptr_t)out->ptr;
    for (uint32_t i = 0; i < out->size; i++)
        bytes[i] = (char)(bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] + 32 : bytes[i]);
    return ST_OK;
}

static Status add(Finder *finder, Text name)
{
    Text item = TEXT_NONE;
    switch (finder->wrapping) {
    case WRAP_PLAIN:
        TRY(arena_text(finder->arena, name, &item));
        break;
    case WRAP_KEYWORD:
        TRY(keyword_in_case(finder, name, &item));
        break;
    case WRAP_NAME:
        if (finder->quoted || needs_quotes(name))
            TRY(wrap_in(finder->arena, name, '`', &item));
        else
            TRY(arena_text(finder->arena, name, &item));
        break;
    case WRAP_QUOTES:
        TRY(wrap_in(finder->arena, name, '\'', &item));
        break;
    }
    TRY_PUSH(&finder->out->item, finder->arena, item);
    return ST_OK;
}

static void found(void *context, Text name)
{
    Finder *finder = context;
    if (finder->status == ST_OK && matches(finder, name))
        finder->status = add(finder, name);
}

static Status find_names(Finder *finder, NameKind kind, Wrapping wrapping)
{
    finder->wrapping = wrapping;
    finder->source->names(finder->source->context, kind, found, finder);
    return finder->status;
}

static Status find_keywords(Finder *finder)
{
    finder->wrapping = WRAP_KEYWORD;
    for (uint32_t i = 0; i < parse_keyword_count(); i++)
        found(finder, text_of(parse_keyword(i).word));
    return finder->status;
}

static Status find_columns(Finder *finder, Text table)
{
    finder->wrapping = WRAP_NAME;
    finder->source->columns(finder->source->context, table, found, finder);
    return finder->status;
}

static int compare_texts(const void *left, const void *right)
{
    const Text *a = left, *b = right;
    uint32_t shorter = a->size < b->size ? a->size : b->size;
    int order = strncasecmp(a->ptr, b->ptr, shorter);
    if (order != 0)
        return order;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return memcmp(a->ptr, b->ptr, shorter);
}

static void sort_once_each(Completion *completion)
{
    Text *item = completion->item.item;
    uint32_t kept = 0;
    if (completion->item.count == 0)
        return;
    qsort(item, completion->item.count, sizeof *item, compare_texts);
    for (uint32_t i = 1; i < completion->item.count; i++) {
        if (!text_equal(item[kept], item[i]))
            item[++kept] = item[i];
    }
    completion->item.count = kept + 1;
}

/* --- files --- */

static Status add_file(Finder *finder, Text directory, Text path_directory, const char *name)
{
    Text path, item;
    struct stat about;
    TRY(arena_printf(finder->arena, &path, "%.*s%s", TEXT_ARG(directory), name));
    bool is_directory = stat(path.ptr, &about) == 0 && S_ISDIR(about.st_mode);
    TRY(arena_printf(finder->arena, &item, "%.*s%s%s", TEXT_ARG(path_directory), name,
                     is_directory ? "/" : ""));
    TRY_PUSH(&finder->out->item, finder->arena, item);
    return ST_OK;
}

static Status find_files(Finder *finder)
{
    Text path = finder->prefix, directory;
    uint32_t cut = path.size;
    while (cut > 0 && path.ptr[cut - 1] != '/')
        cut--;
    Text base = {path.ptr + cut, path.size - cut}, path_directory = {path.ptr, cut};
    Status status = ST_OK;
    finder->out->is_path = true;
    TRY(user_path_expand(finder->arena, path_directory, &directory));
    DIR *dir = opendir(directory.size > 0 ? directory.ptr : ".");
    if (dir == NULL)
        return ST_OK;
    struct dirent *entry;
    while (status == ST_OK && (entry = readdir(dir)) != NULL) {
        Text name = text_of(entry->d_name);
        bool hidden = name.ptr[0] == '.' && base.size == 0;
        bool self = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!hidden && !self && text_starts_with(name, base))
            status = add_file(finder, directory, path_directory, entry->d_name);
    }
    closedir(dir);
    return status;
}

/* --- dot-commands --- */

static Status find_words(Finder *finder, const char *const *word, uint32_t count)
{
    finder->wrapping = WRAP_PLAIN;
    for (uint32_t i = 0; i < count; i++)
        found(finder, text_of(word[i]));
    return finder->status;
}

static Status find_command_names(Finder *finder, const char *dot)
{
    for (uint32_t i = 0; i < command_count(); i++) {
        Text name;
        TRY(arena_printf(finder->arena, &name, "%s%s", dot, command_get(i)->name));
        found(finder, name);
    }
    return finder->status;
}

static Status find_modes(Finder *finder)
{
    found(finder, TEXT("auto"));
    for (uint32_t i = 0; i < render_mode_count(); i++)
        found(finder, text_of(render_mode(i)->name));
    return finder->status;
}

static Status find_argument(Finder *finder, ArgumentKind kind)
{
    static const char *const switches[] = {"on", "off", "auto"};
    finder->wrapping = WRAP_PLAIN;
    switch (kind) {
    case ARGUMENT_NONE:
    case ARGUMENT_OTHER:
        return ST_OK;
    case ARGUMENT_ON_OFF:
        return find_words(finder, switches, 2);
    case ARGUMENT_AUTO_ON_OFF:
        return find_words(finder, switches, 3);
    case ARGUMENT_MODE:
        return find_modes(finder);
    case ARGUMENT_FILE:
        return find_files(finder);
    case ARGUMENT_TABLE:
        return find_names(finder, NAME_TABLE, WRAP_PLAIN);
    case ARGUMENT_COMMAND:
        return find_command_names(finder, "");
    }
    return ST_OK;
}

static Status complete_command(Finder *finder, Text line)
{
    uint32_t name_end = 1, word = line.size;
    while (name_end < line.size && line.ptr[name_end] != ' ' && line.ptr[name_end] != '\t')
        name_end++;
    while (word > 0 && line.ptr[word - 1] != ' ' && line.ptr[word - 1] != '\t')
        word--;
    finder->out->start += word;
    finder->prefix = (Text){line.ptr + word, line.size - word};
    if (name_end == line.size)
        return find_command_names(finder, ".");
    for (uint32_t i = 0; i < command_count(); i++) {
        if (text_equal_nocase((Text){line.ptr + 1, name_end - 1}, text_of(command_get(i)->name)))
            return find_argument(finder, command_get(i)->kind);
    }
    return ST_OK;
}

/* --- statements --- */

typedef struct Context {
    HalfTokens before; /* without the word being completed */
    TableUses tables;  /* of the whole statement */
} Context;

static const HalfToken *from_end(const Context *context, uint32_t back)
{
    return back < context->before.count ? &context->before.item[context->before.count - 1 - back]
                                        : NULL;
}

static bool is_at(const Context *context, uint32_t back, const char *word)
{
    const HalfToken *token = from_end(context, back);
    return token != NULL && half_token_is(token, word);
}

static bool starts_with_set(const Context *context)
{
    const HalfTokens *tokens = &context->before;
    return tokens->count > 0 &&
           (half_token_is(&tokens->item[0], "SET") || half_token_is(&tokens->item[0], "RESET"));
}

/* Is the innermost open parenthesis that of a WITH list? */
static bool in_with_list(const Context *context)
{
    uint32_t closed = 0;
    for (uint32_t back = 0; back < context->before.count; back++) {
        if (is_at(context, back, ")"))
            closed++;
        else if (is_at(context, back, "(") && closed-- == 0)
            return is_at(context, back + 1, "WITH");
    }
    return false;
}

static Status complete_string(Finder *finder, const Context *context)
{
    finder->out->in_string = true;
    if (context->before.count == 1 && starts_with_set(context))
        return find_names(finder, NAME_SETTING, WRAP_PLAIN);
    if (!in_with_list(context))
        return ST_OK;
    if (is_at(context, 0, "(") || is_at(context, 0, ","))
        return find_names(finder, NAME_OPTION, WRAP_PLAIN);
    const HalfToken *key = from_end(context, 1);
    if (is_at(context, 0, "=") && key != NULL && key->kind == HALF_STRING &&
        text_is(key->text, "path"))
        return find_files(finder);
    return ST_OK;
}

static bool wants_table(const Context *context)
{
    static const char *const words[] = {"FROM", "JOIN",     "INTO", "TABLE",
                                        "VIEW", "DESCRIBE", "DESC"};
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_at(context, 0, words[i]))
            return !(is_at(context, 0, "TABLE") || is_at(context, 0, "VIEW")) ||
                   !is_at(context, 1, "CREATE");
    }
    return is_at(context, 0, "EXISTS") && is_at(context, 1, "IF") &&
           context->before.item[0].kind == HALF_WORD &&
           half_token_is(&context->before.item[0], "DROP");
}

static Status complete_member(Finder *finder, const Context *context)
{
    const HalfToken *owner = from_end(context, 1);
    if (owner == NULL || !half_token_is_name(owner))
        return ST_OK;
    for (uint32_t i = 0; i < context->tables.count; i++) {
        const TableUse *use = &context->tables.item[i];
        if (text_equal(owner->text, use->alias))
            return find_columns(finder, use->table);
    }
    return find_columns(finder, owner->text);
}

static Status complete_word(Finder *finder, const Context *context)
{
    if (is_at(context, 0, "."))
        return complete_member(finder, context);
    if (context->before.count == 1 && starts_with_set(context))
        return find_names(finder, NAME_SETTING, WRAP_QUOTES);
    if (wants_table(context)) {
        TRY(find_names(finder, NAME_TABLE, WRAP_NAME));
        if (finder->out->item.count > 0)
            return ST_OK;
    }
    for (uint32_t i = 0; i < context->tables.count; i++)
        TRY(find_columns(finder, context->tables.item[i].table));
    if (finder->prefix.size == 0 || finder->quoted) /* all functions and keywords are no help */
        return ST_OK;
    if (context->before.count > 0)
        TRY(find_names(finder, NAME_FUNCTION, WRAP_KEYWORD));
    return find_keywords(finder);
}

/* The token that touches the cursor is what is being completed; NULL: a new word begins there. */
static const HalfToken *take_prefix(Finder *finder, Context *context, uint32_t cursor)
{
    const HalfToken *last = from_end(context, 0);
    if (last == NULL || last->end != cursor || (last->kind != HALF_WORD && !last->open))
        return NULL;
    finder->prefix = last->text;
    finder->quoted = last->kind == HALF_NAME;
    finder->out->start = last->kind == HALF_STRING ? last->start + 1 : last->start;
    context->before.count--;
    return last;
}

Status complete_statement(const CompleteSource *source, Text before, Text after, Arena *arena,
                          Completion *out)
{
    Context context = {0};
    Text whole;
    HalfTokens all;
    bool in_comment, ignored;
    *out = (Completion){0};
    Finder finder = {.source = source, .arena = arena, .out = out};
    if (before.size > 0 && before.ptr[0] == '.') {
        TRY(complete_command(&finder, before));
        sort_once_each(out);
        return ST_OK;
    }
    TRY(half_tokens_scan(before, arena, &context.before, &in_comment));
    out->start = before.size;
    if (in_comment)
        return ST_OK;
    const HalfToken *last = take_prefix(&finder, &context, before.size);
    const char *end = after.size > 0 ? memchr(after.ptr, ';', after.size) : NULL;
    if (end != NULL)
        after.size = (uint32_t)(end - after.ptr);
    TRY(arena_printf(arena, &whole, "%.*s %.*s", TEXT_ARG(before), TEXT_ARG(after)));
    TRY(half_tokens_scan(whole, arena, &all, &ignored));
    TRY(half_tokens_tables(&all, arena, &context.tables));
    if (last != NULL && last->kind == HALF_STRING)
        TRY(complete_string(&finder, &context));
    else
        TRY(complete_word(&finder, &context));
    sort_once_each(out);
    return ST_OK;
}

Text completion_common(const Completion *completion)
{
    if (completion->item.count == 0)
        return TEXT_NONE;
    Text common = completion->item.item[0];
    for (uint32_t i = 1; i < completion->item.count; i++) {
        Text item = completion->item.item[i];
        uint32_t same = 0;
        while (same < common.size && same < item.size && common.ptr[same] == item.ptr[same])
            same++;
        common.size = same;
    }
    while (common.size > 0 && completion->item.count > 1 &&
           ((unsigned char)completion->item.item[0].ptr[common.size] & 0xC0) == 0x80)
        common.size--; /* not inside a code point */
    return common;
}

/* --- names from a session --- */

static void session_source_names(void *context, NameKind kind, void (*each)(void *, Text),
                                 void *each_context)
{
    session_names(context, kind, TEXT(""), each, each_context);
}

static void session_source_columns(void *context, Text table, void (*each)(void *, Text),
                                   void *each_context)
{
    Capture capture;
    Diag diag = {0};
    Text quoted, sql;
    capture_open(&capture);
    if (wrap_in(&capture.arena, table, '`', &quoted) == ST_OK &&
        arena_printf(&capture.arena, &sql, "DESCRIBE %.*s;", TEXT_ARG(quoted)) == ST_OK &&
        capture_run(&capture, context, sql, &diag) == ST_OK) {
        for (uint32_t i = 0; i < capture.rows.count; i++)
            each(each_context, capture.rows.item[i][0].text);
    }
    capture_close(&capture);
}

CompleteSource complete_session_source(Session *session)
{
    return (CompleteSource){session_source_names, session_source_columns, session};
}
