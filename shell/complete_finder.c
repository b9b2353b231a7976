#include "shell/complete_finder.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "grammar/parse.h"
#include "shell/user_files.h"

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

Status finder_wrap(Arena *arena, Text name, char quote, Text *out)
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
    case WRAP_PLAIN: TRY(arena_text(finder->arena, name, &item)); break;
    case WRAP_KEYWORD: TRY(keyword_in_case(finder, name, &item)); break;
    case WRAP_NAME:
        if (finder->quoted || needs_quotes(name))
            TRY(finder_wrap(finder->arena, name, '`', &item));
        else
            TRY(arena_text(finder->arena, name, &item));
        break;
    case WRAP_QUOTES: TRY(finder_wrap(finder->arena, name, '\'', &item)); break;
    }
    TRY_PUSH(&finder->out->item, finder->arena, item);
    return ST_OK;
}

void finder_found(void *context, Text name)
{
    Finder *finder = context;
    if (finder->status == ST_OK && matches(finder, name))
        finder->status = add(finder, name);
}

Status finder_add_names(Finder *finder, NameKind kind, Wrapping wrapping)
{
    finder->wrapping = wrapping;
    finder->source->names(finder->source->context, kind, finder_found, finder);
    return finder->status;
}

Status finder_add_keywords(Finder *finder)
{
    finder->wrapping = WRAP_KEYWORD;
    for (uint32_t i = 0; i < parse_keyword_count(); i++)
        finder_found(finder, text_of(parse_keyword(i).word));
    return finder->status;
}

Status finder_add_columns(Finder *finder, Text table)
{
    finder->wrapping = WRAP_NAME;
    finder->source->columns(finder->source->context, table, finder_found, finder);
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

void finder_sort(Finder *finder)
{
    Completion *completion = finder->out;
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

Status finder_add_files(Finder *finder)
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
