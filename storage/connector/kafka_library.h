/* librdkafka, loaded when the first table of Kafka is used: jobs that read files pay nothing for
 * it, and a machine without it runs them. What is called here must be in 2.0.2, but for what is
 * said to be newer. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_LIBRARY_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_LIBRARY_H

#include <librdkafka/rdkafka.h>

#include "storage/base/diag.h"

/* The functions by their names behind "rd_kafka_". */
#define KAFKA_FUNCTIONS(X)                                                                         \
    X(conf_new)                                                                                    \
    X(conf_destroy)                                                                                \
    X(conf_dup)                                                                                    \
    X(conf_set)                                                                                    \
    X(conf_set_dr_msg_cb)                                                                          \
    X(conf_set_error_cb)                                                                           \
    X(conf_set_offset_commit_cb)                                                                   \
    X(conf_set_log_cb)                                                                             \
    X(conf_set_opaque)                                                                             \
    X(conf_dump)                                                                                   \
    X(conf_dump_free)                                                                              \
    X(new)                                                                                         \
    X(destroy)                                                                                     \
    X(destroy_flags)                                                                               \
    X(err2str)                                                                                     \
    X(err2name)                                                                                    \
    X(last_error)                                                                                  \
    X(fatal_error)                                                                                 \
    X(poll)                                                                                        \
    X(outq_len)                                                                                    \
    X(flush)                                                                                       \
    X(purge)                                                                                       \
    X(metadata)                                                                                    \
    X(metadata_destroy)                                                                            \
    X(topic_new)                                                                                   \
    X(topic_destroy)                                                                               \
    X(topic_name)                                                                                  \
    X(topic_partition_list_new)                                                                    \
    X(topic_partition_list_destroy)                                                                \
    X(topic_partition_list_find)                                                                   \
    X(topic_partition_list_copy)                                                                   \
    X(topic_partition_list_add)                                                                    \
    X(offsets_for_times)                                                                           \
    X(committed)                                                                                   \
    X(commit)                                                                                      \
    X(incremental_assign)                                                                          \
    X(incremental_unassign)                                                                        \
    X(poll_set_consumer)                                                                           \
    X(consumer_poll)                                                                               \
    X(consume_batch_queue)                                                                         \
    X(queue_get_partition)                                                                         \
    X(queue_forward)                                                                               \
    X(queue_cb_event_enable)                                                                       \
    X(queue_length)                                                                                \
    X(queue_destroy)                                                                               \
    X(message_destroy)                                                                             \
    X(message_timestamp)                                                                           \
    X(message_headers)                                                                             \
    X(header_get_all)                                                                              \
    X(headers_new)                                                                                 \
    X(header_add)                                                                                  \
    X(headers_destroy)                                                                             \
    X(produce_batch)                                                                               \
    X(produceva)                                                                                   \
    X(init_transactions)                                                                           \
    X(begin_transaction)                                                                           \
    X(send_offsets_to_transaction)                                                                 \
    X(commit_transaction)                                                                          \
    X(abort_transaction)                                                                           \
    X(consumer_group_metadata_new)                                                                 \
    X(consumer_group_metadata_destroy)                                                             \
    X(AdminOptions_new)                                                                            \
    X(AdminOptions_set_request_timeout)                                                            \
    X(AdminOptions_set_broker)                                                                     \
    X(AdminOptions_destroy)                                                                        \
    X(ConfigResource_new)                                                                          \
    X(ConfigResource_name)                                                                         \
    X(ConfigResource_error)                                                                        \
    X(ConfigResource_configs)                                                                      \
    X(ConfigResource_destroy_array)                                                                \
    X(ConfigEntry_name)                                                                            \
    X(ConfigEntry_value)                                                                           \
    X(DescribeConfigs)                                                                             \
    X(DescribeConfigs_result_resources)                                                            \
    X(event_DescribeConfigs_result)                                                                \
    X(event_error)                                                                                 \
    X(event_destroy)                                                                               \
    X(queue_new)                                                                                   \
    X(queue_poll)                                                                                  \
    X(mem_malloc)                                                                                  \
    X(error_code)                                                                                  \
    X(error_string)                                                                                \
    X(error_is_fatal)                                                                              \
    X(error_is_retriable)                                                                          \
    X(error_txn_requires_abort)                                                                    \
    X(error_destroy)

typedef struct KafkaLibrary {
#define X(name) __typeof__(&rd_kafka_##name) name;
    KAFKA_FUNCTIONS(X)
#undef X
    /* From 2.1 on; NULL: it is older. */
    int32_t (*message_leader_epoch)(const rd_kafka_message_t *message);
} KafkaLibrary;

/* The library stays loaded for as long as the process is there. E3007: there is none, or not the
 * one it should be. */
CHECKED Status kafka_library_load(KafkaLibrary *out, Diag *diag);

#endif
