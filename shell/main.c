/* The process: from argv to the exit code. */
#include <stdlib.h>

#include "shell/invocation.h"
#include "shell/process.h"

int main(int argc, char **argv)
{
    Arena arena;
    Cli cli;
    Diag diag = {0};
    process_hold_streams();
    arena_init(&arena, NULL);
    Status status = cli_parse(&arena, argc, argv, &cli, &diag);
    int code = status == ST_OK ? invocation_run(&cli) : invocation_refuse(status, &diag, &cli);
    arena_close(&arena);
    exit(code);
}
