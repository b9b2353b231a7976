"""The broker's jars and a formatted directory, made once for all builds: build/kafka/<hash of pom.xml>/.

    lib/       what Maven copies there
    template/  an empty data directory; a broker starts on a copy of it
    *.jsa      the classes as this JVM has them in memory, which halves its start; broker.py makes it
"""
import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "kafka")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
MAVEN_LIMIT_S = 300
FORMAT_LIMIT_S = 120
CLUSTER_ID = "WeirTestClusterAAAAAAA"  # 22 characters of base64
JVM = ("-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
QUICK_JVM = ("-XX:TieredStopAtLevel=1",)  # compiles soon and not well: for lives of seconds


class InstallError(Exception):
    pass


class Installation:
    def __init__(self, folder):
        self.folder = folder
        self.lib, self.template = os.path.join(folder, "lib"), os.path.join(folder, "template")

    @property
    def archive(self):
        """It is of use to the one JVM that made it."""
        java = shutil.which("java")
        if java is None:
            raise InstallError("java is missing: ./dev setup installs it")
        java = os.path.realpath(java)
        identity = "%s %d" % (java, os.stat(java).st_mtime_ns)
        return os.path.join(self.folder, "kafka-%s.jsa" % hashlib.sha256(identity.encode()).hexdigest()[:16])

    @property
    def class_path(self):
        """Each jar, sorted: the archive is only good for exactly this text."""
        return ":".join(sorted(glob.glob(os.path.join(self.lib, "*.jar"))))


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def filled_in(properties, **values):
    for name, value in values.items():
        properties = properties.replace("@%s@" % name, str(value))
    return properties


def run(command, limit_s, **more):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=limit_s, check=False, **more)
    except FileNotFoundError as error:
        raise InstallError("%s is missing: ./dev setup installs it" % command[0]) from error
    except subprocess.TimeoutExpired as error:
        raise InstallError("%s took longer than %d s" % (command[0], limit_s)) from error
    if done.returncode != 0:
        raise InstallError("%s ended with %d\n%s" % (command[0], done.returncode, done.stdout[-3000:]))


@contextlib.contextmanager
def locked(folder):
    """One process at a time; who dies gives it back."""
    with open(folder + ".lock", "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def appearing(path):
    """A path to make something at, which gets its name when it is complete."""
    folder = tempfile.mkdtemp(prefix="making-", dir=os.path.dirname(path))
    try:
        made = os.path.join(folder, os.path.basename(path))
        yield made
        os.rename(made, path)
    finally:
        shutil.rmtree(folder)


def copy_jars(lib):
    """From Maven's own store where that has them, else from afar."""
    command = ("mvn", "-q", "-B", "-ntp", "-f", os.path.join(HERE, "pom.xml"), COPY, "-DincludeScope=runtime")
    with appearing(lib) as made:
        try:
            run((*command, "-DoutputDirectory=" + made, "-o"), MAVEN_LIMIT_S)
        except InstallError:
            shutil.rmtree(made, ignore_errors=True)
            run((*command, "-DoutputDirectory=" + made), MAVEN_LIMIT_S)


def make_template(installation):
    with appearing(installation.template) as made:
        properties = os.path.join(os.path.dirname(made), "server.properties")
        with open(properties, "w", encoding="utf-8") as file:
            file.write(filled_in(read("server.properties"), DATA=made, PORT=9092, CONTROLLER_PORT=9093))
        run(("java", *JVM, *QUICK_JVM, "-cp", installation.class_path, "kafka.tools.StorageTool", "format",
             "-t", CLUSTER_ID, "-c", properties), FORMAT_LIMIT_S)


def install():
    """Makes what is missing; at once where nothing is."""
    name = hashlib.sha256(read("pom.xml").encode()).hexdigest()[:16]
    installation = Installation(os.path.join(ROOT, name))
    if os.path.isdir(installation.template):
        return installation
    os.makedirs(installation.folder, exist_ok=True)
    with locked(installation.folder):
        if not os.path.isdir(installation.lib):
            copy_jars(installation.lib)
        if not os.path.isdir(installation.template):
            make_template(installation)
    return installation
