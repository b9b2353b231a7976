/* Completion: what the word before the cursor can become. The context comes from the words around
 * it: after FROM a table, after `t.` a column of t, in the string of a WITH list an option, and so
 * on. Names come from the session, so completion knows what the binder knows. It never changes
 * anything and never fails loudly: without an answer there are no candidates. */
#ifndef WEIR_SHELL_COMPLETE_H
#define WEIR_SHELL_COMPLETE_H

#include "shell/session.h"
#include "storage/base/arena.h"
#include "storage/base/vec.h"

/* Where names come from: the session, or a test. */
typedef struct CompleteSource {
    void (*names)(void *context, NameKind kind, void (*found)(void *found_context, Text name),
                  void *found_context);
    /* The columns of one table or view. */
    void (*columns)(void *context, Text table, void (*found)(void *found_context, Text name),
                    void *found_context);
    void *context;
} CompleteSource;

typedef struct Completion {
    uint32_t start; /* of the word, in the text before the cursor */
    VEC(Text) item; /* what it can become, sorted, each once; in the arena */
    bool is_path;   /* no space follows */
    bool in_string; /* a closing quote may follow */
} Completion;

/* `before` and `after`: the statement typed so far, split at the cursor. */
CHECKED Status complete_statement(const CompleteSource *source, Text before, Text after,
                                  Arena *arena, Completion *out);

/* The longest beginning that all candidates share, letter case minded. */
Text completion_common(const Completion *completion);

/* Names from a session. */
CompleteSource complete_session_source(Session *session);

#endif
