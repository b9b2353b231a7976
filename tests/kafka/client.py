"""What a test does with a broker: topics, records, transactions, offsets. Errors are KafkaError.

A record to produce is a Record, or a tuple (key, value, headers, timestamp) of which the end may be missing. Keys and
values are bytes, or None, which is not the same as b"". Headers are pairs of a name and bytes or None, in their order.
A timestamp is in milliseconds; to librdkafka 0 is the same as none, the time of the call.
"""
import collections
import ctypes
import time

from rdkafka import (CONSUMER, ERR_COORDINATOR_LOAD_IN_PROGRESS, ERR_COORDINATOR_NOT_AVAILABLE, ERR_LEADER_NOT_AVAILABLE,
                     ERR_NOT_COORDINATOR, ERR_NOT_LEADER, ERR_PARTITION_EOF, ERR_QUEUE_FULL,
                     ERR_TIMED_OUT, ERR_UNKNOWN_LEADER_EPOCH, ERR_UNKNOWN_TOPIC_OR_PART, ERR_UNSTABLE_OFFSET_COMMIT, MSG_F_COPY,
                     OFFSET_BEGINNING, OFFSET_END, OFFSET_INVALID, PRODUCER, VTYPE_HEADERS, VTYPE_KEY, VTYPE_MSGFLAGS,
                     VTYPE_PARTITION, VTYPE_TIMESTAMP, VTYPE_TOPIC, VTYPE_VALUE, Argument, Handle, KafkaError,
                     Partitions, check, check_fatal, check_object, copy_bytes, entries_of, lib)

TIMEOUT_MS = 60000
# What is committed will be known: a transaction is open, or the broker, which is young, makes room for groups.
SETTLING = (ERR_LEADER_NOT_AVAILABLE, ERR_NOT_LEADER, ERR_UNKNOWN_LEADER_EPOCH)  # who leads a partition is being found out
UNSETTLED = (ERR_UNSTABLE_OFFSET_COMMIT, ERR_COORDINATOR_LOAD_IN_PROGRESS, ERR_COORDINATOR_NOT_AVAILABLE, ERR_NOT_COORDINATOR)
READ_COMMITTED, READ_UNCOMMITTED = "read_committed", "read_uncommitted"

Record = collections.namedtuple("Record", "partition offset key value headers timestamp")
Committed = collections.namedtuple("Committed", "offset metadata")


def take_headers(message):
    headers, found = ctypes.c_void_p(), []
    if lib.message_headers(message, ctypes.byref(headers)) != 0:
        return found
    name, value, size = ctypes.c_char_p(), ctypes.c_void_p(), ctypes.c_size_t()
    while lib.header_get_all(headers, len(found), ctypes.byref(name), ctypes.byref(value), ctypes.byref(size)) == 0:
        found.append((name.value.decode(), copy_bytes(value.value, size.value)))
    return found


def take_record(message):
    data = message.contents
    return Record(data.partition, data.offset, copy_bytes(data.key, data.key_len), copy_bytes(data.payload, data.len),
                  take_headers(message), lib.message_timestamp(message, None))


class Producer(Handle):
    """Settings are librdkafka's, `compression.codec` and the like."""

    def __init__(self, bootstrap, settings=None):
        self.failures = []
        super().__init__(PRODUCER, {"bootstrap.servers": bootstrap, "enable.idempotence": "true", "log_level": 0, "linger.ms": 5,
                                    **(settings or {})}, self.report)

    def report(self, _rk, message, _opaque):
        if message.contents.err:
            self.failures.append(message.contents.err)

    def produce(self, topic, partition, records):
        """Gives them to librdkafka; `flush` says whether they have arrived. partition -1: by the hash of the key."""
        for record in records:
            key, value, headers, timestamp = (*(record[2:] if isinstance(record, Record) else record), None, None, None)[:4]
            self.produce_one(topic, partition, key, value, headers, timestamp)

    def produce_one(self, topic, partition, key, value, headers, timestamp):
        arguments = (Argument * 7)()
        for argument, vtype in zip(arguments, (VTYPE_TOPIC, VTYPE_PARTITION, VTYPE_MSGFLAGS, VTYPE_KEY, VTYPE_VALUE)):
            argument.vtype = vtype
        arguments[0].u.cstr, arguments[1].u.i32, arguments[2].u.i = topic.encode(), partition, MSG_F_COPY
        arguments[3].u.mem.ptr, arguments[3].u.mem.size = key, len(key or b"")
        arguments[4].u.mem.ptr, arguments[4].u.mem.size = value, len(value or b"")
        count, made = 5, None
        if timestamp is not None:
            arguments[count].vtype, arguments[count].u.i64 = VTYPE_TIMESTAMP, timestamp
            count += 1
        if headers:
            made = lib.headers_new(len(headers))
            for name, content in headers:
                lib.header_add(made, name.encode(), -1, content, len(content or b""))
            arguments[count].vtype, arguments[count].u.headers = VTYPE_HEADERS, made
            count += 1
        try:
            self.enqueue(arguments, count)
        except KafkaError:
            if made:
                lib.headers_destroy(made)
            raise
        lib.poll(self.rk, 0)

    def enqueue(self, arguments, count):
        """Waits where the queue is full."""
        end = time.monotonic() + TIMEOUT_MS / 1000
        while True:
            try:
                check_object(lib.produceva(self.rk, arguments, count))
                return
            except KafkaError as error:
                if error.code != ERR_QUEUE_FULL or time.monotonic() > end:
                    raise
                lib.poll(self.rk, 100)

    def flush(self, timeout_ms=TIMEOUT_MS):
        check(lib.flush(self.rk, timeout_ms))
        failures, self.failures = self.failures, []
        check_fatal(self.rk)
        for code in failures:
            check(code)


