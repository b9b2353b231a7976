/* Doc: the reference pages that the tables of the program know: `weir doc PAGE` prints one, and
 * `weir doc --all DIR` writes all of them. One row of the page table is one page. Nothing here says
 * anything of its own: a sentence that is missing belongs into the table that the page is made of.
 */
#ifndef WEIR_SHELL_DOC_H
#define WEIR_SHELL_DOC_H

#include "storage/base/diag.h"

typedef struct DocPage {
    const char *name;  /* of `weir doc NAME`, and of the file NAME.md */
    const char *title; /* heading of the page */
    const char *about; /* what stands under the heading */
    void (*print)(StrBuf *out);
} DocPage;

uint32_t doc_page_count(void);
const DocPage *doc_page_get(uint32_t index);

void doc_print_page(const DocPage *page, StrBuf *out);
/* The page of that name; without a name the list of pages. E0003 with a suggestion. */
CHECKED Status doc_print(Text name, StrBuf *out, Diag *diag);
/* Writes every page as DIR/NAME.md, and the list as DIR/index.md; makes DIR, not its parents. */
CHECKED Status doc_write_all(Text directory, Diag *diag);

#endif
