/* Command line: what `weir` was asked to do. One row of the option table is one option; parsing,
 * --help and the reference page read the same row. Nothing is opened or run here. */
#ifndef WEIR_SHELL_CLI_H
#define WEIR_SHELL_CLI_H

#include "shell/color.h"
#include "shell/render.h"
#include "storage/base/arena.h"
#include "storage/base/diag.h"
#include "storage/base/shard.h"
#include "storage/base/vec.h"

enum { CLI_RECORDS_MAX = 10000 }; /* of peek -n */

typedef enum CliAction {
    CLI_SHELL,   /* weir [DB]: type, or run -c, -f or standard input */
    CLI_RUN,     /* weir run [FILE] */
    CLI_CHECK,   /* weir check FILE */
    CLI_PEEK,    /* weir peek ADDRESS */
    CLI_EXPLAIN, /* weir explain [CODE] */
    CLI_DOC,     /* weir doc [PAGE] */
    CLI_HELP,
    CLI_VERSION,
    CLI_REFERENCE,
} CliAction;

typedef struct CliInput {
    bool is_file; /* -f; else the SQL of -c itself */
    Text text;
} CliInput;

typedef struct Cli {
    CliAction action;
    Text db;       /* empty: in memory */
    Text argument; /* FILE, ADDRESS, CODE or PAGE; empty: none */
    Text all;      /* doc --all DIR; empty: not given */
    VEC(CliInput) inputs;
    Text init; /* -i; empty: the user's own, where one is read */
    bool no_init;
    bool json;
    ColorChoice color;
    const RenderMode *mode; /* NULL: automatic */
    bool max_rejected_set;
    uint64_t max_rejected;
    Shard shard;       /* count = 0: not given */
    uint64_t records;  /* peek -n */
    VEC(Text) options; /* peek -o, NAME=VALUE */
} Cli;

/* The texts of `out` point into argv. */
CHECKED Status cli_parse(Arena *arena, int argc, char *const *argv, Cli *out, Diag *diag);

void cli_print_help(StrBuf *out);
void cli_print_version(StrBuf *out);
/* The tables of docs/sql/shell.md: options, exit codes, dot-commands, modes. */
void cli_print_reference(StrBuf *out);

/* Exit code of an error; 0 of ST_OK. */
int cli_exit_code(Status status, const Diag *diag);

#endif
