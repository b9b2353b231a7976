"""A directory with a script and its database, in which the program runs."""
import os
import signal
import sqlite3
import subprocess
import time

LIMIT_S = 60


class Place:
    def __init__(self, weir, folder):
        self.weir, self.folder, self.process = weir, folder, None

    def path(self, name):
        return os.path.join(self.folder, name)

    def errors(self):
        """What the last run wrote there."""
        if not os.path.exists(self.path("stderr.txt")):
            return ""
        with open(self.path("stderr.txt"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def printed(self):
        """The same of standard output."""
        with open(self.path("stdout.txt"), encoding="utf-8") as file:
            return file.read()

    def fresh(self):
        """Nothing of earlier runs is left."""
        for name in ("app.db", "app.db-wal", "app.db-shm"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))

    # --- running ---

    def start(self, script=None, *arguments):
        """`weir run` of the script, or of the one before; it goes on by itself."""
        if script is not None:
            with open(self.path("job.sql"), "w", encoding="utf-8") as file:
                file.write(script)
        with open(self.path("stdout.txt"), "wb") as out, open(self.path("stderr.txt"), "wb") as err:
            self.process = subprocess.Popen((self.weir, "run", "job.sql", "--db", "app.db", *arguments), cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def wait(self, code=0, limit_s=LIMIT_S):
        """Until it has ended with this code. What it wrote to standard error."""
        try:
            found = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError("the job did not end within %d s\n%s" % (limit_s, self.errors())) from None
        if found != code:
            raise AssertionError("the job ended with %d, not %d\n%s" % (found, code, self.errors()))
        return self.errors()

    def run(self, script=None, *arguments, code=0, limit_s=LIMIT_S):
        self.start(script, *arguments)
        return self.wait(code, limit_s)

    def listens(self):
        """Whether SIGTERM is caught yet: a program that has just been started is ended by it like any other."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as lines:
            caught = next((int(line.split()[1], 16) for line in lines if line.startswith("SigCgt")), 0)
        return caught >> (signal.SIGTERM - 1) & 1 or self.process.poll() is not None

    def stop(self):
        while not self.listens():
            time.sleep(0.001)
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def command(self, *arguments, text="", code=0):
        """Another run of the program, to its end. Standard output and standard error, together."""
        done = subprocess.run((self.weir, *arguments), cwd=self.folder, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=LIMIT_S, check=False)
        if done.returncode != code:
            raise AssertionError("%s ended with %d, not %d\n%s" % (" ".join(arguments), done.returncode, code, done.stdout))
        return done.stdout

    # --- results ---

    def rows(self, select):
        """As another program sees them; none where there is no such table yet."""
        if not os.path.exists(self.path("app.db")):
            return []
        connection = sqlite3.connect("file:%s?mode=ro" % self.path("app.db"), uri=True, timeout=10)
        try:
            return connection.execute(select).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error) and "unable to open" not in str(error):
                raise
            return []
        finally:
            connection.close()

    def wait_rows(self, select, wanted, limit_s=LIMIT_S):
        """Until the rows are these, while the job runs."""
        end = time.monotonic() + limit_s
        while (found := self.rows(select)) != wanted:
            if self.process.poll() is not None:
                raise AssertionError("the job ended with %d; there was\n%.2000r\nwanted\n%.2000r" % (self.process.returncode, found, wanted))
            if time.monotonic() > end:
                raise AssertionError("after %d s there is\n%.2000r\nwanted\n%.2000r" % (limit_s, found, wanted))
            time.sleep(0.01)

    def wait_some(self, select, limit_s=LIMIT_S):
        """Until there are rows; often looked for. They are given back."""
        end = time.monotonic() + limit_s
        while not (found := self.rows(select)):
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("no rows of %s; the job's code: %s" % (select, self.process.poll()))
            time.sleep(0.001)
        return found
