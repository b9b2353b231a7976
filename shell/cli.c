#include "shell/cli.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "shell/commands.h"
#include "storage/base/suggest.h"

/* --- the tables --- */

typedef enum OptionId {
    OPTION_ALL,
    OPTION_COLOR,
    OPTION_COMMAND,
    OPTION_DB,
    OPTION_FILE,
    OPTION_HELP,
    OPTION_INIT,
    OPTION_JSON,
    OPTION_MAX_REJECTED,
    OPTION_MODE,
    OPTION_NO_INIT,
    OPTION_OPTION,
    OPTION_RECORDS,
    OPTION_REFERENCE,
    OPTION_SHARD,
    OPTION_VERSION,
} OptionId;

enum {
    IN_SHELL = 1 << CLI_SHELL,
    IN_RUN = 1 << CLI_RUN,
    IN_CHECK = 1 << CLI_CHECK,
    IN_PEEK = 1 << CLI_PEEK,
    IN_EXPLAIN = 1 << CLI_EXPLAIN,
    IN_DOC = 1 << CLI_DOC,
    IN_ALL = IN_SHELL | IN_RUN | IN_CHECK | IN_PEEK | IN_EXPLAIN | IN_DOC
};

typedef struct Option {
    OptionId id;
    const char *name;     /* without the dashes */
    char letter;          /* '\0': none */
    const char *argument; /* NULL: none */
    const char *help;
    unsigned actions; /* bits IN_... */
} Option;

static const Option option_table[] = {
    {OPTION_COMMAND, "command", 'c', "SQL", "run SQL (or a dot-command) and leave; may be repeated",
     IN_SHELL},
    {OPTION_FILE, "file", 'f', "FILE", "run a file and leave; - is standard input; may be repeated",
     IN_SHELL},
    {OPTION_DB, "db", '\0', "DB", "the database file; without it, or with :memory:, one in memory",
     IN_SHELL | IN_RUN | IN_CHECK},
    {OPTION_INIT, "init", 'i', "FILE", "run FILE first, instead of the user's own init.sql",
     IN_SHELL | IN_RUN},
    {OPTION_NO_INIT, "no-init", '\0', NULL, "do not run the user's own init.sql", IN_SHELL},
    {OPTION_MODE, "mode", '\0', "MODE",
     "show results as box, csv, json, line ... (.help mode lists them)",
     IN_SHELL | IN_RUN | IN_PEEK},
    {OPTION_JSON, "json", '\0', NULL, "results as JSON lines, errors and notes as JSON objects",
     IN_ALL},
    {OPTION_COLOR, "color", '\0', "WHEN", "auto, always or never", IN_ALL},
    {OPTION_MAX_REJECTED, "max-rejected", '\0', "N",
     "exit code 5 when more than N rows were rejected", IN_RUN},
    {OPTION_SHARD, "shard", '\0', "I/N",
     "be the I-th of N processes, with a database each, that share topics", IN_RUN},
    {OPTION_RECORDS, "records", 'n', "N", "show the last N records, 10 without it", IN_PEEK},
    {OPTION_OPTION, "option", 'o', "NAME=VALUE",
     "a setting of the Kafka client, as security.protocol=SSL; may be repeated", IN_PEEK},
    {OPTION_ALL, "all", '\0', "DIR", "write all reference pages into DIR, as Markdown", IN_DOC},
    {OPTION_REFERENCE, "reference", '\0', NULL,
     "print the tables of the reference page as Markdown", IN_ALL},
    {OPTION_VERSION, "version", '\0', NULL, "print the version", IN_ALL},
    {OPTION_HELP, "help", 'h', NULL, "print this", IN_ALL},
};
enum { OPTIONS = sizeof option_table / sizeof *option_table };

static const struct {
    const char *name;
    CliAction action;
} action_table[] = {{"run", CLI_RUN},
                    {"check", CLI_CHECK},
                    {"peek", CLI_PEEK},
                    {"explain", CLI_EXPLAIN},
                    {"doc", CLI_DOC}};
enum { ACTIONS = sizeof action_table / sizeof *action_table };

/* Words that will be commands or look like one: none of them is meant as the name of a database. */
static const char *const no_database[] = {"backup", "doctor", "export", "help", "replay", "shell",
                                          "sql",    "status", "serve",  "top",  "version"};

