#!/usr/bin/env python3
"""Runs a program that must not outlive whoever asked for it.

Usage: guard.py PARENT_PID AGE_S FOLDER COMMAND...

Prints the program's process id. The program is killed when the parent has died, by whatever signal, when it is
older than AGE_S (0: no limit), and, by the kernel, when this process dies. With the parent gone nobody needs
FOLDER any more ("": there is none), so it is removed. Ends as the program ends.
"""
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent):
    """For the child between fork and exec. This process has one thread, whose end is the end of all of it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main(parent, age_s, folder, *command):
    parent_handle = os.pidfd_open(int(parent))
    if os.getppid() != int(parent):  # it died before there was a handle, and the number may be another's
        return 1
    this = os.getpid()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, preexec_fn=lambda: die_with(this))
    print(child.pid, flush=True)
    child_handle = os.pidfd_open(child.pid)
    poll = select.poll()
    poll.register(parent_handle, select.POLLIN)
    poll.register(child_handle, select.POLLIN)
    ended = [handle for handle, _ in poll.poll(int(age_s) * 1000 or None)]
    if child_handle not in ended:
        print("guard: %s" % ("the parent is gone" if ended else "older than %s s" % age_s), file=sys.stderr, flush=True)
        child.kill()
    code = child.wait()
    if parent_handle in ended and folder:
        shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
