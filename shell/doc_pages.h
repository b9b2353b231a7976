/* The printers of doc.c's page table, by what they are about. Each prints what stands under the
 * heading, from one table. */
#ifndef WEIR_SHELL_DOC_PAGES_H
#define WEIR_SHELL_DOC_PAGES_H

#include "storage/base/strbuf.h"

/* doc_language.c */
void doc_print_statements(StrBuf *out);
void doc_print_functions(StrBuf *out);
void doc_print_aggregates(StrBuf *out);
void doc_print_windows(StrBuf *out);
void doc_print_operators(StrBuf *out);
void doc_print_keywords(StrBuf *out);
void doc_print_types(StrBuf *out);
void doc_print_errors(StrBuf *out);
void doc_print_differences(StrBuf *out);

/* doc_options.c */
void doc_print_connectors(StrBuf *out);
void doc_print_formats(StrBuf *out);
void doc_print_table_options(StrBuf *out);
void doc_print_settings(StrBuf *out);

#endif