static const struct {
    int code;
    const char *meaning;
} exit_codes[] = {
    {0, "done; also after SIGTERM, which is a clean stop"},
    {1, "an error in the SQL or in the data"},
    {2, "wrong usage: an unknown option, argument or dot-command"},
    {3,
     "a source or sink out of reach: a file cannot be read or written, standard output was closed"},
    {4, "the database or the state in it; out of memory"},
    {5, "more rows were rejected than allowed"},
    {130, "interrupted by SIGINT (Ctrl-C)"},
};

int cli_exit_code(Status status, const Diag *diag)
{
    switch (status) {
    case ST_OK: return 0;
    case ST_SYNTAX:
    case ST_SEMANTIC:
    case ST_LIMIT: return 1;
    case ST_DATA: return diag != NULL && diag->set && diag->code == E5012 ? 5 : 1;
    case ST_USAGE: return 2;
    case ST_IO: return 3;
    case ST_STATE:
    case ST_NOMEM: return 4;
    case ST_CANCELLED: return 130;
    }
    assert(false);
    return 1;
}

/* --- parsing --- */

/* An option on the line; whether it fits is known when the command is. */
typedef struct UsedOption {
    const Option *option;
    const char *word;
} UsedOption;

typedef struct Parser {
    Arena *arena;
    char *const *word; /* still to be read */
    int words;
    int positionals;
    bool options_end;     /* "--" was read */
    CliAction print_only; /* --help and the like; CLI_SHELL: none */
    VEC(UsedOption) used;
    Cli *cli;
    Diag *diag;
} Parser;

static Status unknown_option(Parser *parser, const char *word, Text name)
{
    Text names[OPTIONS];
    for (uint32_t i = 0; i < OPTIONS; i++)
        names[i] = text_of(option_table[i].name);
    Status status = diag_error(parser->diag, E0003, SPAN_NONE, "there is no option \"%s\"", word);
    int32_t near = suggest_find(name, names, OPTIONS);
    if (near >= 0)
        diag_hint(parser->diag, "did you mean \"--%s\"?", option_table[near].name);
    else
        diag_hint(parser->diag, "weir --help lists them");
    return status;
}

static Status find_option(Parser *parser, const char *word, Text name, const Option **out)
{
    bool is_long = word[1] == '-';
    for (uint32_t i = 0; i < OPTIONS; i++) {
        const Option *option = &option_table[i];
        bool same = is_long
                        ? text_equal(name, text_of(option->name))
                        : name.size == 1 && option->letter != '\0' && name.ptr[0] == option->letter;
        if (same) {
            *out = option;
            return ST_OK;
        }
    }
    return unknown_option(parser, word, name);
}

static Status parse_count(Parser *parser, const char *value, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0)
        return ST_OK;
    return diag_error(parser->diag, E0003, SPAN_NONE, "\"%s\" is no whole number", value);
}

static Status parse_color(Parser *parser, const char *value, ColorChoice *out)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            *out = (ColorChoice)i;
            return ST_OK;
        }
    }
    return diag_error(parser->diag, E0003, SPAN_NONE,
                      "--color takes auto, always or never, not \"%s\"", value);
}

static Status parse_shard(Parser *parser, const char *value, Shard *out)
{
    if (shard_parse(text_of(value), out))
        return ST_OK;
    Status status = diag_error(parser->diag, E0003, SPAN_NONE,
                               "--shard takes I/N with I from 1 to N, not \"%s\"", value);
    diag_hint(parser->diag, "--shard 2/3 is the second of three processes; N is %d at most",
              SHARDS_MOST);
    return status;
}

static Status add_input(Parser *parser, bool is_file, const char *value)
{
    CliInput input = {is_file, text_of(value)};
    TRY_PUSH(&parser->cli->inputs, parser->arena, input);
    return ST_OK;
}

static Status add_option(Parser *parser, const char *value)
{
    Text pair = text_of(value);
    if (value[0] == '=' || strchr(value, '=') == NULL)
        return diag_error(parser->diag, E0003, SPAN_NONE, "--option takes NAME=VALUE, not \"%s\"",
                          value);
    TRY_PUSH(&parser->cli->options, parser->arena, pair);
    return ST_OK;
}

