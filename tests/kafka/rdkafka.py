"""librdkafka through ctypes: the declarations that client.py needs, and errors as exceptions."""
import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int32, c_int64, c_size_t, c_ssize_t, c_void_p

PRODUCER, CONSUMER = 0, 1
CONF_OK = 0
OFFSET_BEGINNING, OFFSET_END, OFFSET_INVALID = -2, -1, -1001
ERR_TIMED_OUT, ERR_PARTITION_EOF, ERR_QUEUE_FULL, ERR_UNSTABLE_OFFSET_COMMIT = -185, -191, -184, 88
ERR_COORDINATOR_LOAD_IN_PROGRESS, ERR_COORDINATOR_NOT_AVAILABLE, ERR_NOT_COORDINATOR = 14, 15, 16
ERR_UNKNOWN_TOPIC_OR_PART, ERR_LEADER_NOT_AVAILABLE, ERR_NOT_LEADER, ERR_UNKNOWN_LEADER_EPOCH = 3, 5, 6, 75
VTYPE_TOPIC, VTYPE_PARTITION, VTYPE_VALUE, VTYPE_KEY, VTYPE_MSGFLAGS, VTYPE_TIMESTAMP, VTYPE_HEADERS = 1, 3, 4, 5, 7, 8, 10
MSG_F_COPY = 2


class TopicPartition(ctypes.Structure):
    _fields_ = [("topic", c_char_p), ("partition", c_int32), ("offset", c_int64), ("metadata", c_void_p),
                ("metadata_size", c_size_t), ("opaque", c_void_p), ("err", c_int), ("private", c_void_p)]


class TopicPartitionList(ctypes.Structure):
    _fields_ = [("cnt", c_int), ("size", c_int), ("elems", POINTER(TopicPartition))]


class Message(ctypes.Structure):
    _fields_ = [("err", c_int), ("rkt", c_void_p), ("partition", c_int32), ("payload", c_void_p), ("len", c_size_t),
                ("key", c_void_p), ("key_len", c_size_t), ("offset", c_int64), ("private", c_void_p)]


class MetadataBroker(ctypes.Structure):
    _fields_ = [("id", c_int32), ("host", c_char_p), ("port", c_int)]


class MetadataTopic(ctypes.Structure):
    _fields_ = [("topic", c_char_p), ("partition_cnt", c_int), ("partitions", c_void_p), ("err", c_int)]


class Metadata(ctypes.Structure):
    _fields_ = [("broker_cnt", c_int), ("brokers", POINTER(MetadataBroker)), ("topic_cnt", c_int),
                ("topics", POINTER(MetadataTopic)), ("orig_broker_id", c_int32), ("orig_broker_name", c_char_p)]


class Memory(ctypes.Structure):
    _fields_ = [("ptr", c_char_p), ("size", c_size_t)]


class Value(ctypes.Union):
    _fields_ = [("cstr", c_char_p), ("i", c_int), ("i32", c_int32), ("i64", c_int64), ("mem", Memory),
                ("headers", c_void_p), ("pad", ctypes.c_char * 64)]


class Argument(ctypes.Structure):
    """Of rd_kafka_produceva."""
    _fields_ = [("vtype", c_int), ("u", Value)]


DELIVERY_REPORT = ctypes.CFUNCTYPE(None, c_void_p, POINTER(Message), c_void_p)
PARTITIONS, MESSAGE, METADATA = POINTER(TopicPartitionList), POINTER(Message), POINTER(Metadata)

