/* A view that is built anew is built from the start of its sources: what the old job has read of
 * them has to be there once more. What it has read is known by its rows of _weir_sources. */
#include "shell/replace.h"

static Status refuse(const Execution *execution, const Submission *submission, Text table,
                     const Split *before, const char *why)
{
    const Name *first = replacement_first_view(execution, submission);
    Status status = diag_error(
        execution->diag, E4009, first->span,
        "\"%.*s\" of table \"%.*s\", which job %lld has read, %s: the new \"%.*s\" would lack its "
        "rows",
        TEXT_ARG(before->name), TEXT_ARG(table), (long long)submission->replaces, why,
        TEXT_ARG(first->text));
    diag_hint(execution->diag, "bring it back as it was; or DROP the view and create it again, to "
                               "do without");
    return status;
}

static Status check_row(const Execution *execution, const Submission *submission, const Job *job,
                        const DbStatement *row)
{
    char why[SPLIT_WHY_SIZE];
    Text table = db_column_text(row, 0);
    const Split before = {
        .name = db_column_text(row, 1),
        .device = (uint64_t)db_column_i64(row, 3),
        .inode = (uint64_t)db_column_i64(row, 4),
        .born = (uint64_t)db_column_i64(row, 5),
        .head = {(uint32_t)db_column_i64(row, 6), (uint64_t)db_column_i64(row, 7)},
    };
    if (replacement_submits(submission, table)) /* another path, maybe */
        return ST_OK;
    TRY(job_compare_input(job, table, &before, (uint64_t)db_column_i64(row, 2), why,
                          execution->diag));
    return why[0] == '\0' ? ST_OK : refuse(execution, submission, table, &before, why);
}

Status replacement_check_input(const Execution *execution, const Submission *submission,
                               const SessionJob *job)
{
    DbStatement *old;
    bool row;
    TRY(db_prepare(execution->session->db,
                   TEXT("SELECT source, split, position, device, inode, born, head_size, head_hash"
                        " FROM _weir_sources WHERE job = ?1 ORDER BY operator, file"),
                   &old, execution->diag));
    const DbValue id = db_value_i64(submission->replaces);
    Status status = db_bind_values(old, &id, 1);
    if (status == ST_OK)
        status = db_step(old, &row, execution->diag);
    while (status == ST_OK && row) {
        status = check_row(execution, submission, job->job, old);
        if (status == ST_OK)
            status = db_step(old, &row, execution->diag);
    }
    db_statement_close(old);
    return status;
}
