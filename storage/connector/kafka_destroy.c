#include "storage/connector/kafka_destroy.h"

#include "storage/base/mem.h"
#include "storage/connector/kafka_call.h"

static const Micros patience = 2 * MICROS_PER_SECOND; /* until it is left to itself */

typedef struct Ending {
    const KafkaLibrary *lib;
    rd_kafka_t *rk;
} Ending;

static void end_client(void *context)
{
    const Ending *ending = context;
    ending->lib->destroy_flags(ending->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

static void free_ending(void *context)
{
    mem_free(NULL, context, sizeof(Ending));
}

void kafka_destroy(const KafkaLibrary *lib, rd_kafka_t *rk)
{
    Ending *ending = rk == NULL ? NULL : mem_alloc_zeroed(NULL, sizeof *ending);
    if (ending == NULL)
        return;
    *ending = (Ending){lib, rk};
    const KafkaCall call = {end_client, free_ending, ending};
    if (kafka_call(&call, patience, NULL))
        free_ending(ending);
}