# Result first, then arguments. rd_kafka_ is before each name.
DECLARATIONS = {
    "version_str": (c_char_p,),
    "err2str": (c_char_p, c_int),
    "err2name": (c_char_p, c_int),
    "error_code": (c_int, c_void_p),
    "error_string": (c_char_p, c_void_p),
    "error_is_fatal": (c_int, c_void_p),
    "error_is_retriable": (c_int, c_void_p),
    "error_txn_requires_abort": (c_int, c_void_p),
    "error_destroy": (None, c_void_p),

    "conf_new": (c_void_p,),
    "conf_set": (c_int, c_void_p, c_char_p, c_char_p, c_char_p, c_size_t),
    "conf_destroy": (None, c_void_p),
    "conf_set_dr_msg_cb": (None, c_void_p, DELIVERY_REPORT),
    "new": (c_void_p, c_int, c_void_p, c_char_p, c_size_t),
    "destroy": (None, c_void_p),
    "poll": (c_int, c_void_p, c_int),

    "topic_new": (c_void_p, c_void_p, c_char_p, c_void_p),
    "topic_name": (c_char_p, c_void_p),
    "topic_destroy": (None, c_void_p),
    "metadata": (c_int, c_void_p, c_int, c_void_p, POINTER(METADATA), c_int),
    "metadata_destroy": (None, METADATA),
    "topic_partition_list_new": (PARTITIONS, c_int),
    "topic_partition_list_add": (POINTER(TopicPartition), PARTITIONS, c_char_p, c_int32),
    "topic_partition_list_destroy": (None, PARTITIONS),
    "offsets_for_times": (c_int, c_void_p, PARTITIONS, c_int),
    "committed": (c_int, c_void_p, PARTITIONS, c_int),

    "produceva": (c_void_p, c_void_p, POINTER(Argument), c_size_t),
    "flush": (c_int, c_void_p, c_int),
    "fatal_error": (c_int, c_void_p, c_char_p, c_size_t),
    "headers_new": (c_void_p, c_size_t),
    "headers_destroy": (None, c_void_p),
    "header_add": (c_int, c_void_p, c_char_p, c_ssize_t, c_char_p, c_ssize_t),
    "message_headers": (c_int, MESSAGE, POINTER(c_void_p)),
    "header_get_all": (c_int, c_void_p, c_size_t, POINTER(c_char_p), POINTER(c_void_p), POINTER(c_size_t)),
    "message_timestamp": (c_int64, MESSAGE, POINTER(c_int)),

    "init_transactions": (c_void_p, c_void_p, c_int),
    "begin_transaction": (c_void_p, c_void_p),
    "send_offsets_to_transaction": (c_void_p, c_void_p, PARTITIONS, c_void_p, c_int),
    "commit_transaction": (c_void_p, c_void_p, c_int),
    "abort_transaction": (c_void_p, c_void_p, c_int),
    "consumer_group_metadata_new": (c_void_p, c_char_p),
    "consumer_group_metadata_destroy": (None, c_void_p),

    "assign": (c_int, c_void_p, PARTITIONS),
    "consumer_poll": (MESSAGE, c_void_p, c_int),
    "message_destroy": (None, MESSAGE),

    "queue_new": (c_void_p, c_void_p),
    "queue_destroy": (None, c_void_p),
    "queue_poll": (c_void_p, c_void_p, c_int),
    "event_destroy": (None, c_void_p),
    "event_error": (c_int, c_void_p),
    "event_error_string": (c_char_p, c_void_p),
    "AdminOptions_new": (c_void_p, c_void_p, c_int),
    "AdminOptions_destroy": (None, c_void_p),
    "AdminOptions_set_request_timeout": (c_int, c_void_p, c_int, c_char_p, c_size_t),
    "AdminOptions_set_operation_timeout": (c_int, c_void_p, c_int, c_char_p, c_size_t),
    "AdminOptions_set_require_stable_offsets": (c_void_p, c_void_p, c_int),
    "NewTopic_new": (c_void_p, c_char_p, c_int, c_int, c_char_p, c_size_t),
    "NewTopic_set_config": (c_int, c_void_p, c_char_p, c_char_p),
    "NewTopic_destroy": (None, c_void_p),
    "NewPartitions_new": (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t),
    "NewPartitions_destroy": (None, c_void_p),
    "DeleteTopic_new": (c_void_p, c_char_p),
    "DeleteTopic_destroy": (None, c_void_p),
    "DeleteGroup_new": (c_void_p, c_char_p),
    "DeleteGroup_destroy": (None, c_void_p),
    "DeleteGroups_result_groups": (POINTER(c_void_p), c_void_p, POINTER(c_size_t)),
    "DeleteRecords_new": (c_void_p, PARTITIONS),
    "DeleteRecords_destroy": (None, c_void_p),
    "ListConsumerGroupOffsets_new": (c_void_p, c_char_p, PARTITIONS),
    "ListConsumerGroupOffsets_destroy": (None, c_void_p),
    "topic_result_error": (c_int, c_void_p),
    "topic_result_error_string": (c_char_p, c_void_p),
    "DeleteRecords_result_offsets": (PARTITIONS, c_void_p),
    "ListConsumerGroupOffsets_result_groups": (POINTER(c_void_p), c_void_p, POINTER(c_size_t)),
    "group_result_error": (c_void_p, c_void_p),
    "group_result_partitions": (PARTITIONS, c_void_p),
}
for _name in ("CreateTopics", "CreatePartitions", "DeleteTopics", "DeleteRecords", "DeleteGroups", "ListConsumerGroupOffsets"):
    DECLARATIONS[_name] = (None, c_void_p, POINTER(c_void_p), c_size_t, c_void_p, c_void_p)
