/* ObjectName: what a statement makes is called, and whether it can be called so in a database in
 * which SQLite, too, looks names up. */
#ifndef WEIR_SHELL_OBJECT_NAME_H
#define WEIR_SHELL_OBJECT_NAME_H

#include "shell/session_private.h"

typedef struct ObjectName {
    const Name *name;
    const NameList *qualified;
    bool or_replace, if_not_exists;
    ObjectKind kind;
} ObjectName;

/* Of a CREATE TABLE, VIEW, MATERIALIZED VIEW or MATERIALIZED TABLE. */
ObjectName object_name(const Statement *statement);
/* E2130 */
CHECKED Status object_name_check_reserved(const Execution *execution, const ObjectName *object);
/* Of a name that the catalog does not hold: E2102 and E2129 when it cannot be used all the same.
 * *declared: the submission makes it already, and IF NOT EXISTS minds that. */
CHECKED Status object_name_check_free(const Execution *execution, const Submission *submission,
                                      const ObjectName *object, bool *declared);

#endif