static Status parse_records(Parser *parser, const char *value)
{
    TRY(parse_count(parser, value, &parser->cli->records));
    if (parser->cli->records > CLI_RECORDS_MAX)
        return diag_error(parser->diag, E0003, SPAN_NONE, "--records takes at most %d",
                          CLI_RECORDS_MAX);
    return ST_OK;
}

static Status apply_option(Parser *parser, const Option *option, const char *value)
{
    Cli *cli = parser->cli;
    switch (option->id) {
    case OPTION_ALL: cli->all = text_of(value); return ST_OK;
    case OPTION_COLOR: return parse_color(parser, value, &cli->color);
    case OPTION_COMMAND: return add_input(parser, false, value);
    case OPTION_DB: cli->db = text_of(value); return ST_OK;
    case OPTION_FILE: return add_input(parser, true, value);
    case OPTION_HELP: parser->print_only = CLI_HELP; return ST_OK;
    case OPTION_INIT: cli->init = text_of(value); return ST_OK;
    case OPTION_JSON: cli->json = true; return ST_OK;
    case OPTION_MAX_REJECTED:
        cli->max_rejected_set = true;
        return parse_count(parser, value, &cli->max_rejected);
    case OPTION_MODE: return render_mode_get(text_of(value), SPAN_NONE, &cli->mode, parser->diag);
    case OPTION_NO_INIT: cli->no_init = true; return ST_OK;
    case OPTION_OPTION: return add_option(parser, value);
    case OPTION_RECORDS: return parse_records(parser, value);
    case OPTION_REFERENCE: parser->print_only = CLI_REFERENCE; return ST_OK;
    case OPTION_SHARD: return parse_shard(parser, value, &cli->shard);
    case OPTION_VERSION: parser->print_only = CLI_VERSION; return ST_OK;
    }
    assert(false);
    return ST_OK;
}

/* --name VALUE, --name=VALUE, -x VALUE, -xVALUE. */
static Status parse_option(Parser *parser, const char *word)
{
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    uint32_t size = equals != NULL ? (uint32_t)(equals - name)
                    : is_long      ? (uint32_t)strlen(name)
                                   : 1;
    const char *value = equals != NULL ? equals + 1 : !is_long && name[1] != '\0' ? name + 1 : NULL;
    const Option *option = NULL;
    TRY(find_option(parser, word, (Text){name, size}, &option));
    UsedOption used = {option, word};
    TRY_PUSH(&parser->used, parser->arena, used);
    if (option->argument == NULL && value != NULL)
        return diag_error(parser->diag, E0003, SPAN_NONE, "the option \"%s\" takes no value", word);
    if (option->argument != NULL && value == NULL) {
        if (parser->words == 0)
            return diag_error(parser->diag, E0003, SPAN_NONE, "the option \"%s\" needs a value",
                              word);
        value = *parser->word++;
        parser->words--;
    }
    /* An empty text is a variable that was not set; only SQL may be empty. */
    if (value != NULL && value[0] == '\0' && option->id != OPTION_COMMAND)
        return diag_error(parser->diag, E0003, SPAN_NONE, "the value of \"--%s\" is empty",
                          option->name);
    return apply_option(parser, option, value == NULL ? "" : value);
}

/* Is the word a command misspelt rather than a database? A file of that name, a point or a slash in
 * it say no. */
static Status refuse_mistaken_command(Parser *parser, const char *word)
{
    Text names[ACTIONS];
    struct stat found;
    if (strpbrk(word, "./:") != NULL || stat(word, &found) == 0)
        return ST_OK;
    bool taken = false;
    for (uint32_t i = 0; i < sizeof no_database / sizeof *no_database; i++)
        taken = taken || strcmp(word, no_database[i]) == 0;
    for (uint32_t i = 0; i < ACTIONS; i++)
        names[i] = text_of(action_table[i].name);
    int32_t near = suggest_find(text_of(word), names, ACTIONS);
    if (!taken && near < 0)
        return ST_OK;
    Status status = diag_error(parser->diag, E0003, SPAN_NONE, "there is no command \"%s\"", word);
    if (near >= 0)
        diag_hint(parser->diag, "did you mean \"%s\"? A database of that name is ./%s",
                  action_table[near].name, word);
    else
        diag_hint(
            parser->diag,
            "the commands are run, check, peek, explain and doc; a database of that name is ./%s",
            word);
    return status;
}

