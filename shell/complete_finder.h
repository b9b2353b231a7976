/* Finder: collects what a word can become: names that begin like it, wrapped as the place asks for;
 * and files. */
#ifndef WEIR_SHELL_COMPLETE_FINDER_H
#define WEIR_SHELL_COMPLETE_FINDER_H

#include "shell/complete.h"

typedef enum Wrapping {
    WRAP_PLAIN,   /* as it is */
    WRAP_KEYWORD, /* in the letter case that was typed */
    WRAP_NAME,    /* in back-ticks where it needs them */
    WRAP_QUOTES,  /* in single quotes */
} Wrapping;

/* What is being completed, and what was found so far. */
typedef struct Finder {
    const CompleteSource *source;
    Arena *arena;
    Completion *out;
    Text prefix; /* without an opening quote */
    bool quoted; /* a back-tick was typed */
    Wrapping wrapping;
    Status status; /* of finder_found */
} Finder;

/* A callback: `finder` is one; takes the name if it fits. */
void finder_found(void *finder, Text name);

/* What the source has of the kind; all keywords; the columns of a table; files and folders. */
CHECKED Status finder_add_names(Finder *finder, NameKind kind, Wrapping wrapping);
CHECKED Status finder_add_keywords(Finder *finder);
CHECKED Status finder_add_columns(Finder *finder, Text table);
CHECKED Status finder_add_files(Finder *finder);

/* The end: sorted, each once. */
void finder_sort(Finder *finder);

/* The name between two of the quotes, those in it doubled. */
CHECKED Status finder_wrap(Arena *arena, Text name, char quote, Text *out);

#endif
