/* Linear probing over entry numbers. Bits that these do not need have some of the key's hash, so
 * that nearly always the only entry that is looked at is the one that is sought. While the index
 * fits well into the first-level cache it is kept sparse, so that nearly every key is found at the
 * first probe; a larger one is filled to two thirds. Of maps that are in no cache near by, the
 * slots and entries of many keys are fetched before the first is looked for (Chen et al.,
 * "Improving Hash Join Performance through Prefetching", ICDE 2004). */
#include "storage/state/keyed_map.h"

#include <stdlib.h>

enum { PAGE_BYTES = 8 << 10, FIRST_ENTRIES = 4, FIRST_GROWTH = 8 };
enum { FIRST_SLOTS = 8, SECOND_SLOTS = FIRST_SLOTS * FIRST_GROWTH, SPARSE_SLOTS = 4096 };
enum { FAR_SLOTS = 32 << 10 }; /* an index of so many is in no cache near by */

void keyed_map_open(KeyedMap *map, const KeyShape *shape, uint32_t value_size, uint64_t seed,
                    Meter *meter)
{
    *map = (KeyedMap){.shape = shape, .meter = meter, .seed = seed, .key_words = shape->words};
    map->value_words = (value_size + 7) / 8;
    map->entry_words = shape->words + map->value_words;
    if (map->entry_words == 0)
        map->entry_words = 1; /* the one group of a global aggregate without state */
    while ((map->entry_words * 8u) << (map->page_shift + 1) <= PAGE_BYTES)
        map->page_shift++;
    pages_init(&map->pages, meter);
    pages_init(&map->nulls, meter);
    heap_init(&map->heap, meter);
}

static void free_index(KeyedMap *map)
{
    mem_free(map->meter, map->slot, map->slots * sizeof *map->slot);
    map->slot = NULL;
    map->slots = 0;
}

void keyed_map_clear(KeyedMap *map)
{
    pages_close(&map->pages);
    pages_close(&map->nulls);
    heap_close(&map->heap);
    free_index(map);
    map->entries = map->removed = map->first_removed = map->gone_pages = map->loose = 0;
}

void keyed_map_close(KeyedMap *map)
{
    keyed_map_clear(map);
}

static uint64_t *entry_for_write(KeyedMap *map, uint32_t entry)
{
    uint32_t in_page = entry & ((1u << map->page_shift) - 1);
    return (uint64_t *)(void *)page_write_at(&map->pages, entry >> map->page_shift,
                                             in_page * map->entry_words * 8, map->entry_words * 8);
}

/* The probe's strings are pointers, the entry's are in the heap. */
static bool strings_equal(const KeyedMap *map, const uint64_t *stored, const uint64_t *probe)
{
    for (uint32_t k = 0; k < map->shape->columns; k++) {
        if (map->shape->phys[k] != PHYS_STR)
            continue;
        Str a, b;
        memcpy(&a, stored + map->shape->word[k], sizeof a);
        memcpy(&b, probe + map->shape->word[k], sizeof b);
        a = heap_load_str(&map->heap, &a);
        if (!str_equal(&a, &b))
            return false;
    }
    return true;
}

/* Keys with strings, which are told by their bytes. */
static bool text_key_equal(const KeyedMap *map, const uint64_t *stored, const uint64_t *probe)
{
    for (uint32_t k = 0; k < map->shape->columns; k++) {
        uint32_t at = map->shape->word[k];
        if (stored[at] != probe[at] ||
            (map->shape->phys[k] == PHYS_I128 && stored[at + 1] != probe[at + 1]))
            return false;
    }
    return strings_equal(map, stored, probe);
}

static inline bool key_equal(const KeyedMap *map, uint32_t entry, const uint64_t *probe,
                             uint64_t nulls)
{
    const uint64_t *stored = keyed_map_key(map, entry);
    if (keyed_map_nulls(map, entry) != nulls)
        return false;
    if (map->shape->strings > 0)
        return text_key_equal(map, stored, probe);
    for (uint32_t i = 0; i < map->key_words; i++) {
        if (stored[i] != probe[i])
            return false;
    }
    return true;
}