static Status too_many(Parser *parser, const char *word)
{
    Status status =
        diag_error(parser->diag, E0003, SPAN_NONE, "\"%s\" is one argument too many", word);
    if (parser->cli->action == CLI_SHELL)
        diag_hint(parser->diag, "-c gives SQL, -f a file to run");
    return status;
}

/* The first word that is no option is the command, or the database of the shell. */
static Status parse_first(Parser *parser, const char *word)
{
    for (uint32_t i = 0; i < ACTIONS && !parser->options_end; i++) {
        if (strcmp(word, action_table[i].name) == 0) {
            parser->cli->action = action_table[i].action;
            parser->positionals = 0;
            return ST_OK;
        }
    }
    if (parser->cli->db.size > 0)
        return too_many(parser, word);
    if (!parser->options_end)
        TRY(refuse_mistaken_command(parser, word));
    parser->cli->db = text_of(word);
    return ST_OK;
}

static Status parse_positional(Parser *parser, const char *word)
{
    parser->positionals++;
    if (parser->positionals > 1)
        return too_many(parser, word);
    if (word[0] == '\0')
        return diag_error(parser->diag, E0003, SPAN_NONE, "an argument is empty");
    if (parser->cli->action == CLI_SHELL)
        return parse_first(parser, word);
    parser->cli->argument = text_of(word);
    return ST_OK;
}

static Status check_whole(Parser *parser)
{
    Cli *cli = parser->cli;
    if (text_equal(cli->db, TEXT(":memory:"))) /* as SQLite's shell and others have it */
        cli->db = TEXT_NONE;
    if (parser->print_only != CLI_SHELL) { /* wins over whatever else is on the line */
        cli->action = parser->print_only;
        return ST_OK;
    }
    for (uint32_t i = 0; i < parser->used.count; i++) {
        if ((parser->used.item[i].option->actions & 1u << cli->action) == 0)
            return diag_error(parser->diag, E0003, SPAN_NONE,
                              "the option \"%s\" does not fit this command",
                              parser->used.item[i].word);
    }
    if (cli->action == CLI_CHECK && cli->argument.size == 0)
        return diag_error(parser->diag, E0003, SPAN_NONE, "check needs a file");
    if (cli->action == CLI_PEEK && cli->argument.size == 0)
        return diag_error(parser->diag, E0003, SPAN_NONE,
                          "peek needs kafka://BROKER[:PORT]/TOPIC, or a file");
    if (cli->action == CLI_DOC && cli->argument.size > 0 && cli->all.size > 0)
        return diag_error(parser->diag, E0003, SPAN_NONE, "doc takes a page or --all, not both");
    if (cli->action == CLI_RUN && cli->argument.size == 0 && cli->db.size == 0)
        return diag_error(parser->diag, E0003, SPAN_NONE,
                          "run needs a file, or with --db a database whose jobs go on");
    return ST_OK;
}

Status cli_parse(Arena *arena, int argc, char *const *argv, Cli *out, Diag *diag)
{
    *out = (Cli){.records = 10};
    Parser parser = {.arena = arena,
                     .word = argv + 1,
                     .words = argc > 0 ? argc - 1 : 0,
                     .cli = out,
                     .diag = diag};
    while (parser.words > 0) {
        const char *word = *parser.word++;
        parser.words--;
        if (!parser.options_end && strcmp(word, "--") == 0)
            parser.options_end = true;
        else if (!parser.options_end && word[0] == '-' && word[1] != '\0')
            TRY(parse_option(&parser, word));
        else
            TRY(parse_positional(&parser, word));
    }
    return check_whole(&parser);
}

/* --- printing --- */

void cli_print_version(StrBuf *out)
{
    strbuf_string(out, "weir " WEIR_VERSION "\n");
}

