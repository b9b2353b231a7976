/* Digests in hexadecimal, through libmd, and the table of hashes and encodings. */
#include <assert.h>
#include <md5.h>
#include <sha1.h>
#include <sha2.h>

#include "executor/function/hash_kernels.h"
#include "executor/function/kernel_text.h"
#include "executor/function/rules.h"

/* --- digests --- */

enum { SHA224_DIGEST_BYTES = 28 };

typedef void DigestBytes(const uint8_t *bytes, size_t size, uint8_t *digest);

typedef struct Digest {
    const char *name; /* of the function */
    uint32_t bits;
    uint32_t size_bytes;
    DigestBytes *run;
} Digest;

static void run_md5(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    MD5_CTX context;
    MD5Init(&context);
    MD5Update(&context, bytes, size);
    MD5Final(digest, &context);
}

static void run_sha1(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    SHA1_CTX context;
    SHA1Init(&context);
    SHA1Update(&context, bytes, size);
    SHA1Final(digest, &context);
}

/* SHA-224 is SHA-256 from another initial state, cut to 28 bytes (FIPS 180-4, 5.3.2 and 6.3); older
 * versions of libmd do not have it. */
static void run_sha224(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    static const uint32_t initial[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                        0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};
    uint8_t whole[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;
    SHA256Init(&context);
    memcpy(context.state.st32, initial, sizeof initial);
    SHA256Update(&context, bytes, size);
    SHA256Final(whole, &context);
    memcpy(digest, whole, SHA224_DIGEST_BYTES);
}

static void run_sha256(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, bytes, size);
    SHA256Final(digest, &context);
}

static void run_sha384(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    SHA2_CTX context;
    SHA384Init(&context);
    SHA384Update(&context, bytes, size);
    SHA384Final(digest, &context);
}

static void run_sha512(const uint8_t *bytes, size_t size, uint8_t *digest)
{
    SHA2_CTX context;
    SHA512Init(&context);
    SHA512Update(&context, bytes, size);
    SHA512Final(digest, &context);
}

static const Digest digests[] = {
    {"MD5", 0, MD5_DIGEST_LENGTH, run_md5},
    {"SHA1", 0, SHA1_DIGEST_LENGTH, run_sha1},
    {"SHA224", 224, SHA224_DIGEST_BYTES, run_sha224},
    {"SHA256", 256, SHA256_DIGEST_LENGTH, run_sha256},
    {"SHA384", 384, SHA384_DIGEST_LENGTH, run_sha384},
    {"SHA512", 512, SHA512_DIGEST_LENGTH, run_sha512},
};
enum { DIGESTS = sizeof digests / sizeof *digests, DIGEST_MAX_BYTES = SHA512_DIGEST_LENGTH };

static const Digest *digest_by_name(const char *name)
{
    for (uint32_t i = 0; i < DIGESTS; i++) {
        if (strcmp(digests[i].name, name) == 0)
            return &digests[i];
    }
    return NULL;
}

/* The one of SHA-2 with that many bits; NULL when there is none. */
static const Digest *digest_by_bits(int64_t bits)
{
    for (uint32_t i = 0; i < DIGESTS; i++) {
        if (bits > 0 && digests[i].bits == bits)
            return &digests[i];
    }
    return NULL;
}

static Status put_digest(KernelCall *call, uint32_t row, const Digest *digest)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[DIGEST_MAX_BYTES];
    char hex[2 * DIGEST_MAX_BYTES];
    Text text = arg_text(call, 0, row);
    digest->run((const uint8_t *)text.ptr, text.size, bytes);
    for (uint32_t i = 0; i < digest->size_bytes; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    return kernel_put_str(call, row, hex, 2 * digest->size_bytes);
}

static Status hash_digest(KernelCall *call)
{
    const Digest *digest = call->data;
    assert(digest != NULL);
    for (EACH_ROW(call, i, row))
        TRY(put_digest(call, row, digest));
    return ST_OK;
}

static Status hash_sha2(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        const Digest *digest = digest_by_bits(arg_i64(call, 1, row));
        if (digest != NULL)
            TRY(put_digest(call, row, digest));
        else
            kernel_fail(call, row, E5007, "SHA2 has no digest of %lld bits",
                        (long long)arg_i64(call, 1, row));
    }
    return ST_OK;
}

