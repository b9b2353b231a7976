/* What is told of sources that wait, by a clock in seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "executor/run/input_wait.h"

typedef struct Scripted {
    SharedSource base;
    const char *why; /* NULL: it does not wait */
} Scripted;

static bool scripted_waits(SharedSource *base, char why[SOURCE_WAIT_SIZE])
{
    const Scripted *self = (Scripted *)base;
    if (self->why != NULL && why != NULL)
        snprintf(why, SOURCE_WAIT_SIZE, "%s", self->why);
    return self->why != NULL;
}

typedef struct Moment {
    double at;
    const char *a, *b;  /* what the two sources wait for */
    const char *told;   /* NULL: nothing */
    const char *reason; /* likewise */
} Moment;

typedef struct Case {
    const char *name;
    Moment moment[8];
} Case;

#define WAITS(what) "waits for input: " what "; it goes on when that ends"

static const Case cases[] = {
    {"it is told when it has lasted for a second, and when it is over",
     {{0, NULL, NULL, NULL, NULL},
      {5, "A", NULL, NULL, NULL},
      {5.9, "A", NULL, NULL, NULL},
      {6, "A", NULL, WAITS("A"), "A"},
      {7, "A", NULL, NULL, "A"},
      {8.5, NULL, NULL, "goes on after 3.5 s", NULL},
      {9, NULL, NULL, NULL, NULL}}},
    {"a moment is not worth a word",
     {{1, "A", NULL, NULL, NULL},
      {1.9, NULL, NULL, NULL, NULL},
      {2.5, "A", NULL, NULL, NULL},
      {3.4, "A", NULL, NULL, NULL},
      {3.6, NULL, NULL, NULL, NULL}}},
    {"other words of the same wait are no news",
     {{1, "A", NULL, NULL, NULL}, {2, "A", NULL, WAITS("A"), "A"}, {3, "C", NULL, NULL, "A"}}},
    {"a second source is told when the first one waits no more, and the end when none does",
     {{1, "A", NULL, NULL, NULL},
      {2, "A", "B", WAITS("A"), "A"},
      {3, NULL, "B", WAITS("B"), "B"},
      {4, "A", "B", NULL, "B"},
      {5, NULL, NULL, "goes on after 4.0 s", NULL}}},
};

static void check_moment(const char *name, const Moment *m, InputWait *wait)
{
    char told[sizeof wait->notice];
    const char *reason = input_wait_reason(wait);
    if (input_wait_take_notice(wait, told, sizeof told) != (m->told != NULL) ||
        (m->told != NULL && strcmp(told, m->told) != 0))
        fail_msg("%s, at %.1f: it is not told \"%s\"", name, m->at, m->told == NULL ? "" : m->told);
    if ((reason != NULL) != (m->reason != NULL) ||
        (reason != NULL && strcmp(reason, m->reason) != 0))
        fail_msg("%s, at %.1f: the reason is \"%s\"", name, m->at, reason == NULL ? "" : reason);
    assert_false(input_wait_take_notice(wait, told, sizeof told));
}

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SharedSource plain = {0}; /* one that never waits */
        Scripted b = {.base = {.next = &plain, .waits = scripted_waits}};
        Scripted a = {.base = {.next = &b.base, .waits = scripted_waits}};
        InputWait wait = {0};
        for (const Moment *m = cases[i].moment; m->at > 0 || m == cases[i].moment; m++) {
            a.why = m->a;
            b.why = m->b;
            input_wait_look(&wait, &a.base, (Micros)(m->at * MICROS_PER_SECOND), MICROS_PER_SECOND);
            check_moment(cases[i].name, m, &wait);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