static void print_option(const Option *option, StrBuf *out)
{
    enum { COLUMN = 26 };
    size_t start = out->size;
    if (option->letter != '\0')
        strbuf_printf(out, "  -%c, --%s", option->letter, option->name);
    else
        strbuf_printf(out, "      --%s", option->name);
    if (option->argument != NULL)
        strbuf_printf(out, " %s", option->argument);
    size_t width = out->size - start;
    strbuf_repeat(out, ' ', width < COLUMN ? COLUMN - width : 1);
    strbuf_printf(out, "%s\n", option->help);
}

void cli_print_help(StrBuf *out)
{
    strbuf_string(
        out,
        "Weir: continuous queries in SQL over files, their answers kept current in SQLite tables.\n"
        "\n"
        "Examples\n"
        "  weir app.db                        type SQL; jobs of app.db go on meanwhile\n"
        "  weir run job.sql --db app.db       run a script, resume it if it was stopped\n"
        "  weir run --db app.db               go on with every job of app.db\n"
        "  weir check job.sql                 find the mistakes in a script, change nothing\n"
        "  weir app.db -c 'SELECT * FROM v'   one statement; csv when not at a terminal\n"
        "  weir peek kafka://HOST:9092/TOPIC  last records of a topic, and CREATE TABLE for it\n"
        "  weir explain E2104                 what an error code means\n"
        "  weir doc functions                 a page of the reference; weir doc lists them\n"
        "  sqlite3 app.db 'SELECT * FROM v'   any SQLite client can read the views\n"
        "\n"
        "Usage\n"
        "  weir [DB] [OPTION]...\n"
        "  weir run [FILE] [--db DB] [OPTION]...\n"
        "  weir check FILE [--db DB]\n"
        "  weir peek kafka://BROKER[:PORT][,BROKER...]/TOPIC | FILE [OPTION]...\n"
        "  weir explain [CODE]\n"
        "  weir doc [PAGE | --all DIR]\n"
        "\n"
        "Options\n");
    for (uint32_t i = 0; i < OPTIONS; i++)
        print_option(&option_table[i], out);
    strbuf_string(out, "\nExit codes\n");
    for (uint32_t i = 0; i < sizeof exit_codes / sizeof *exit_codes; i++)
        strbuf_printf(out, "  %-5d%s\n", exit_codes[i].code, exit_codes[i].meaning);
    strbuf_string(out, "\n"
                       "Data goes to standard output, everything else to standard error. In the "
                       "shell, .help lists\n"
                       "the dot-commands. NO_COLOR, CLICOLOR_FORCE, WEIR_PAGER, PAGER, VISUAL and "
                       "EDITOR are minded.\n");
}

static void print_actions(unsigned actions, StrBuf *out)
{
    static const char *const names[] = {
        [CLI_SHELL] = "weir", [CLI_RUN] = "run",         [CLI_CHECK] = "check",
        [CLI_PEEK] = "peek",  [CLI_EXPLAIN] = "explain", [CLI_DOC] = "doc"};
    bool first = true;
    if (actions == IN_ALL) {
        strbuf_string(out, "all");
        return;
    }
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if ((actions & 1u << i) == 0)
            continue;
        strbuf_printf(out, "%s%s", first ? "" : ", ", names[i]);
        first = false;
    }
}

void cli_print_reference(StrBuf *out)
{
    strbuf_string(out, "### Options\n\n| option | of | meaning |\n|---|---|---|\n");
    for (uint32_t i = 0; i < OPTIONS; i++) {
        const Option *option = &option_table[i];
        strbuf_string(out, "| ");
        if (option->letter != '\0')
            strbuf_printf(out, "`-%c`, ", option->letter);
        strbuf_printf(out, "`--%s%s%s` | ", option->name, option->argument != NULL ? " " : "",
                      option->argument != NULL ? option->argument : "");
        print_actions(option->actions, out);
        strbuf_printf(out, " | %s |\n", option->help);
    }
    strbuf_string(out, "\n### Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (uint32_t i = 0; i < sizeof exit_codes / sizeof *exit_codes; i++)
        strbuf_printf(out, "| %d | %s |\n", exit_codes[i].code, exit_codes[i].meaning);
    strbuf_string(out, "\n### Dot-commands\n\n");
    command_print_reference(out);
    strbuf_string(out, "\n### Modes\n\n");
    render_mode_print_reference(out);
}