static inline uint32_t make_slot(const KeyedMap *map, uint64_t hash, uint32_t entry)
{
    return ((uint32_t)(hash >> 32) & ~map->low) | (entry + 1);
}
static inline uint32_t slot_entry(const KeyedMap *map, uint32_t slot)
{
    return (slot & map->low) - 1;
}
/* Its key may be of that hash. */
static inline bool slot_matches(const KeyedMap *map, uint32_t slot, uint64_t hash)
{
    return ((slot ^ (uint32_t)(hash >> 32)) & ~map->low) == 0;
}

/* From the slot `at` on: that which holds the key, or the empty one where it belongs. */
static inline uint32_t find_slot(const KeyedMap *map, uint32_t at, const uint64_t *probe,
                                 uint64_t nulls, uint64_t hash)
{
    uint32_t mask = map->slots - 1;
    for (uint32_t slot; (slot = map->slot[at]) != 0; at = (at + 1) & mask) {
        if (slot_matches(map, slot, hash) && key_equal(map, slot_entry(map, slot), probe, nulls))
            break;
    }
    return at;
}

/* The same for keys that are one word without a string, where none has a NULL. */
static inline uint32_t find_word(const KeyedMap *map, uint32_t at, uint64_t probe, uint64_t hash)
{
    uint32_t mask = map->slots - 1;
    for (uint32_t slot; (slot = map->slot[at]) != 0; at = (at + 1) & mask) {
        if (slot_matches(map, slot, hash) && *keyed_map_key(map, slot_entry(map, slot)) == probe)
            break;
    }
    return at;
}

static inline uint32_t home_of(const KeyedMap *map, uint64_t hash)
{
    return (uint32_t)hash & (map->slots - 1);
}

static uint64_t entry_hash(const KeyedMap *map, uint32_t entry)
{
    return key_hash(map->shape, keyed_map_key(map, entry), keyed_map_nulls(map, entry), &map->heap,
                    map->seed);
}

/* An entry that no slot has yet. */
static void place_entry(KeyedMap *map, uint32_t entry)
{
    uint64_t hash = entry_hash(map, entry);
    uint32_t mask = map->slots - 1, at = home_of(map, hash);
    while (map->slot[at] != 0)
        at = (at + 1) & mask;
    map->slot[at] = make_slot(map, hash, entry);
}

/* So many entries are too many. */
static bool is_crowded(uint32_t slots, uint64_t entries)
{
    return slots < SPARSE_SLOTS ? entries * 4 > slots : entries * 3 > (uint64_t)slots * 2;
}

/* In place of the one that there is, which the caller frees: without any entry. */
static Status make_index(KeyedMap *map, uint32_t slots)
{
    uint32_t most = map->entries | slots;
    uint32_t *slot = mem_alloc(map->meter, slots * sizeof *slot);
    if (slot == NULL)
        return ST_NOMEM;
    mem_prefer_large_pages(slot, slots * sizeof *slot);
    memset(slot, 0, slots * sizeof *slot); /* pages that are read, then written, fault twice */
    map->slot = slot;
    map->slots = slots;
    map->low = UINT32_MAX >> __builtin_clz(most);
    return ST_OK;
}

/* The index in another size. All entries in their order, if none was removed: so their keys are
 * read one after another. */
static Status resize_index(KeyedMap *map, uint32_t slots)
{
    KeyedMap before = *map;
    TRY(make_index(map, slots));
    for (uint32_t entry = 0; map->removed == 0 && entry < map->entries; entry++)
        place_entry(map, entry);
    for (uint32_t i = 0; map->removed > 0 && i < before.slots; i++) {
        if (before.slot[i] != 0)
            place_entry(map, slot_entry(&before, before.slot[i]));
    }
    free_index(&before);
    return ST_OK;
}

static uint32_t next_size(uint32_t slots)
{
    return slots == 0 ? FIRST_SLOTS : slots < SECOND_SLOTS ? SECOND_SLOTS : slots * 2;
}

static Status grow_index(KeyedMap *map)
{
    return map->slots >= UINT32_C(1) << 31 ? ST_LIMIT : resize_index(map, next_size(map->slots));
}

