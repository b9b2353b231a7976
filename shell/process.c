#include "shell/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/signals.h"

enum { NOT_STARTED = 127 };

static _Noreturn void become_shell(const char *command, const char *argument)
{
    signal(SIGPIPE, SIG_DFL); /* our own choice to ignore it is not our children's */
    signal(SIGINT, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, "sh", argument, (char *)NULL);
    _exit(NOT_STARTED);
}

Status process_open_pipe(const char *command, pid_t *pid, int *fd)
{
    int ends[2];
    assert(command != NULL);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ST_IO;
    *pid = fork();
    if (*pid == 0) {
        dup2(ends[0], STDIN_FILENO);
        become_shell(command, NULL);
    }
    close(ends[0]);
    if (*pid < 0) {
        *pid = 0;
        close(ends[1]);
        return ST_IO;
    }
    *fd = ends[1];
    return ST_OK;
}

int process_wait(pid_t pid)
{
    int state;
    while (waitpid(pid, &state, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

Status process_run(const char *command, const char *argument, int *exit_code, Diag *diag)
{
    pid_t pid = fork();
    if (pid == 0)
        become_shell(command, argument);
    if (pid < 0)
        return diag_error(diag, E3002, SPAN_NONE, "cannot start \"%s\": %s", command,
                          strerror(errno));
    signals_ignore_interrupts(true); /* Ctrl-C is meant for the program in the foreground */
    *exit_code = process_wait(pid);
    signals_ignore_interrupts(false);
    return ST_OK;
}

/* open gives the lowest number that is free. What it opens cannot do what the stream is for. */
void process_hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(NOT_STARTED);
    }
}