static Status digest_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    const Digest *digest = digest_by_name(call->def->name);
    assert(digest != NULL);
    call->data = digest;
    call->result.precision = 2 * digest->size_bytes;
    return ST_OK;
}

static Status sha2_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    int64_t bits;
    if (!constant_i64(call, 1, &bits))
        return ST_OK;
    call->data = digest_by_bits(bits);
    if (call->data == NULL)
        return diag_error(diag, E2107, SPAN_NONE,
                          "SHA2 has no digest of %lld bits; it has 224, 256, 384 and 512",
                          (long long)bits);
    call->kernel = hash_digest;
    return ST_OK;
}

/* --- result types --- */

static Type rule_hex(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_CHAR, 1); /* the length is the prepare's */
}

static Type rule_sha2(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_VARCHAR, 2 * DIGEST_MAX_BYTES);
}

static Type rule_bytes(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_VARBINARY, LENGTH_MAX);
}

/* --- the table --- */

const ScalarDef hash_functions[] = {
    {"MD5", "S", rule_hex, hash_digest, 0, digest_prepare, "MD5(text)",
     "The MD5 digest in hexadecimal."},
    {"MD5", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA1", "S", rule_hex, hash_digest, 0, digest_prepare, "SHA1(text)",
     "The SHA-1 digest in hexadecimal."},
    {"SHA1", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA224", "S", rule_hex, hash_digest, 0, digest_prepare, "SHA224(text)",
     "The SHA-224 digest in hexadecimal."},
    {"SHA224", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA256", "S", rule_hex, hash_digest, 0, digest_prepare, "SHA256(text)",
     "The SHA-256 digest in hexadecimal."},
    {"SHA256", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA384", "S", rule_hex, hash_digest, 0, digest_prepare, "SHA384(text)",
     "The SHA-384 digest in hexadecimal."},
    {"SHA384", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA512", "S", rule_hex, hash_digest, 0, digest_prepare, "SHA512(text)",
     "The SHA-512 digest in hexadecimal."},
    {"SHA512", "X", rule_hex, hash_digest, 0, digest_prepare, NULL, NULL},
    {"SHA2", "SI", rule_sha2, hash_sha2, FN_FALLIBLE, sha2_prepare, "SHA2(text, bits)",
     "The SHA-2 digest of 224, 256, 384 or 512 bits in hexadecimal."},
    {"SHA2", "XI", rule_sha2, hash_sha2, FN_FALLIBLE, sha2_prepare, NULL, NULL},

    {"TO_BASE64", "S", rule_string, encoding_to_base64, FN_FALLIBLE, NULL, "TO_BASE64(text)",
     "The bytes in Base64."},
    {"TO_BASE64", "X", rule_string, encoding_to_base64, FN_FALLIBLE, NULL, NULL, NULL},
    {"FROM_BASE64", "S", rule_string, encoding_from_base64, FN_FALLIBLE, NULL, "FROM_BASE64(text)",
     "The text that is Base64 of; bytes that are no UTF-8 become U+FFFD."},
    {"FROM_BASE64", "X", rule_string, encoding_from_base64, FN_FALLIBLE, NULL, NULL, NULL},
    {"UNHEX", "S", rule_bytes, encoding_unhex, FN_MAY_NULL, NULL, "UNHEX(text)",
     "The bytes that the hexadecimal digits stand for; NULL for other characters. Of an odd number "
     "the "
     "first one counts as a byte of zero."},
    {"ENCODE", "SS", rule_bytes, encoding_encode, FN_FALLIBLE, encoding_charset_prepare,
     "ENCODE(text, charset)",
     "The text in 'US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE' or 'UTF-16'; ? for "
     "what that "
     "lacks."},
    {"DECODE", "XS", rule_string, encoding_decode, FN_FALLIBLE, encoding_charset_prepare,
     "DECODE(bytes, charset)",
     "The text that the bytes are in a character set; the opposite of ENCODE."},
    {.name = NULL},
};
