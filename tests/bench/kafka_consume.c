/* Reads a topic from its beginning to the end that it has now, in batches, and does nothing with
 * the messages: the least that reading them costs.
 *
 *   kafka_consume SERVERS TOPIC PARTITIONS      writes how many messages and bytes there were */
#include "kafka_tool.h"

enum { MOST_PARTITIONS = 1000 };

static const char *const settings[] = {"group.id",
                                       "bench",
                                       "enable.auto.commit",
                                       "false",
                                       "enable.auto.offset.store",
                                       "false",
                                       "auto.offset.reset",
                                       "error",
                                       "enable.partition.eof",
                                       "true",
                                       "check.crcs",
                                       "true",
                                       "isolation.level",
                                       "read_committed",
                                       "fetch.error.backoff.ms",
                                       "5",
                                       NULL};

int main(int argc, char **argv)
{
    static rd_kafka_message_t *message[TOOL_BATCH];
    static int64_t end[MOST_PARTITIONS];
    if (argc != 4)
        return 2;
    int partitions = atoi(argv[3]), open = 0;
    if (partitions < 1 || partitions > MOST_PARTITIONS)
        return 2;
    rd_kafka_t *client = tool_client(RD_KAFKA_CONSUMER, argv[1], settings, NULL);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
    rd_kafka_topic_partition_list_t *list =
        tool_partitions(argv[2], partitions, RD_KAFKA_OFFSET_END);
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(client, list, TOOL_WAIT_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        tool_fail("offsets", rd_kafka_err2str(error));
    for (int i = 0; i < partitions; i++) {
        end[i] = list->elems[i].offset;
        open += end[i] > 0;
        list->elems[i].offset = 0;
    }
    rd_kafka_assign(client, list);
    uint64_t messages = 0, bytes = 0;
    while (open > 0) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, 100, message, TOOL_BATCH);
        for (ssize_t i = 0; i < got; i++) {
            const rd_kafka_message_t *m = message[i];
            if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                messages++;
                bytes += m->len;
                open -= m->offset == end[m->partition] - 1;
            } else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                tool_fail("message", rd_kafka_message_errstr(m));
            }
            rd_kafka_message_destroy(message[i]);
        }
    }
    printf("%" PRIu64 " %" PRIu64 "\n", messages, bytes);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return 0;
}
