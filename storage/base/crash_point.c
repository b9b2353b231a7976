#include "storage/base/crash_point.h"

#ifdef WEIR_TEST_HOOKS

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const point_name[] = {
#define X(id, name) name,
#include "storage/base/crash_points.def"
#undef X
};

static const char *const defect_name[] = {
#define X(id, name, jobs) name,
#include "storage/base/defects.def"
#undef X
};

/* What the environment asks for; read once. Points are passed under the session's lock. */
static struct {
    bool read;
    int trace; /* -1: none */
    uint32_t point, defect;
    int64_t passings; /* until the process dies */
} asked;

static uint32_t find_name(const char *const *name, uint32_t count, const char *wanted, size_t size)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strncmp(name[i], wanted, size) == 0 && name[i][size] == '\0')
            return i;
    }
    assert(!"the environment names a crash point or defect that is not in the table");
    return count;
}

static void read_environment(void)
{
    const char *at = getenv("WEIR_CRASH_AT"), *trace = getenv("WEIR_CRASH_TRACE"),
               *defect = getenv("WEIR_DEFECT");
    asked.read = true;
    asked.point = CRASH_POINTS;
    asked.defect = DEFECTS;
    asked.trace = -1;
    if (at != NULL && *at != '\0') {
        size_t size = strcspn(at, ":");
        asked.point = find_name(point_name, CRASH_POINTS, at, size);
        asked.passings = at[size] == ':' ? strtoll(at + size + 1, NULL, 10) : 1;
    }
    if (defect != NULL && *defect != '\0')
        asked.defect = find_name(defect_name, DEFECTS, defect, strlen(defect));
    if (trace != NULL && *trace != '\0')
        asked.trace = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

void crash_point_pass(CrashPoint point)
{
    if (!asked.read)
        read_environment();
    if (asked.trace >= 0) {
        const unsigned char number = (unsigned char)point;
        ssize_t written = write(asked.trace, &number, 1);
        assert(written == 1);
        (void)written;
    }
    if (asked.point != point || --asked.passings != 0)
        return;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

bool defect_is_planted(Defect defect)
{
    if (!asked.read)
        read_environment();
    return asked.defect == defect;
}

int64_t test_number(const char *name, int64_t otherwise)
{
    const char *given = getenv(name);
    return given == NULL || *given == '\0' ? otherwise : strtoll(given, NULL, 10);
}

#endif
