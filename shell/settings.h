/* Settings: the keys of SET and RESET, one row each, and their values in a session. */
#ifndef WEIR_SHELL_SETTINGS_H
#define WEIR_SHELL_SETTINGS_H

#include "planner/planner.h"
#include "storage/base/map.h"
#include "storage/data/options.h"

typedef struct Settings {
    Arena arena;
    OptionEntry *entry; /* what was set, in order */
    uint32_t count, capacity;
} Settings;

extern const OptionScope settings_scope;

void settings_open(Settings *settings);
void settings_close(Settings *settings);
/* `to` is opened by it, also when it fails. */
CHECKED Status settings_copy(const Settings *from, Settings *to);
/* E2112, E2114. `var.` keys are the user's own and may be anything. */
CHECKED Status settings_set(Settings *settings, const OptionEntry *pair, Diag *diag);
void settings_reset(Settings *settings, Text key); /* an empty key: all */
/* What the planner is to know of them. */
QuerySettings settings_of_queries(const Settings *settings);
OptionList settings_list(const Settings *settings);
/* The SET statements that belong to a job's identity: those that can change results. */
void settings_print_results(const Settings *settings, StrBuf *out);

#endif