class Transaction:
    """One after the other, of a producer with this id. `close` of an open one leaves it open in the broker, until its
    time is over or another producer of the id takes over."""

    def __init__(self, bootstrap, transactional_id, settings=None):
        self.producer = Producer(bootstrap, {"transactional.id": transactional_id, "retry.backoff.ms": 5, **(settings or {})})
        try:
            check_object(lib.init_transactions(self.producer.rk, TIMEOUT_MS))
        except KafkaError:
            self.producer.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def begin(self):
        check_object(lib.begin_transaction(self.producer.rk))

    def produce(self, topic, partition, records):
        """Returns when the broker has them. An abort before that may come before the transaction has begun there,
        which the broker refuses; and what is left open by `close` is to be in the log."""
        self.producer.metadata(topic)  # a producer that has not seen the topic waits a second for it
        self.producer.produce(topic, partition, records)
        self.producer.flush()

    def send_offsets(self, group, offsets):
        """offsets: {(topic, partition): (offset, metadata)}; they are committed with the records."""
        owner = lib.consumer_group_metadata_new(group.encode())
        entries = [(topic, partition, offset, (metadata or "").encode()) for (topic, partition), (offset, metadata) in offsets.items()]
        try:
            with Partitions(entries) as partitions:
                check_object(lib.send_offsets_to_transaction(self.producer.rk, partitions, owner, TIMEOUT_MS))
        finally:
            lib.consumer_group_metadata_destroy(owner)

    def commit(self):
        """Readers see it a moment later: see Client.settle."""
        check_object(lib.commit_transaction(self.producer.rk, TIMEOUT_MS))

    def abort(self):
        check_object(lib.abort_transaction(self.producer.rk, TIMEOUT_MS))

    def close(self):
        self.producer.close()