/* Long strings move into the heap; on failure those already moved go back. */
static Status store_strings(KeyedMap *map, uint64_t *words)
{
    for (uint32_t k = 0; k < map->shape->columns; k++) {
        if (map->shape->phys[k] != PHYS_STR)
            continue;
        Str str, stored;
        memcpy(&str, words + map->shape->word[k], sizeof str);
        Status status = heap_store_str(&map->heap, &str, &stored);
        if (status != ST_OK) {
            for (uint32_t done = 0; done < k; done++) {
                if (map->shape->phys[done] == PHYS_STR) {
                    memcpy(&str, words + map->shape->word[done], sizeof str);
                    heap_free_str(&map->heap, &str);
                }
            }
            return status;
        }
        memcpy(words + map->shape->word[k], &stored, sizeof stored);
    }
    return ST_OK;
}

/* Notes the NULL bits of a new entry; also that it has none where the one before it had some. */
static Status store_nulls(KeyedMap *map, uint32_t entry, uint64_t nulls)
{
    uint32_t page = entry >> map->page_shift;
    if (keyed_map_nulls(map, entry) == nulls)
        return ST_OK;
    TRY(pages_extend(&map->nulls, page + 1));
    if (map->nulls.page[page].bytes == NULL)
        TRY(pages_readd(&map->nulls, page, map->pages.page[page].size / map->entry_words));
    uint32_t offset = (entry & ((1u << map->page_shift) - 1)) * (uint32_t)sizeof nulls;
    memcpy(page_write_at(&map->nulls, page, offset, sizeof nulls), &nulls, sizeof nulls);
    return ST_OK;
}

static uint32_t page_entries(const KeyedMap *map)
{
    return 1u << map->page_shift;
}

static uint32_t page_size(const KeyedMap *map)
{
    return map->entry_words * 8u << map->page_shift;
}

/* Room for new entries where there was some before. */
static Status revive_page(KeyedMap *map)
{
    uint32_t page = 0, count = page_entries(map);
    while (map->pages.page[page].bytes != NULL)
        page++;
    TRY(pages_readd(&map->pages, page, page_size(map)));
    uint64_t *words = (uint64_t *)(void *)page_write(&map->pages, page);
    for (uint32_t i = count; i-- > 0;) {
        words[(size_t)i * map->entry_words] = map->first_removed;
        map->first_removed = (page << map->page_shift) + i + 1;
    }
    map->gone_pages--;
    return ST_OK;
}

/* The first page grows up to the size of all: its NULL bits first, of which there is never less
 * than of entries. */
static Status grow_first_page(KeyedMap *map)
{
    uint32_t size = map->pages.page[0].size * FIRST_GROWTH;
    size = size < page_size(map) ? size : page_size(map);
    if (map->nulls.count > 0 && map->nulls.page[0].bytes != NULL)
        TRY(pages_grow(&map->nulls, 0, size / map->entry_words));
    return pages_grow(&map->pages, 0, size);
}

/* For the next new entry. */
static Status make_room(KeyedMap *map)
{
    uint32_t page = map->entries >> map->page_shift, entry_size = map->entry_words * 8;
    uint32_t first = entry_size * FIRST_ENTRIES;
    if (page == map->pages.count)
        return pages_add(&map->pages, page == 0 && first < page_size(map) ? first : page_size(map),
                         &page);
    if (page > 0 || (map->entries + 1) * entry_size <= map->pages.page[0].size)
        return ST_OK;
    return grow_first_page(map);
}

static Status add_entry(KeyedMap *map, const uint64_t *probe, uint64_t nulls, uint32_t *entry)
{
    if (map->first_removed == 0 && map->gone_pages > 0)
        TRY(revive_page(map));
    bool reuse = map->first_removed != 0;
    *entry = reuse ? map->first_removed - 1 : map->entries;
    if (!reuse)
        TRY(make_room(map));
    TRY(store_nulls(map, *entry, nulls));
    uint64_t *words = entry_for_write(map, *entry);
    uint32_t next_removed = reuse ? (uint32_t)words[0] : 0;
    memcpy(words, probe, map->key_words * sizeof *words);
    if (map->shape->strings > 0) {
        Status status = store_strings(map, words);
        if (status != ST_OK) {
            words[0] = next_removed;
            return status;
        }
    }
    memset(words + map->key_words, 0, map->value_words * sizeof *words);
    if (reuse) {
        map->first_removed = next_removed;
        map->removed--;
    } else {
        map->entries++;
    }
    return ST_OK;
}

