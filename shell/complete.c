#include "shell/complete.h"

#include "grammar/parse.h"
#include "shell/capture.h"
#include "shell/commands.h"
#include "shell/complete_finder.h"
#include "shell/complete_tokens.h"
#include "shell/option_names.h"

/* --- dot-commands --- */

static Status find_words(Finder *finder, const char *const *word, uint32_t count)
{
    finder->wrapping = WRAP_PLAIN;
    for (uint32_t i = 0; i < count; i++)
        finder_found(finder, text_of(word[i]));
    return finder->status;
}

static Status find_command_names(Finder *finder, const char *dot)
{
    for (uint32_t i = 0; i < command_count(); i++) {
        Text name;
        TRY(arena_printf(finder->arena, &name, "%s%s", dot, command_get(i)->name));
        finder_found(finder, name);
    }
    return finder->status;
}

static Status find_modes(Finder *finder)
{
    finder_found(finder, TEXT("auto"));
    for (uint32_t i = 0; i < render_mode_count(); i++)
        finder_found(finder, text_of(render_mode(i)->name));
    return finder->status;
}

static Status find_argument(Finder *finder, ArgumentKind kind)
{
    static const char *const switches[] = {"on", "off", "auto"};
    finder->wrapping = WRAP_PLAIN;
    switch (kind) {
    case ARGUMENT_NONE:
    case ARGUMENT_OTHER: return ST_OK;
    case ARGUMENT_ON_OFF: return find_words(finder, switches, 2);
    case ARGUMENT_AUTO_ON_OFF: return find_words(finder, switches, 3);
    case ARGUMENT_MODE: return find_modes(finder);
    case ARGUMENT_FILE: return finder_add_files(finder);
    case ARGUMENT_TABLE: return finder_add_names(finder, NAME_TABLE, WRAP_PLAIN);
    case ARGUMENT_COMMAND: return find_command_names(finder, "");
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
    OptionPlace place; /* of an option */
    OptionUses given;  /* the options of the WITH list, before and behind the cursor */
    bool in_list;      /* the cursor is in a WITH list */
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

/* The token behind the innermost open parenthesis, when that is a WITH list's; else 0. */
static uint32_t with_list_start(const Context *context)
{
    uint32_t closed = 0;
    for (uint32_t back = 0; back < context->before.count; back++) {
        if (is_at(context, back, ")"))
            closed++;
        else if (is_at(context, back, "(") && closed-- == 0)
            return is_at(context, back + 1, "WITH") ? context->before.count - back : 0;
    }
    return 0;
}

/* What stands behind the cursor, without the rest of a string that is being typed. */
static Text behind_word(Text after, bool in_string)
{
    uint32_t size = 0;
    while (in_string && size < after.size && strchr("',)=; \n", after.ptr[size]) == NULL)
        size++;
    if (in_string && size < after.size && after.ptr[size] == '\'')
        return (Text){after.ptr + size + 1, after.size - size - 1};
    return after;
}

static Text given_value(const Context *context, const char *key)
{
    for (uint32_t i = 0; i < context->given.count; i++) {
        if (text_is(context->given.item[i].key, key))
            return context->given.item[i].value;
    }
    return TEXT_NONE;
}

static Status read_with_list(Context *context, Text after, bool in_string, Arena *arena)
{
    HalfTokens behind;
    bool ignored;
    uint32_t start = with_list_start(context);
    context->in_list = start > 0;
    if (!context->in_list)
        return ST_OK;
    TRY(half_tokens_options(&context->before, start, arena, &context->given));
    TRY(half_tokens_scan(behind_word(after, in_string), arena, &behind, &ignored));
    TRY(half_tokens_options(&behind, 0, arena, &context->given));
    context->place.connector = given_value(context, "connector");
    context->place.format = given_value(context, "format");
    return ST_OK;
}

typedef struct OptionFinder {
    Finder *finder;
    const Context *context;
    HalfNames columns;
} OptionFinder;

static bool is_given(const Context *context, Text key)
{
    for (uint32_t i = 0; i < context->given.count; i++) {
        if (text_equal(context->given.item[i].key, key))
            return true;
    }
    return false;
}

static void found_option(OptionFinder *self, Text key)
{
    if (!is_given(self->context, key))
        finder_found(self->finder, key);
}

/* "fields.#.kind" is an option for each column. */
static void found_key(void *context, Text key)
{
    OptionFinder *self = context;
    Finder *finder = self->finder;
    const char *mark = memchr(key.ptr, '#', key.size);
    if (mark == NULL)
        found_option(self, key);
    for (uint32_t i = 0; mark != NULL && finder->status == ST_OK && i < self->columns.count; i++) {
        Text one;
        finder->status = arena_printf(finder->arena, &one, "%.*s%.*s%s", (int)(mark - key.ptr),
                                      key.ptr, TEXT_ARG(self->columns.item[i]), mark + 1);
        if (finder->status == ST_OK)
            found_option(self, one);
    }
}

static Status find_keys(Finder *finder, const Context *context)
{
    OptionFinder options = {.finder = finder, .context = context};
    TRY(half_tokens_columns(&context->before, finder->arena, &options.columns));
    option_names(&context->place, found_key, &options);
    return finder->status;
}

/* In SET, RESET or a WITH list: the key or the value that can stand here. */
static Status complete_option(Finder *finder, const Context *context, Wrapping wrapping)
{
    bool key = context->in_list ? is_at(context, 0, "(") || is_at(context, 0, ",")
                                : context->before.count == 1;
    const HalfToken *owner = is_at(context, 0, "=") ? from_end(context, 1) : NULL;
    finder->wrapping = wrapping;
    if (key)
        return find_keys(finder, context);
    if (owner == NULL || owner->kind != HALF_STRING)
        return ST_OK;
    if (context->in_list && text_is(owner->text, "path"))
        return wrapping == WRAP_PLAIN ? finder_add_files(finder) : ST_OK;
    option_values(&context->place, owner->text, finder_found, finder);
    return finder->status;
}

static bool wants_option(const Context *context)
{
    return context->in_list || context->place.settings;
}

static bool wants_table(const Context *context)
{
    static const char *const words[] = {"FROM", "JOIN",     "INTO", "TABLE",
                                        "VIEW", "DESCRIBE", "DESC", "WHY"};
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
            return finder_add_columns(finder, use->table);
    }
    return finder_add_columns(finder, owner->text);
}

static Status complete_word(Finder *finder, const Context *context)
{
    if (is_at(context, 0, "."))
        return complete_member(finder, context);
    if (wants_option(context))
        return complete_option(finder, context, WRAP_QUOTES);
    if (wants_table(context)) {
        TRY(finder_add_names(finder, NAME_TABLE, WRAP_NAME));
        if (finder->out->item.count > 0)
            return ST_OK;
    }
    for (uint32_t i = 0; i < context->tables.count; i++)
        TRY(finder_add_columns(finder, context->tables.item[i].table));
    if (finder->prefix.size == 0 || finder->quoted) /* all functions and keywords are no help */
        return ST_OK;
    if (context->before.count > 0)
        TRY(finder_add_names(finder, NAME_FUNCTION, WRAP_KEYWORD));
    return finder_add_keywords(finder);
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

/* Reads what surrounds the word. *in_string: the word is in single quotes. */
static Status read_context(Finder *finder, Text before, Text after, Context *context,
                           bool *in_string)
{
    Text whole;
    HalfTokens all;
    bool ignored;
    const HalfToken *last = take_prefix(finder, context, before.size);
    const char *end = after.size > 0 ? memchr(after.ptr, ';', after.size) : NULL;
    *in_string = last != NULL && last->kind == HALF_STRING;
    if (end != NULL)
        after.size = (uint32_t)(end - after.ptr);
    TRY(arena_printf(finder->arena, &whole, "%.*s %.*s", TEXT_ARG(before), TEXT_ARG(after)));
    TRY(half_tokens_scan(whole, finder->arena, &all, &ignored));
    TRY(half_tokens_tables(&all, finder->arena, &context->tables));
    context->place.settings = starts_with_set(context);
    return read_with_list(context, after, *in_string, finder->arena);
}

Status complete_statement(const CompleteSource *source, Text before, Text after, Arena *arena,
                          Completion *out)
{
    Context context = {0};
    bool in_comment;
    *out = (Completion){0};
    Finder finder = {.source = source, .arena = arena, .out = out};
    if (before.size > 0 && before.ptr[0] == '.') {
        TRY(complete_command(&finder, before));
        finder_sort(&finder);
        return ST_OK;
    }
    TRY(half_tokens_scan(before, arena, &context.before, &in_comment));
    out->start = before.size;
    if (in_comment)
        return ST_OK;
    TRY(read_context(&finder, before, after, &context, &out->in_string));
    if (out->in_string && wants_option(&context))
        TRY(complete_option(&finder, &context, WRAP_PLAIN));
    else if (!out->in_string)
        TRY(complete_word(&finder, &context));
    finder_sort(&finder);
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
    if (finder_wrap(&capture.arena, table, '`', &quoted) == ST_OK &&
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