class Client:
    """All else, over one connection that is kept."""

    def __init__(self, bootstrap, checksums=True):
        self.bootstrap, self.checksums = bootstrap, checksums
        self.handle = Handle(PRODUCER, {"bootstrap.servers": bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 200})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.handle.close()

    # --- topics ---

    def ask(self, operation, request, destroy, results, stable=False):
        """Runs an operation of the admin interface on one thing; `results` reads the event and checks."""
        rk, text = self.handle.rk, ctypes.create_string_buffer(512)
        options, queue = lib.AdminOptions_new(rk, 0), lib.queue_new(rk)
        event = None
        try:
            check(lib.AdminOptions_set_request_timeout(options, TIMEOUT_MS, text, len(text)))
            if operation not in (lib.ListConsumerGroupOffsets,):
                check(lib.AdminOptions_set_operation_timeout(options, TIMEOUT_MS, text, len(text)))
            if stable:
                check_object(lib.AdminOptions_set_require_stable_offsets(options, 1))
            operation(rk, ctypes.byref(ctypes.c_void_p(request)), 1, options, queue)
            event = lib.queue_poll(queue, 2 * TIMEOUT_MS)
            if not event:
                check(ERR_TIMED_OUT)
            check(lib.event_error(event), lib.event_error_string(event))
            return results(event)
        finally:
            if event:
                lib.event_destroy(event)
            destroy(request)
            lib.queue_destroy(queue)
            lib.AdminOptions_destroy(options)

    @staticmethod
    def topic_results(read):
        def results(event):
            count = ctypes.c_size_t()
            for result in read(event, ctypes.byref(count))[:count.value]:
                check(lib.topic_result_error(result), lib.topic_result_error_string(result))
        return results

    def create_topic(self, name, partitions=1, config=None):
        """Returns when it can be used."""
        text = ctypes.create_string_buffer(512)
        topic = lib.NewTopic_new(name.encode(), partitions, 1, text, len(text))
        if not topic:
            raise ValueError(text.value.decode())
        for key, value in (config or {}).items():
            check(lib.NewTopic_set_config(topic, key.encode(), str(value).encode()))
        self.ask(lib.CreateTopics, topic, lib.NewTopic_destroy, self.topic_results(lib.CreateTopics_result_topics))
        self.wait_for_partitions(name, partitions)

    def create_partitions(self, name, total):
        text = ctypes.create_string_buffer(512)
        partitions = lib.NewPartitions_new(name.encode(), total, text, len(text))
        if not partitions:
            raise ValueError(text.value.decode())
        self.ask(lib.CreatePartitions, partitions, lib.NewPartitions_destroy, self.topic_results(lib.CreatePartitions_result_topics))
        self.wait_for_partitions(name, total)

    def wait_for_partitions(self, name, count):
        """The controller has answered; the broker, which is another part of the same process, learns of it by and by."""
        end = time.monotonic() + TIMEOUT_MS / 1000
        while count != self.usable_partitions(name):
            if time.monotonic() > end:
                raise KafkaError(ERR_TIMED_OUT, "%s has no %d partitions" % (name, count))
            time.sleep(0.005)

    def usable_partitions(self, name):
        """0 where not all are."""
        try:
            return len(self.offsets(self.handle, name, OFFSET_BEGINNING))
        except KafkaError as error:
            if error.code not in (ERR_UNKNOWN_TOPIC_OR_PART, *SETTLING):
                raise
            return 0

    def delete_topic(self, name):
        """The broker goes on deleting for about a second, in which the name cannot be used."""
        topic = lib.DeleteTopic_new(name.encode())
        self.ask(lib.DeleteTopics, topic, lib.DeleteTopic_destroy, self.topic_results(lib.DeleteTopics_result_topics))
        self.wait_for_partitions(name, 0)

    def delete_records(self, topic, partition, before):
        """Those with lower offsets: `begin_offsets` then starts at `before`."""
        def results(event):
            for entry in entries_of(lib.DeleteRecords_result_offsets(event)):
                check(entry.err)
        with Partitions([(topic, partition, before)]) as partitions:
            request = lib.DeleteRecords_new(partitions)
        self.ask(lib.DeleteRecords, request, lib.DeleteRecords_destroy, results)

    def partitions(self, topic):
        """How many there are."""
        return self.handle.metadata(topic)[1][topic]

    # --- records ---

    def produce(self, topic, partition, records, settings=None):
        """Returns when the broker has them."""
        with Producer(self.bootstrap, settings) as producer:
            producer.metadata(topic)
            producer.produce(topic, partition, records)
            producer.flush()

    def offsets(self, handle, topic, which, limit_s=30):
        """A broker that has just begun is asked again."""
        end = time.monotonic() + limit_s
        while True:
            try:
                return self.look_up(handle, topic, which)
            except KafkaError as error:
                if error.code not in SETTLING or time.monotonic() > end:
                    raise
            time.sleep(0.1)

    def look_up(self, handle, topic, which):
        entries = [(topic, partition, which) for partition in range(self.partitions(topic))]
        with Partitions(entries) as partitions:
            check(lib.offsets_for_times(handle.rk, partitions, TIMEOUT_MS))
            found = {}
            for entry in entries_of(partitions):
                check(entry.err)
                found[entry.partition] = entry.offset
            return found

    def consumer(self, isolation):
        return Handle(CONSUMER, {"bootstrap.servers": self.bootstrap, "group.id": "weir-test-reader", "isolation.level": isolation,
                                 "enable.auto.commit": "false", "auto.offset.reset": "error", "enable.partition.eof": "true",
                                 "fetch.wait.max.ms": 10, "check.crcs": str(self.checksums).lower(), "log_level": 0})

    def begin_offsets(self, topic):
        """The first offset that is there, by partition."""
        with self.consumer(READ_COMMITTED) as consumer:
            return self.offsets(consumer, topic, OFFSET_BEGINNING)

    def end_offsets(self, topic, isolation=READ_COMMITTED):
        """Where the next record will be, by partition; with read_committed not behind an open transaction."""
        with self.consumer(isolation) as consumer:
            return self.offsets(consumer, topic, OFFSET_END)

    def settle(self, topic, limit_s=30):
        """Waits until readers see all transactions that have ended; none may be open. The broker answers a commit before
        it has written the commit into the partitions."""
        end = time.monotonic() + limit_s
        while self.end_offsets(topic) != self.end_offsets(topic, READ_UNCOMMITTED):
            if time.monotonic() > end:
                raise KafkaError(ERR_TIMED_OUT, "a transaction over %s is open after %d s" % (topic, limit_s))
            time.sleep(0.005)

    def read(self, topic, isolation=READ_COMMITTED, timeout_s=TIMEOUT_MS / 1000):
        """All records from the beginning to the ends that are there now, by partition and offset."""
        records, limit = [], time.monotonic() + timeout_s
        with self.consumer(isolation) as consumer:
            begins, ends = (self.offsets(consumer, topic, which) for which in (OFFSET_BEGINNING, OFFSET_END))
            open_ones = {partition for partition, end in ends.items() if begins[partition] < end}
            with Partitions([(topic, partition, begins[partition]) for partition in open_ones]) as partitions:
                check(lib.assign(consumer.rk, partitions))
            while open_ones:
                if time.monotonic() > limit:
                    raise KafkaError(ERR_TIMED_OUT, "%s is not read to its end after %d s" % (topic, timeout_s))
                message = lib.consumer_poll(consumer.rk, 100)
                if message:
                    try:
                        self.take(message, ends, open_ones, records)
                    finally:
                        lib.message_destroy(message)
        return sorted(records, key=lambda record: record[:2])

    @staticmethod
    def take(message, ends, open_ones, records):
        data = message.contents
        if data.err not in (0, ERR_PARTITION_EOF):
            check(data.err, copy_bytes(data.payload, data.len))
        end = ends.get(data.partition, 0)
        if data.err == 0 and data.offset < end:
            records.append(take_record(message))
        if data.offset >= (end - 1 if data.err == 0 else end):
            open_ones.discard(data.partition)

    # --- groups ---

    def wait_for_groups(self):
        """A young broker is not ready for offsets of groups. Asked in this way librdkafka waits for that; in the other
        two, by `committed` and in a transaction, it has failed, been stuck for good and crashed."""
        with self.consumer(READ_UNCOMMITTED) as consumer, Partitions([("none", 0, OFFSET_INVALID)]) as partitions:
            check(lib.committed(consumer.rk, partitions, TIMEOUT_MS))

    def delete_group(self, name):
        def results(event):
            count = ctypes.c_size_t()
            for result in lib.DeleteGroups_result_groups(event, ctypes.byref(count))[:count.value]:
                check_object(lib.group_result_error(result), owned=False)
        self.ask(lib.DeleteGroups, lib.DeleteGroup_new(name.encode()), lib.DeleteGroup_destroy, results)

    def committed(self, group, topic, stable=True, patience_s=10):
        """{partition: Committed} of those partitions that have an offset. While a transaction is open that may change
        one, and while the broker is not ready for groups: an error after so long; without `stable`, what was there before it."""
        end = time.monotonic() + patience_s
        while True:
            try:
                return self.committed_now(group, topic, stable)
            except KafkaError as error:
                if error.code not in UNSETTLED or time.monotonic() >= end:
                    raise
                time.sleep(0.005)

    def committed_now(self, group, topic, stable):
        def results(event):
            count, found = ctypes.c_size_t(), {}
            for result in lib.ListConsumerGroupOffsets_result_groups(event, ctypes.byref(count))[:count.value]:
                check_object(lib.group_result_error(result), owned=False)
                for entry in entries_of(lib.group_result_partitions(result)):
                    check(entry.err)
                    if entry.offset != OFFSET_INVALID:
                        found[entry.partition] = Committed(entry.offset, (copy_bytes(entry.metadata, entry.metadata_size) or b"").decode())
            return found
        with Partitions([(topic, partition) for partition in range(self.partitions(topic))]) as partitions:
            request = lib.ListConsumerGroupOffsets_new(group.encode(), partitions)
        return self.ask(lib.ListConsumerGroupOffsets, request, lib.ListConsumerGroupOffsets_destroy, results, stable)
