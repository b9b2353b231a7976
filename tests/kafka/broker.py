"""A real broker for a test: started, stopped, killed, started again.

    with Broker().start() as broker:
        ...broker.bootstrap...
        broker.kill()
        broker.start()  # the same directory, the same ports

It ends when the with block does, when this process dies, by whatever signal, and when it is too old (guard.py).
"""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import install
from rdkafka import Handle, KafkaError, PRODUCER

READY_LIMIT_S = 60  # usually one second; a loaded machine takes its time
STOP_LIMIT_S = 60
AGE_S = 900
TRIES = 5
GUARD = os.path.join(install.HERE, "guard.py")
TAKEN = "Address already in use"


class BrokerError(Exception):
    pass


def lowest_ephemeral_port():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        return int(file.read().split()[0])


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count):
    """Below those that the kernel gives to outgoing connections: one of these might be a client's that tries to
    reach the broker while it is down, even connected to itself, and the broker could not come back."""
    low, high = 10000, max(lowest_ephemeral_port(), 20000)
    chosen = []
    while len(chosen) < count:
        port = random.SystemRandom().randrange(low, high)
        if port not in chosen and is_free(port):
            chosen.append(port)
    return chosen


def listens(pid, port):
    """That this very process does: at a port that was taken meanwhile another broker would answer."""
    try:
        sockets = {os.readlink(entry.path) for entry in os.scandir("/proc/%d/fd" % pid)}
        lines = []
        for table in ("tcp", "tcp6"):
            with open("/proc/%d/net/%s" % (pid, table), encoding="ascii") as file:
                lines += [line.split() for line in file][1:]
    except OSError:  # a file that was closed meanwhile, or the process has ended
        return False
    listening = "0A"
    return any("socket:[%s]" % line[9] in sockets for line in lines if line[3] == listening and int(line[1].split(":")[1], 16) == port)


def installed():
    """With the archive of classes, which a broker writes when it is stopped."""
    installation = install.install()
    if not os.path.exists(installation.archive):
        with install.locked(installation.folder):
            if not os.path.exists(installation.archive):
                with install.appearing(installation.archive) as made:
                    with Broker(installation=installation, jvm=("-XX:ArchiveClassesAtExit=" + made,)).start() as broker:
                        broker.stop()
    return installation