/* Number `i` of the keys, which is in the slot `at` or in one behind it. */
static inline Status upsert_at(KeyedMap *map, const KeyBatch *keys, uint32_t i, uint32_t at,
                               bool words, uint32_t *entry, uint8_t *fresh)
{
    const uint64_t *probe = keys->words + (size_t)i * map->key_words;
    uint64_t nulls = keys->nulls == NULL ? 0 : keys->nulls[i], hash = keys->hash[i];
    at = words ? find_word(map, at, *probe, hash) : find_slot(map, at, probe, nulls, hash);
    bool missing = map->slot[at] == 0;
    if (missing) {
        TRY(add_entry(map, probe, nulls, &entry[i]));
        map->slot[at] = make_slot(map, hash, entry[i]);
    } else {
        entry[i] = slot_entry(map, map->slot[at]);
    }
    if (fresh != NULL)
        fresh[i] = missing;
    return ST_OK;
}

/* Keys are taken in groups: the slots of one are fetched, then its entries, and then they are
 * looked up. */
enum { KEY_GROUP = 32 };

/* Keys [from, to). *place: where each is or will be, as far as hashes tell; others of the group may
 * come to stand there. */
static void fetch_group(const KeyedMap *map, const KeyBatch *keys, uint32_t from, uint32_t to,
                        uint32_t place[KEY_GROUP])
{
    uint32_t mask = map->slots - 1;
    for (uint32_t i = from; i < to; i++)
        __builtin_prefetch(&map->slot[home_of(map, keys->hash[i])], 1);
    for (uint32_t i = from; i < to; i++) {
        uint64_t hash = keys->hash[i];
        uint32_t at = home_of(map, hash);
        while (map->slot[at] != 0 && !slot_matches(map, map->slot[at], hash))
            at = (at + 1) & mask;
        place[i - from] = at;
        if (map->slot[at] == 0)
            continue;
        const uint64_t *key = keyed_map_key(map, slot_entry(map, map->slot[at]));
        __builtin_prefetch(key, 1);
        __builtin_prefetch(key + map->entry_words - 1, 1); /* for who changes the value then */
    }
}

static Status upsert_far(KeyedMap *map, const KeyBatch *keys, bool words, uint32_t *entry,
                         uint8_t *fresh)
{
    uint32_t place[KEY_GROUP];
    while (is_crowded(map->slots, (uint64_t)keyed_map_count(map) + keys->count))
        TRY(grow_index(map));
    for (uint32_t from = 0, to; from < keys->count; from = to) {
        to = keys->count - from < KEY_GROUP ? keys->count : from + KEY_GROUP;
        fetch_group(map, keys, from, to, place);
        for (uint32_t i = from; i < to; i++)
            TRY(upsert_at(map, keys, i, place[i - from], words, entry, fresh));
    }
    return ST_OK;
}

Status keyed_map_upsert(KeyedMap *map, const KeyBatch *keys, uint32_t *entry, uint8_t *fresh)
{
    bool words = map->key_words == 1 && keys->nulls == NULL && map->nulls.count == 0;
    if (map->slots >= FAR_SLOTS)
        return upsert_far(map, keys, words, entry, fresh);
    for (uint32_t i = 0; i < keys->count; i++) {
        if (is_crowded(map->slots, (uint64_t)keyed_map_count(map) + 1))
            TRY(grow_index(map));
        TRY(upsert_at(map, keys, i, home_of(map, keys->hash[i]), words, entry, fresh));
    }
    return ST_OK;
}

/* Long strings by their bytes, wherever they stand. */
static void borrow_strings(const KeyedMap *map, uint64_t *words)
{
    for (uint32_t k = 0; k < map->shape->columns; k++) {
        Str str;
        if (map->shape->phys[k] != PHYS_STR)
            continue;
        memcpy(&str, words + map->shape->word[k], sizeof str);
        str = heap_load_str(&map->heap, &str);
        memcpy(words + map->shape->word[k], &str, sizeof str);
    }
}

