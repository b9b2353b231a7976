#!/usr/bin/env python3
"""./dev kafka: a broker in the foreground, and small things to do with one."""
import argparse
import fcntl
import os
import shutil
import signal
import sys

import install
from broker import Broker, BrokerError
from client import Client, Producer
from rdkafka import KafkaError

NULL = b"\\N"
EXPLANATION = """
  (no command)             run a broker until Ctrl-C; its address is printed when it is ready
  topic NAME [PARTITIONS]  make a topic
  produce TOPIC [FILE]     a record a line, of the file or of standard input
  read TOPIC               all records that are there now, by partition and offset; NULL is \\N
"""


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev kafka", epilog=EXPLANATION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9092, help="of 127.0.0.1 (default 9092)")
    parser.add_argument("--data", default=os.path.join(install.ROOT, "data"), help="where the topics are kept (default build/kafka/data)")
    parser.add_argument("--fresh", action="store_true", help="forget what is there")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--broker", default="127.0.0.1:9092", help="default 127.0.0.1:9092")
    keys = argparse.ArgumentParser(add_help=False)
    keys.add_argument("--keys", action="store_true", help="a line is key, tab, value; without a tab the value is NULL")
    topic = commands.add_parser("topic", parents=[shared])
    topic.add_argument("name")
    topic.add_argument("partitions", type=int, nargs="?", default=1)
    produce = commands.add_parser("produce", parents=[shared, keys])
    produce.add_argument("topic")
    produce.add_argument("file", type=argparse.FileType("rb"), nargs="?", default=sys.stdin.buffer)
    produce.add_argument("--partition", type=int, default=-1, help="else the key's hash says which, or chance")
    read = commands.add_parser("read", parents=[shared, keys])
    read.add_argument("topic")
    return parser.parse_args(arguments)


def serve(options):
    os.makedirs(os.path.dirname(os.path.abspath(options.data)), exist_ok=True)
    with open(options.data.rstrip("/") + ".lock", "a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BrokerError("another one has the data in %s" % options.data) from error
        serve_alone(options)


def serve_alone(options):
    if options.fresh:
        shutil.rmtree(options.data, ignore_errors=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    broker = Broker(folder=options.data, port=options.port, age_s=0)
    with broker:
        try:
            broker.start()
            print(broker.bootstrap, flush=True)
            broker.wait()
        except KeyboardInterrupt:
            if broker.is_running():
                broker.stop()
            return
    raise BrokerError("the broker has ended; its log is %s" % broker.log_path)


def record_of(line, keys):
    line = line.removesuffix(b"\n")
    if not keys:
        return None, line
    key, tab, value = line.partition(b"\t")
    return key, value if tab else None


def produce(options):
    with Producer(options.broker) as producer:
        producer.metadata(options.topic)
        producer.produce(options.topic, options.partition, (record_of(line, options.keys) for line in options.file))
        producer.flush()


def read(options):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with Client(options.broker) as client:
        for record in client.read(options.topic):
            cells = (record.key, record.value) if options.keys else (record.value,)
            sys.stdout.buffer.write(b"\t".join(NULL if cell is None else cell for cell in cells) + b"\n")


def topic(options):
    with Client(options.broker) as client:
        client.create_topic(options.name, options.partitions)


def main(arguments):
    options = parse(arguments)
    try:
        {None: serve, "topic": topic, "produce": produce, "read": read}[options.command](options)
    except (BrokerError, KafkaError, install.InstallError) as error:
        sys.exit("kafka: %s" % error)


if __name__ == "__main__":
    main(sys.argv[1:])