class Broker:
    """properties: more lines of server.properties, or other values. quick: a JVM for a short life; without it, and
    with a larger heap, one for measuring. folder: where data and log are kept; without one they are the broker's
    own and go with it. port: this one and no other. age_s: when it ends in any case; 0: never."""

    def __init__(self, properties=None, heap_mb=256, quick=True, folder=None, port=None, age_s=AGE_S, jvm=None, installation=None):
        self.installation = installation or installed()
        self.properties, self.heap_mb, self.quick, self.age_s = dict(properties or {}), heap_mb, quick, age_s
        self.jvm = ("-XX:SharedArchiveFile=" + self.installation.archive,) if jvm is None else jvm
        self.owned = "" if folder else tempfile.mkdtemp(prefix="weir-kafka-")
        self.folder = os.path.abspath(folder or self.owned)
        self.log_path, self.data = os.path.join(self.folder, "broker.log"), os.path.join(self.folder, "data")
        self.port, self.controller_port, self.chosen = port, None, port is not None
        self.guard = self.java = self.pid = None

    @property
    def bootstrap(self):
        return "127.0.0.1:%d" % self.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.is_running():
            self.kill()
        if self.owned:
            shutil.rmtree(self.owned, ignore_errors=True)

    def is_running(self):
        return self.guard is not None and self.guard.poll() is None

    def log(self, begin=0):
        with open(self.log_path, "rb") as file:
            file.seek(begin)
            return file.read().decode(errors="replace")

    # --- start ---

    def start(self):
        """Returns when it answers. The ports of the first start are kept."""
        if self.is_running():
            raise BrokerError("the broker is running")
        if not os.path.isdir(self.data):
            os.makedirs(self.folder, exist_ok=True)
            with install.appearing(self.data) as made:
                shutil.copytree(self.installation.template, made)
        try:
            for attempt in range(TRIES):
                log_begin = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
                self.choose_ports()
                self.launch()
                if self.wait_until_ready():
                    self.chosen = True
                    return self
                said = self.log(log_begin)
                if TAKEN not in said or attempt + 1 == TRIES:
                    raise BrokerError("the broker ended with %d\n%s" % (self.guard.returncode, said[-3000:]))
                time.sleep(0.2)
        except BaseException:
            self.close()
            raise

    def choose_ports(self):
        if self.chosen and self.controller_port is None:
            if not is_free(self.port):
                raise BrokerError("port %d is taken" % self.port)
            self.controller_port, = free_ports(1)
        elif not self.chosen:
            self.port, self.controller_port = free_ports(2)

    def launch(self):
        text = install.filled_in(install.read("server.properties"), DATA=self.data, PORT=self.port,
                                 CONTROLLER_PORT=self.controller_port)
        text += "".join("%s=%s\n" % item for item in self.properties.items())  # the last one of a name counts
        properties = os.path.join(self.folder, "server.properties")
        with open(properties, "w", encoding="utf-8") as file:
            file.write(text)
        command = ("java", "-Xms64m", "-Xmx%dm" % self.heap_mb, *install.JVM, *(install.QUICK_JVM if self.quick else ()), *self.jvm,
                   "-cp", self.installation.class_path, "kafka.Kafka", properties)
        with open(self.log_path, "ab") as log:
            # A session of its own: Ctrl-C at the terminal is for the test, which then ends the broker.
            self.guard = subprocess.Popen((sys.executable, "-B", GUARD, str(os.getpid()), str(self.age_s), self.owned, *command),
                                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        with self.guard.stdout:
            line = self.guard.stdout.readline()
        try:
            self.pid = int(line)
            self.java = os.pidfd_open(self.pid)
        except (ValueError, ProcessLookupError):
            self.guard.wait()
            self.java = None

    def wait_until_ready(self):
        """An open port is not enough: it must answer. False: it has ended."""
        end = time.monotonic() + READY_LIMIT_S
        patient = {"bootstrap.servers": self.bootstrap, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 20, "log_level": 0}
        with Handle(PRODUCER, patient) as handle:
            while self.is_running():
                try:
                    if handle.metadata(timeout_ms=200)[0] and listens(self.pid, self.port):
                        return True
                except KafkaError:
                    pass
                time.sleep(0.01)
                if time.monotonic() > end:
                    raise BrokerError("the broker is not ready after %d s\n%s" % (READY_LIMIT_S, self.log()[-3000:]))
        self.forget()
        return False

    # --- stop ---

    def stop(self):
        """Cleanly. Its exit status, 143 as a rule."""
        return self.end(signal.SIGTERM)

    def kill(self):
        """As kill -9 does; returns when it is gone and its directory is free."""
        return self.end(signal.SIGKILL)

    def pause(self):
        """It keeps its connections and takes others, and answers nothing."""
        signal.pidfd_send_signal(self.java, signal.SIGSTOP)

    def go_on(self):
        signal.pidfd_send_signal(self.java, signal.SIGCONT)

    def end(self, number):
        if not self.is_running():
            raise BrokerError("the broker is not running")
        try:
            signal.pidfd_send_signal(self.java, number)
            return self.guard.wait(timeout=STOP_LIMIT_S)
        except ProcessLookupError:
            return self.guard.wait(timeout=STOP_LIMIT_S)
        except subprocess.TimeoutExpired as error:
            self.guard.kill()  # and the kernel the broker with it
            raise BrokerError("the broker did not stop within %d s" % STOP_LIMIT_S) from error
        finally:
            self.forget()

    def wait(self, limit_s=None):
        """Until it ends by itself. Its exit status."""
        return self.guard.wait(limit_s)

    def forget(self):
        if self.java is not None:
            os.close(self.java)
        self.java = self.pid = None
