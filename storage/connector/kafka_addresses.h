/* Where brokers listen, as 'properties.bootstrap.servers' says it: [protocol://]host[:port], with
 * commas between several, an IPv6 address in brackets. librdkafka reads half of an address that is
 * none, and tries to reach that. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_ADDRESSES_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_ADDRESSES_H

#include "storage/data/options.h"

/* E2114: one of them is no address, or there is none. */
CHECKED Status kafka_addresses_check(const OptionEntry *entry, Diag *diag);

#endif
