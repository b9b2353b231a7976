#include "storage/connector/kafka_library.h"

#include <dlfcn.h>
#include <pthread.h>

static const char library_name[] = "librdkafka.so.1";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static KafkaLibrary library;
static char failure[256]; /* empty: it is loaded */

static void load(void)
{
    void *handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define X(name)                                                                                    \
    *(void **)&library.name = dlsym(handle, "rd_kafka_" #name);                                    \
    if (library.name == NULL)                                                                      \
        snprintf(failure, sizeof failure, "%s has no rd_kafka_" #name, library_name);
    KAFKA_FUNCTIONS(X)
#undef X
}

Status kafka_library(const KafkaLibrary **out, Diag *diag)
{
    pthread_once(&once, load);
    *out = &library;
    if (failure[0] == '\0')
        return ST_OK;
    Status status = diag_error(diag, E3007, SPAN_NONE, "the Kafka client library: %s", failure);
    diag_hint(diag, "install librdkafka 2.0 or newer; on Debian: apt-get install librdkafka1");
    return status;
}
