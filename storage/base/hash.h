/* Hashing for tables in memory and in the database: XXH3 (Collet), seeded per database so that
 * crafted keys cannot be prepared, and stored with it so that a restart computes the same. */
#ifndef WEIR_STORAGE_BASE_HASH_H
#define WEIR_STORAGE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);

/* For a key of one machine word: two multiplications (the finaliser of MurmurHash3, Appleby). */
static inline uint64_t hash_u64(uint64_t value, uint64_t seed)
{
    uint64_t h = value ^ seed;
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h;
}

#endif
