/* Status: what kind of thing went wrong. The where and why travel in a Diag (diag.h).
 *
 * Three families never mix: a bug is an assert; a statement error is a Status other than ST_OK with
 * a filled Diag; a bad record is counted and kept by the reject path and is no Status at all. */
#ifndef WEIR_STORAGE_BASE_STATUS_H
#define WEIR_STORAGE_BASE_STATUS_H

typedef enum Status {
    ST_OK,
    ST_SYNTAX,    /* the statement cannot be parsed                       exit code 1 */
    ST_SEMANTIC,  /* it parses but means nothing, or is not supported     exit code 1 */
    ST_DATA,      /* data that the 'on-error' policy does not tolerate    exit code 1, or 5 */
    ST_USAGE,     /* wrong command line                                   exit code 2 */
    ST_IO,        /* a source or a sink is out of reach                   exit code 3 */
    ST_STATE,     /* the database file or the state in it                 exit code 4 */
    ST_LIMIT,     /* a limit of limits.h or of a meter was reached        exit code 1 */
    ST_NOMEM,     /* an allocation failed; needs no Diag (E0001)          exit code 4 */
    ST_CANCELLED, /* somebody asked to stop                               exit code 130 */
} Status;

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_arg)                                                       \
    __attribute__((format(printf, format_index, first_arg)))

/* Plain propagation. Where something must be released first, use `goto done` instead. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        Status try_status_ = (call);                                                               \
        if (try_status_ != ST_OK)                                                                  \
            return try_status_;                                                                    \
    } while (0)

/* For a call whose failure changes nothing any more, such as tidying up after a first error. */
#define IGNORE(call)                                                                               \
    do {                                                                                           \
        Status ignored_status_ = (call);                                                           \
        (void)ignored_status_;                                                                     \
    } while (0)

#endif
