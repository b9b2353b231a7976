#include "storage/connector/kafka_library.h"

#include <dlfcn.h>

static const char library_name[] = "librdkafka.so.1";

static Status refuse(const char *why, Diag *diag)
{
    Status status = diag_error(diag, E3007, SPAN_NONE, "the Kafka client library: %s", why);
    diag_hint(diag, "install librdkafka 2.0 or newer; on Debian: apt-get install librdkafka1");
    return status;
}

Status kafka_library_load(KafkaLibrary *out, Diag *diag)
{
    const char *missing = NULL;
    void *handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL)
        return refuse(dlerror(), diag);
#define X(name)                                                                                    \
    *(void **)&out->name = dlsym(handle, "rd_kafka_" #name);                                       \
    if (out->name == NULL)                                                                         \
        missing = "it has no rd_kafka_" #name;
    KAFKA_FUNCTIONS(X)
#undef X
    *(void **)&out->message_leader_epoch = dlsym(handle, "rd_kafka_message_leader_epoch");
    dlclose(handle);
    return missing == NULL ? ST_OK : refuse(missing, diag);
}
