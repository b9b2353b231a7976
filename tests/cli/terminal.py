"""A program in a pseudo-terminal, and the screen a person would see.

The screen understands what line editors and pagers send: printing, carriage return, newline,
backspace, tab, cursor movement, erasing, and inserting and deleting characters. Tests wait for a
text to appear instead of sleeping, so they are as fast as the program and no faster.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

TIMEOUT_S = float(os.environ.get("WEIR_TEST_TIMEOUT_S", "20"))  # only reached when something is wrong


class Screen:
    """Lines of cells; a wide character takes two, the second of which is empty."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines = [[]]  # everything ever shown; what scrolled off as well
        self.row = self.column = 0
        self.pending = ""
        self.raw = ""

    def feed(self, text):
        self.raw += text
        text = self.pending + text
        self.pending = ""
        at = 0
        while at < len(text):
            if text[at] != "\x1b":
                self._character(text[at])
                at += 1
                continue
            match = re.compile(r"\x1b(\[[?>=]?([0-9;]*)([@-~])|[=>78]|\([AB0]|\][^\x07]*\x07)").match(text, at)
            if match is None:
                if len(text) - at > 32:  # no sequence we know: show it, so that a test sees it
                    at += 1
                    continue
                self.pending = text[at:]
                return
            if match.group(3) and match.group(1)[1:2] not in ("?", ">", "="):
                self._control(match.group(3), [int(n) if n else 0 for n in match.group(2).split(";")])
            at = match.end()

    def _line(self):
        while len(self.lines) <= self.row:
            self.lines.append([])
        return self.lines[self.row]

    def _character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.row += 1
            self._line()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif c >= " ":
            self._print(c)

    def _print(self, c):
        width = 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if width == 0:
            return
        if self.column + width > self.columns:
            self.column = 0
            self.row += 1
        line = self._line()
        line.extend(" " * (self.column + width - len(line)))
        line[self.column] = c
        if width == 2:
            line[self.column + 1] = ""
        self.column += width

    def _control(self, kind, numbers):
        n = max(1, numbers[0])
        line = self._line()
        if kind == "A":
            self.row = max(0, self.row - n)
        elif kind == "B":
            self.row += n
        elif kind == "C":
            self.column = min(self.columns - 1, self.column + n)
        elif kind == "D":
            self.column = max(0, self.column - n)
        elif kind == "G":
            self.column = n - 1
        elif kind == "H":  # of the screen, not of what scrolled off
            top = max(0, len(self.lines) - self.rows)
            self.row = top + n - 1
            self.column = (max(1, numbers[1]) if len(numbers) > 1 else 1) - 1
        elif kind == "K" and numbers[0] == 0:
            del line[self.column:]
        elif kind == "K":
            self.lines[self.row] = [] if numbers[0] == 2 else line
        elif kind == "J":
            if numbers[0] == 2:
                self.lines.append([])
                self.row, self.column = len(self.lines) - 1, 0
            else:
                del line[self.column:]
                del self.lines[self.row + 1:]
        elif kind == "P":
            del line[self.column:self.column + n]
        elif kind == "@":
            line[self.column:self.column] = [" "] * n

    def text(self):
        return "\n".join("".join(line) for line in self.lines)


class Terminal:
    def __init__(self, command, environment, directory, rows=24, columns=80):
        self.screen = Screen(rows, columns)
        self.mark = 0  # texts are looked for behind this place
        self.partial = b""
        self.exit_code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(directory)
                os.execve(command[0], command, environment)
            finally:
                os._exit(127)  # a copy of the test must not go on
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.screen.rows, self.screen.columns = rows, columns
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self, timeout_s):
        ready, _, _ = select.select([self.fd], [], [], timeout_s)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other side is closed
            data = b""
        if not data:
            return False
        data = self.partial + data
        end = len(data)
        while end > 0 and len(data) - end < 4:  # keep a cut-off character for later
            try:
                text = data[:end].decode()
                break
            except UnicodeDecodeError:
                end -= 1
        else:
            text, end = data.decode(errors="replace"), len(data)
        self.partial = data[end:]
        self.screen.feed(text)
        return True

    def send(self, keys):
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def settle(self, quiet_s=0.3):
        """Reads until nothing has come for a while: for what must not appear."""
        end = time.monotonic() + quiet_s
        while time.monotonic() < end:
            before = len(self.screen.raw)
            if not self._read(0.05):
                return
            if len(self.screen.raw) != before:
                end = time.monotonic() + quiet_s

    def read_for(self, time_s):
        """Reads for so long, whatever comes."""
        end = time.monotonic() + time_s
        while time.monotonic() < end and self._read(max(0, min(0.01, end - time.monotonic()))):
            pass

    def expect(self, text, within_s=TIMEOUT_S):
        """Waits until the screen shows the text behind the last expected one."""
        end = time.monotonic() + within_s
        while True:
            shown = self.screen.text()
            found = shown.find(text, self.mark)
            if found >= 0:
                self.mark = found + len(text)
                return
            if time.monotonic() > end or not self._read(0.05):
                raise AssertionError("%r is not shown; the screen is:\n%s" % (text, shown))

    def shown_since(self, mark):
        return self.screen.text()[mark:]

    def signal(self, number):
        os.kill(self.pid, number)

    def expect_exit(self, code, within_s=TIMEOUT_S):
        end = time.monotonic() + within_s
        while self.exit_code is None:
            self._read(0.02)
            pid, state = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.exit_code = os.waitstatus_to_exitcode(state)
            elif time.monotonic() > end:
                raise AssertionError("it does not end; the screen is:\n%s" % self.screen.text())
        if self.exit_code != code:
            raise AssertionError("exit code %s, not %s; the screen is:\n%s" % (self.exit_code, code, self.screen.text()))

    def close(self):
        if self.exit_code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        os.close(self.fd)
