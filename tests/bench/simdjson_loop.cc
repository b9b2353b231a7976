// On-demand parsing of newline-delimited bids with simdjson, the way its documentation shows it.
#include <simdjson.h>

#include "bench_json.h"

using namespace simdjson;

static uint64_t text_sum(std::string_view text)
{
    return text.size() + (text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

extern "C" size_t simdjson_padding(void)
{
    return SIMDJSON_PADDING;
}

extern "C" uint64_t simdjson_loop(const char *bytes, size_t size, int all, uint64_t *sum)
{
    ondemand::parser parser;
    ondemand::document_stream stream;
    uint64_t rows = 0, total = 0;
    if (parser.iterate_many(bytes, size, 1 << 20).get(stream) != SUCCESS)
        return 0;
    for (auto document : stream) {
        uint64_t auction = document["auction"].get_uint64().value_unsafe();
        if (all)
            total += document["bidder"].get_uint64().value_unsafe();
        uint64_t price = document["price"].get_uint64().value_unsafe();
        if (all) {
            total += text_sum(document["channel"].get_string().value_unsafe());
            total += text_sum(document["url"].get_string().value_unsafe());
        }
        total += auction + price + text_sum(document["dateTime"].get_string().value_unsafe());
        if (all)
            total += text_sum(document["extra"].get_string().value_unsafe());
        rows++;
    }
    *sum = total;
    return rows;
}
