/* UnionAll: rows of all inputs as they come. The runtime holds each row's watermark down to what
 * the other inputs allow. */
#include "executor/op/ops.h"

static Status union_all_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    return op_emit(op, in);
}

const OpClass union_all_class = {.size = sizeof(Op), .push = union_all_push};