for _name in ("CreateTopics", "CreatePartitions", "DeleteTopics"):
    DECLARATIONS[_name + "_result_topics"] = (POINTER(c_void_p), c_void_p, POINTER(c_size_t))


class Library:
    """rd_kafka_NAME is library.NAME."""

    def __init__(self):
        library = ctypes.CDLL("librdkafka.so.1")
        for name, (result, *arguments) in DECLARATIONS.items():
            function = getattr(library, "rd_kafka_" + name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)


lib = Library()


class KafkaError(Exception):
    """What librdkafka or the broker says. `name` is as in RD_KAFKA_RESP_ERR_<name>."""

    def __init__(self, code, text, fatal=False, retriable=False, requires_abort=False):
        self.code, self.name = code, lib.err2name(code).decode()
        self.fatal, self.retriable, self.requires_abort = fatal, retriable, requires_abort
        super().__init__("%s: %s" % (self.name, text))


def check(code, text=None):
    """Of a function that returns an error's code."""
    if code != 0:
        raise KafkaError(code, (text or lib.err2str(code)).decode())


def check_object(error, owned=True):
    """Of a function that returns an rd_kafka_error_t, or NULL. owned: by whoever asked."""
    if error:
        made = KafkaError(lib.error_code(error), lib.error_string(error).decode(), bool(lib.error_is_fatal(error)),
                          bool(lib.error_is_retriable(error)), bool(lib.error_txn_requires_abort(error)))
        if owned:
            lib.error_destroy(error)
        raise made


def check_fatal(rk):
    """Of a producer that can do nothing more; calls and delivery reports only tell what followed from that."""
    text = ctypes.create_string_buffer(512)
    code = lib.fatal_error(rk, text, len(text))
    if code != 0:
        raise KafkaError(code, text.value.decode(), fatal=True)


def copy_bytes(pointer, size):
    """NULL is None; no bytes are b""."""
    return None if pointer is None else ctypes.string_at(pointer, size)


class Partitions:
    """A topic partition list, from (topic, partition) or (topic, partition, offset) or with metadata as well."""

    def __init__(self, entries):
        self.list = lib.topic_partition_list_new(len(entries))
        self.kept = []
        for topic, partition, *more in entries:
            added = lib.topic_partition_list_add(self.list, topic.encode(), partition).contents
            if more:
                added.offset = more[0]
            if len(more) > 1:
                self.set_metadata(added, more[1])

    def set_metadata(self, entry, metadata):
        """The memory is Python's: it is taken back before the list frees what it thinks its own."""
        buffer = ctypes.create_string_buffer(metadata, len(metadata))
        self.kept.append((entry, buffer))
        entry.metadata, entry.metadata_size = ctypes.addressof(buffer), len(metadata)

    def __enter__(self):
        return self.list

    def __exit__(self, *_):
        for entry, _buffer in self.kept:
            entry.metadata, entry.metadata_size = None, 0
        lib.topic_partition_list_destroy(self.list)


def entries_of(partitions):
    return partitions.contents.elems[:partitions.contents.cnt]


class Handle:
    """A producer or a consumer."""

    def __init__(self, kind, settings, delivery_report=None):
        text = ctypes.create_string_buffer(512)
        conf = lib.conf_new()
        for name, value in settings.items():
            if lib.conf_set(conf, name.encode(), str(value).encode(), text, len(text)) != CONF_OK:
                lib.conf_destroy(conf)
                raise ValueError(text.value.decode())
        self.delivery_report = DELIVERY_REPORT(delivery_report) if delivery_report else None
        if self.delivery_report:
            lib.conf_set_dr_msg_cb(conf, self.delivery_report)
        self.rk = lib.new(kind, conf, text, len(text))
        if not self.rk:
            lib.conf_destroy(conf)
            raise ValueError(text.value.decode())

    def close(self):
        if self.rk:
            lib.destroy(self.rk)
            self.rk = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def metadata(self, topic=None, timeout_ms=10000):
        """(ids of the brokers, {topic: number of partitions}) of one topic; with none, of no topic."""
        found = METADATA()
        rkt = lib.topic_new(self.rk, topic.encode(), None) if topic else None
        try:
            check(lib.metadata(self.rk, 0, rkt, ctypes.byref(found), timeout_ms))
        finally:
            if rkt:
                lib.topic_destroy(rkt)
        try:
            data = found.contents
            topics = {}
            for entry in data.topics[:data.topic_cnt] if topic else ():
                check(entry.err)
                topics[entry.topic.decode()] = entry.partition_cnt
            return [broker.id for broker in data.brokers[:data.broker_cnt]], topics
        finally:
            lib.metadata_destroy(found)
