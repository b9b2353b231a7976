/* Writes lines of a file into a topic as fast as it can, so many (1) to each of the partitions in
 * turn: an idempotent producer without transactions. Or, given a rate, so many small records a
 * second into partition 0, each with the time at which it was given to the client.
 *
 *   kafka_produce SERVERS TOPIC PARTITIONS FILE [LINES]
 *   kafka_produce SERVERS TOPIC pace PER_SECOND SECONDS */
#include "kafka_tool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const settings[] = {"enable.idempotence",
                                       "true",
                                       "linger.ms",
                                       "5",
                                       "compression.codec",
                                       "lz4",
                                       "queue.buffering.max.messages",
                                       "1000000",
                                       "queue.buffering.max.kbytes",
                                       "262144",
                                       NULL};

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *context)
{
    (void)client;
    (void)context;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        tool_fail("delivery", rd_kafka_err2str(message->err));
}

/* All of them, waiting where the client's queue is full. */
static void give(rd_kafka_t *client, rd_kafka_topic_t *topic, rd_kafka_message_t *message,
                 int count)
{
    rd_kafka_produce_batch(topic, RD_KAFKA_PARTITION_UA,
                           RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION, message, count);
    for (int i = 0; i < count; i++) {
        while (message[i].err == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(client, 10);
            message[i].err = RD_KAFKA_RESP_ERR_NO_ERROR;
            if (rd_kafka_produce(topic, message[i].partition, RD_KAFKA_MSG_F_COPY,
                                 message[i].payload, message[i].len, NULL, 0, NULL) != 0)
                message[i].err = rd_kafka_last_error();
        }
        if (message[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
            tool_fail("produce", rd_kafka_err2str(message[i].err));
    }
    rd_kafka_poll(client, 0);
}

static void write_file(rd_kafka_t *client, rd_kafka_topic_t *topic, int partitions,
                       const char *path, int lines)
{
    static rd_kafka_message_t message[TOOL_BATCH];
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0)
        tool_fail(path, "cannot be read");
    char *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    const char *end = at + about.st_size;
    for (int turn = 0; at < end;) {
        int count = 0;
        memset(message, 0, sizeof message);
        while (count < TOOL_BATCH && at < end) {
            char *newline = memchr(at, '\n', (size_t)(end - at));
            if (newline == NULL)
                tool_fail(path, "ends without a line feed");
            message[count].payload = at;
            message[count].partition = turn++ / lines % partitions;
            message[count++].len = (size_t)(newline - at);
            at = newline + 1;
        }
        give(client, topic, message, count);
    }
    close(fd);
}

static void pace(rd_kafka_t *client, rd_kafka_topic_t *topic, int64_t per_second, int64_t seconds)
{
    static rd_kafka_message_t message[TOOL_BATCH];
    static char text[TOOL_BATCH][160];
    int64_t begun = tool_micros(), sent = 0, all = per_second * seconds;
    while (sent < all) {
        int64_t now = tool_micros(), due = (now - begun) * per_second / 1000000;
        int count = 0;
        memset(message, 0, sizeof message);
        for (; sent < due && sent < all && count < TOOL_BATCH; sent++, count++) {
            int size =
                snprintf(text[count], sizeof text[count],
                         "{\"i\":%" PRId64 ",\"sent\":%" PRId64 ",\"k\":%d,\"extra\":\"%064d\"}",
                         sent + 1, tool_micros(), (int)(sent % 100), 0);
            message[count].payload = text[count];
            message[count].len = (size_t)size;
        }
        if (count > 0)
            give(client, topic, message, count);
        else
            nanosleep(&(struct timespec){.tv_nsec = 200 * 1000}, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    rd_kafka_t *client = tool_client(RD_KAFKA_PRODUCER, argv[1], settings, delivered);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, argv[2], NULL);
    if (strcmp(argv[3], "pace") == 0)
        pace(client, topic, atoll(argv[4]), argc > 5 ? atoll(argv[5]) : 10);
    else
        write_file(client, topic, atoi(argv[3]), argv[4], argc > 5 ? atoi(argv[5]) : 1);
    if (rd_kafka_flush(client, 6 * TOOL_WAIT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        tool_fail("flush", "not all were delivered");
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return 0;
}
