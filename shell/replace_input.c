#include "shell/replace.h"

static Status refuse_gone(const Execution *execution, const Submission *submission,
                          const DbStatement *row)
{
    const Name *first = replacement_first_view(execution, submission);
    Status status = diag_error(
        execution->diag, E4009, first->span,
        "\"%.*s\" of table \"%.*s\", which job %lld has read, is gone: the new \"%.*s\" would lack "
        "its rows",
        TEXT_ARG(db_column_text(row, 1)), TEXT_ARG(db_column_text(row, 0)),
        (long long)submission->replaces, TEXT_ARG(first->text));
    diag_hint(execution->diag,
              "bring it back; or DROP the view and create it again, to do without");
    return status;
}

Status replacement_check_input(const Execution *execution, const Submission *submission,
                               SessionJob *job)
{
    DbStatement *gone;
    bool row;
    TRY(job_report(job->job, execution->diag));
    TRY(db_prepare(execution->session->db,
                   TEXT("SELECT source, split FROM _weir_sources old WHERE job = ?1 AND"
                        " source IN (SELECT source FROM _weir_sources WHERE job = ?2) AND"
                        " split NOT IN (SELECT split FROM _weir_sources"
                        " WHERE job = ?2 AND source = old.source)"),
                   &gone, execution->diag));
    const DbValue jobs[] = {db_value_i64(submission->replaces), db_value_i64(job->id)};
    Status status = db_bind_values(gone, jobs, 2);
    if (status == ST_OK)
        status = db_step(gone, &row, execution->diag);
    while (status == ST_OK && row) {
        if (!replacement_submits(submission, db_column_text(gone, 0))) /* else another path, maybe */
            status = refuse_gone(execution, submission, gone);
        else
            status = db_step(gone, &row, execution->diag);
    }
    db_statement_close(gone);
    return status;
}
