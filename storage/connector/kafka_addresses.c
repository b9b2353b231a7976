#include "storage/connector/kafka_addresses.h"

#include <string.h>

#include "storage/connector/kafka_options.h"

enum { PORT_MAX = 65535, PORT_DIGITS = 5 };

/* At the first place where it stands. False: there is none, and both are as they were. */
static bool cut(Text text, const char *separator, Text *front, Text *rest)
{
    uint32_t size = (uint32_t)strlen(separator);
    for (uint32_t i = 0; i + size <= text.size; i++) {
        if (memcmp(text.ptr + i, separator, size) != 0)
            continue;
        *front = (Text){text.ptr, i};
        *rest = (Text){text.ptr + i + size, text.size - i - size};
        return true;
    }
    return false;
}

static bool is_protocol(Text name)
{
    return text_equal_nocase(name, TEXT("plaintext")) || text_equal_nocase(name, TEXT("ssl")) ||
           text_equal_nocase(name, TEXT("sasl_plaintext")) ||
           text_equal_nocase(name, TEXT("sasl_ssl"));
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A name or an address of IPv4; with `colons`, of IPv6, which may name its interface. */
static bool is_host(Text host, bool colons)
{
    for (uint32_t i = 0; i < host.size; i++) {
        char c = host.ptr[i];
        bool legal = is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' ||
                     (colons && (c == ':' || c == '%'));
        if (!legal)
            return false;
    }
    return host.size > 0;
}

static bool is_port(Text port)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < port.size && i <= PORT_DIGITS; i++) {
        if (port.ptr[i] < '0' || port.ptr[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(port.ptr[i] - '0');
    }
    return port.size > 0 && number > 0 && number <= PORT_MAX;
}

/* NULL: it is one; else what is wrong with it. */
static const char *what_is_wrong(Text address)
{
    Text protocol, host = address, port = TEXT_NONE;
    bool bracket, given;
    if (cut(address, "://", &protocol, &host) && !is_protocol(protocol))
        return "Kafka has no such protocol: write host:port alone";
    bracket = host.size > 0 && host.ptr[0] == '[';
    if (bracket) {
        Text inside = {host.ptr + 1, host.size - 1}, rest;
        if (!cut(inside, "]", &host, &rest))
            return "the bracket is not closed";
        given = rest.size > 0;
        if (given && rest.ptr[0] != ':')
            return "behind the bracket there is a port, or nothing";
        port = given ? (Text){rest.ptr + 1, rest.size - 1} : TEXT_NONE;
    } else {
        given = cut(host, ":", &host, &port);
        if (given && memchr(port.ptr, ':', port.size) != NULL)
            return "an IPv6 address stands in brackets: [::1]:9092";
    }
    if (!is_host(host, bracket))
        return "that is not the name of a host";
    if (given && !is_port(port))
        return "the port is a number from 1 to 65535";
    return NULL;
}

Status kafka_addresses_check(const OptionEntry *entry, Diag *diag)
{
    Text rest = entry->value, one;
    bool any = false;
    while (kafka_take_part(&rest, ',', &one)) {
        if (one.size == 0)
            continue; /* to librdkafka and Java it is nothing */
        any = true;
        const char *why = what_is_wrong(one);
        if (why != NULL)
            return diag_error(diag, E2114, entry->value_span,
                              "\"%.*s\" is not the address of a broker: %s", TEXT_ARG(one), why);
    }
    return any ? ST_OK
               : diag_error(diag, E2114, entry->value_span, "option \"%.*s\" is empty",
                            TEXT_ARG(entry->key));
}