Status keyed_map_keys(const KeyedMap *map, const uint32_t *entry, uint32_t count, Arena *scratch,
                      KeyBatch *out)
{
    uint32_t width = map->key_words;
    *out = (KeyBatch){.count = count};
    TRY_NEW_ARRAY(out->words, scratch, (size_t)count * width + 1);
    TRY_NEW_ARRAY(out->hash, scratch, count + 1);
    if (map->nulls.count > 0)
        TRY_NEW_ARRAY(out->nulls, scratch, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *words = out->words + (size_t)i * width;
        memcpy(words, keyed_map_key(map, entry[i]), width * sizeof *words);
        if (map->shape->strings > 0)
            borrow_strings(map, words);
        out->hash[i] = entry_hash(map, entry[i]);
        if (out->nulls != NULL)
            out->nulls[i] = keyed_map_nulls(map, entry[i]);
    }
    return ST_OK;
}

int64_t keyed_map_find(const KeyedMap *map, const uint64_t *words, uint64_t nulls, uint64_t hash)
{
    if (map->slots == 0)
        return -1;
    uint32_t slot = map->slot[find_slot(map, home_of(map, hash), words, nulls, hash)];
    return (int64_t)(slot & map->low) - 1;
}

/* Closes the gap in the probe chain (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
 */
static void unlink_slot(KeyedMap *map, uint32_t gap)
{
    uint32_t mask = map->slots - 1, at = gap;
    for (;;) {
        map->slot[gap] = 0;
        for (;;) {
            at = (at + 1) & mask;
            if (map->slot[at] == 0)
                return;
            uint32_t home = home_of(map, entry_hash(map, slot_entry(map, map->slot[at])));
            if (((at - home) & mask) >= ((at - gap) & mask))
                break; /* it may move back into the gap */
        }
        map->slot[gap] = map->slot[at];
        gap = at;
    }
}

void keyed_map_remove(KeyedMap *map, uint32_t entry)
{
    assert(entry < map->entries);
    uint32_t mask = map->slots - 1, at = (uint32_t)entry_hash(map, entry) & mask;
    while (slot_entry(map, map->slot[at]) != entry) {
        assert(map->slot[at] != 0);
        at = (at + 1) & mask;
    }
    unlink_slot(map, at);
    uint64_t *words = entry_for_write(map, entry);
    for (uint32_t k = 0; k < map->shape->columns; k++) {
        if (map->shape->phys[k] == PHYS_STR) {
            Str stored;
            memcpy(&stored, words + map->shape->word[k], sizeof stored);
            heap_free_str(&map->heap, &stored);
        }
    }
    words[0] = map->first_removed;
    map->first_removed = entry + 1;
    map->removed++;
    map->loose++;
}

static size_t removed_size(const KeyedMap *map)
{
    return (bits_words(map->entries) + 1) * sizeof(uint64_t);
}

/* Marks the removed entries whose pages are there; they are chained through their first words. */
static Status find_removed(const KeyedMap *map, uint64_t *removed)
{
    uint32_t left = map->removed - map->gone_pages * page_entries(map);
    for (uint64_t next = map->first_removed; next != 0;
         next = keyed_map_key(map, (uint32_t)next - 1)[0]) {
        if (left-- == 0 || next > map->entries || !keyed_map_has_room(map, (uint32_t)next - 1))
            return ST_STATE;
        bit_set(removed, (uint32_t)next - 1);
    }
    return left == 0 ? ST_OK : ST_STATE;
}

static bool is_full(const KeyedMap *map, uint32_t page)
{
    return page < map->entries >> map->page_shift;
}

static bool is_wholly_removed(const KeyedMap *map, const uint64_t *removed, uint32_t page)
{
    uint32_t from = page << map->page_shift, i = 0;
    while (i < page_entries(map) && bit_get(removed, from + i))
        i++;
    return i == page_entries(map);
}

static void drop_page(KeyedMap *map, uint32_t page)
{
    pages_drop(&map->pages, page);
    if (page < map->nulls.count && map->nulls.page[page].bytes != NULL)
        pages_drop(&map->nulls, page);
    map->gone_pages++;
}

