"""A cluster that librdkafka plays, in threads of this process, and that fails when it is told to. It knows nothing of what
transactions mean: records of one that was aborted stay to be read, and offsets sent with one are forgotten.

    with Mock() as mock:
        mock.create_topic("orders", 2)
        mock.fail(END_TXN, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_LOAD_IN_PROGRESS)
        ...mock.bootstrap...
"""
import ctypes
from ctypes import c_char_p, c_int, c_int16, c_int32, c_size_t, c_void_p

from rdkafka import PRODUCER, Handle, check

# Requests, by Kafka's numbers.
PRODUCE, LIST_OFFSETS, METADATA, OFFSET_FETCH, FIND_COORDINATOR, INIT_PRODUCER_ID = 0, 2, 3, 9, 10, 22
ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, END_TXN, TXN_OFFSET_COMMIT = 24, 25, 26, 28

# Answers; the first one is none: the connection is closed instead.
DISCONNECT, UNKNOWN = -195, -1
LEADER_NOT_AVAILABLE, NOT_LEADER, REQUEST_TIMED_OUT, REPLICA_NOT_AVAILABLE, MSG_SIZE_TOO_LARGE = 5, 6, 7, 9, 10
FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE = 74, 75, 78
COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR = 14, 15, 16
NOT_ENOUGH_REPLICAS, TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED = 19, 29, 30
OUT_OF_ORDER_SEQUENCE, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS = 45, 47, 48, 51
TRANSACTIONAL_ID_AUTHORIZATION_FAILED, PRODUCER_FENCED = 53, 90

library = ctypes.CDLL("librdkafka.so.1")


def function(name, result, *arguments):
    found = getattr(library, "rd_kafka_mock_" + name)
    found.restype, found.argtypes = result, arguments
    return found


cluster_new = function("cluster_new", c_void_p, c_void_p, c_int)
cluster_destroy = function("cluster_destroy", None, c_void_p)
cluster_bootstraps = function("cluster_bootstraps", c_char_p, c_void_p)
topic_create = function("topic_create", c_int, c_void_p, c_char_p, c_int, c_int)
push_request_errors_array = function("push_request_errors_array", None, c_void_p, c_int16, c_size_t, ctypes.POINTER(c_int))
clear_request_errors = function("clear_request_errors", None, c_void_p, c_int16)
broker_error_stack_cnt = function("broker_error_stack_cnt", c_int, c_void_p, c_int32, c_int16, ctypes.POINTER(c_size_t))
broker_set_down = function("broker_set_down", c_int, c_void_p, c_int32)
broker_set_up = function("broker_set_up", c_int, c_void_p, c_int32)
broker_set_rtt = function("broker_set_rtt", c_int, c_void_p, c_int32, c_int)
BROKER = 1


class Mock:
    """One broker."""

    def __init__(self):
        self.handle = Handle(PRODUCER, {"log_level": 0})
        self.cluster = cluster_new(self.handle.rk, 1)
        self.bootstrap = cluster_bootstraps(self.cluster).decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        cluster_destroy(self.cluster)
        self.handle.close()

    def is_running(self):
        return True

    def create_topic(self, name, partitions=1):
        check(topic_create(self.cluster, name.encode(), partitions, 1))

    def fail(self, request, *answers):
        """The next requests of this kind have these answers, each one of them."""
        push_request_errors_array(self.cluster, request, len(answers), (c_int * len(answers))(*answers))

    def forget(self, request):
        clear_request_errors(self.cluster, request)

    def go(self):
        check(broker_set_down(self.cluster, BROKER))

    def come(self):
        check(broker_set_up(self.cluster, BROKER))

    def answer_after(self, milliseconds):
        check(broker_set_rtt(self.cluster, BROKER, milliseconds))
