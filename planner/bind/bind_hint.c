/* Hints behind SELECT. STATE_TTL('t' = '1 d') says how long the query's aggregate keeps the state
 * of what it reads from t, which is the name that t has in FROM; as in Flink the first hint counts,
 * and in it what is said last. */
#include "planner/bind/bind_hint.h"

#include "storage/data/options.h"

/* Flink's, of queries. */
static const char state_ttl[] = "STATE_TTL";
static const char *const later_hints[] = {"LOOKUP",       "MULTI_JOIN",    "BROADCAST",
                                          "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP"};
enum { LATER_HINTS = sizeof later_hints / sizeof later_hints[0] };

static bool is_named(const Name *name, const char *hint)
{
    return text_equal_nocase(name->text, text_of(hint));
}

static Status refuse_hint(Binder *binder, const Name *name)
{
    Text known[] = {text_of(state_ttl)};
    for (uint32_t i = 0; i < LATER_HINTS; i++) {
        if (is_named(name, later_hints[i]))
            return bind_unsupported(binder, name->span, "this query hint");
    }
    Status status = diag_error(binder->diag, E2112, name->span, "there is no query hint \"%.*s\"",
                               TEXT_ARG(name->text));
    diag_suggest(binder->diag, name->text, known, 1);
    return status;
}

static Status refuse_form(Binder *binder, Span span)
{
    Status status =
        diag_error(binder->diag, E2114, span, "STATE_TTL takes tables and times, and nothing else");
    diag_hint(binder->diag, "write STATE_TTL('orders' = '1 d'), with the name from FROM");
    return status;
}

static bool names_table(const Scope *scope, Text table)
{
    for (uint32_t i = 0; i < scope->column.count; i++) {
        if (text_equal(scope->column.item[i].table, table))
            return true;
    }
    return false;
}

/* Behind the catalog and the database that there are. */
static Text plain_name(Text name)
{
    const Text place = TEXT("default_catalog.default_database.");
    return text_starts_with(name, place) ? (Text){name.ptr + place.size, name.size - place.size}
                                         : name;
}

static Status bind_ttl(Binder *binder, const HintArg *arg, const Scope *scope, Micros *out)
{
    if (!arg->has_key)
        return refuse_form(binder, arg->span);
    Text table = plain_name(arg->key);
    if (!names_table(scope, table)) {
        Status status = diag_error(binder->diag, E2101, arg->span, "no table \"%.*s\" in FROM",
                                   TEXT_ARG(table));
        TRY(hint_tables(binder, scope, table));
        return status;
    }
    if (option_parse_duration(arg->value, out))
        return ST_OK;
    return diag_error(binder->diag, E2114, arg->span,
                      "STATE_TTL takes a duration such as '12 h' or '1 d', not '%.*s'",
                      TEXT_ARG(arg->value));
}

Status bind_query_hints(Binder *binder, const Select *select, const Scope *scope, SelectHints *out)
{
    *out = (SelectHints){0};
    for (const Hint *hint = select->hints.first; hint != NULL; hint = hint->next) {
        Micros ttl = 0;
        if (!is_named(&hint->name, state_ttl))
            return refuse_hint(binder, &hint->name);
        if (hint->args.count == 0)
            return refuse_form(binder, hint->name.span);
        for (const HintArg *arg = hint->args.first; arg != NULL; arg = arg->next)
            TRY(bind_ttl(binder, arg, scope, &ttl));
        if (!out->has_ttl)
            *out = (SelectHints){true, ttl, hint->name.span};
    }
    return ST_OK;
}

bool select_hints_apply(const SelectHints *hints, Logical *node)
{
    if (node->kind != LOGICAL_AGGREGATE || !hints->has_ttl)
        return false;
    node->as.aggregate.has_ttl = true;
    node->as.aggregate.ttl = hints->ttl;
    return true;
}