/* The chain leads through the page's removed entries and then on. */
static uint32_t chain_page(KeyedMap *map, const uint64_t *removed, uint32_t page, uint32_t next)
{
    uint32_t from = page << map->page_shift;
    uint32_t to = is_full(map, page) ? from + page_entries(map) : map->entries;
    for (uint32_t entry = to; entry-- > from;) {
        if (!bit_get(removed, entry))
            continue;
        if (keyed_map_key(map, entry)[0] != next)
            entry_for_write(map, entry)[0] = next;
        next = entry + 1;
    }
    return next;
}

/* Pages without any entry go, and the chain leads through those that are left. */
static void drop_removed(KeyedMap *map, const uint64_t *removed)
{
    uint32_t next = 0;
    for (uint32_t page = map->pages.count; page-- > 0;) {
        if (map->pages.page[page].bytes == NULL)
            continue;
        if (is_full(map, page) && is_wholly_removed(map, removed, page))
            drop_page(map, page);
        else
            next = chain_page(map, removed, page, next);
    }
    map->first_removed = next;
}

static void shrink_index(KeyedMap *map)
{
    uint32_t slots = map->slots;
    while (slots > FIRST_SLOTS && (uint64_t)keyed_map_count(map) * 8 < slots)
        slots /= 2;
    if (slots < map->slots)
        IGNORE(resize_index(map, slots));
}

/* The pages are looked through when half as many entries have gone as there is room for. */
void keyed_map_trim(KeyedMap *map)
{
    uint32_t room = (map->pages.count - map->gone_pages) << map->page_shift;
    if (map->loose > 0 && keyed_map_count(map) == 0)
        keyed_map_clear(map);
    if (map->loose < page_entries(map) || map->loose < room / 2)
        return;
    uint64_t *removed = mem_alloc_zeroed(map->meter, removed_size(map));
    if (removed == NULL)
        return;
    Status status = find_removed(map, removed);
    assert(status == ST_OK);
    drop_removed(map, removed);
    mem_free(map->meter, removed, removed_size(map));
    map->loose = 0;
    shrink_index(map);
}

static Status index_entries(KeyedMap *map, const uint64_t *removed)
{
    uint32_t slots = FIRST_SLOTS;
    while (slots < UINT32_C(1) << 31 && is_crowded(slots, keyed_map_count(map)))
        slots = next_size(slots);
    TRY(make_index(map, slots));
    for (uint32_t entry = 0; entry < map->entries; entry++) {
        if (!keyed_map_has_room(map, entry) || bit_get(removed, entry))
            continue;
        place_entry(map, entry);
    }
    return ST_OK;
}

/* And so have its NULL bits. The first page can be small as long as it is the only one. */
static bool has_size(const KeyedMap *map, uint32_t page)
{
    uint32_t size = map->pages.page[page].size, entry_size = map->entry_words * 8;
    bool small = map->pages.count == 1 && size < page_size(map) && size % entry_size == 0 &&
                 (uint64_t)map->entries * entry_size <= size;
    if (size != page_size(map) && !small)
        return false;
    return page >= map->nulls.count || map->nulls.page[page].bytes == NULL ||
           map->nulls.page[page].size >= size / map->entry_words;
}

Status keyed_map_loaded(KeyedMap *map)
{
    uint64_t pages = ((uint64_t)map->entries + (1u << map->page_shift) - 1) >> map->page_shift;
    if (map->pages.count != pages || map->nulls.count > pages || map->removed > map->entries)
        return ST_STATE;
    map->gone_pages = 0;
    for (uint32_t i = 0; i < map->pages.count; i++) {
        bool gone = map->pages.page[i].bytes == NULL;
        if (gone ? !is_full(map, i) : !has_size(map, i))
            return ST_STATE;
        map->gone_pages += gone;
    }
    map->loose = map->removed;
    if ((uint64_t)map->gone_pages << map->page_shift > map->removed)
        return ST_STATE;
    uint64_t *removed = mem_alloc_zeroed(map->meter, removed_size(map));
    if (removed == NULL)
        return ST_NOMEM;
    Status status = find_removed(map, removed);
    if (status == ST_OK)
        status = index_entries(map, removed);
    mem_free(map->meter, removed, removed_size(map));
    return status;
}
