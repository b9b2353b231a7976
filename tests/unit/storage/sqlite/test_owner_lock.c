#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/owner_lock.h"
#include "tests/support/db_bench.h"

static void one_holds_it_and_the_others_learn_who(void **state)
{
    Fixture *fixture = *state;
    OwnerLock first, second;
    int pid = 0;
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_NOBODY);
    assert_int_equal(owner_lock_take(&first, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(owner_lock_pid(fixture->path), getpid());
    assert_int_equal(owner_lock_take(&second, fixture->path, 0644, &pid), OWNER_LOCK_TAKEN);
    assert_int_equal(pid, getpid());
    assert_int_equal(second.fd, -1);
    owner_lock_release(&second, fixture->path); /* not held: nothing happens */
    assert_int_equal(owner_lock_pid(fixture->path), getpid());
    owner_lock_release(&first, fixture->path);
    assert_string_equal(fixture_files(fixture), "");
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_NOBODY);
    assert_int_equal(owner_lock_take(&second, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    owner_lock_release(&second, fixture->path);
}

/* Guests keep an owner out and each other in; the last one removes the file. */
static void guests_share_it(void **state)
{
    Fixture *fixture = *state;
    OwnerLock first, second, owner;
    int pid = 0;
    assert_int_equal(owner_lock_share(&first, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(owner_lock_share(&second, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_NOBODY);
    assert_int_equal(owner_lock_take(&owner, fixture->path, 0644, &pid), OWNER_LOCK_TAKEN);
    assert_int_equal(pid, getpid());
    owner_lock_release(&first, fixture->path);
    assert_string_equal(fixture_files(fixture), "app.db");
    assert_int_equal(owner_lock_take(&owner, fixture->path, 0644, &pid), OWNER_LOCK_TAKEN);
    owner_lock_release(&second, fixture->path);
    assert_string_equal(fixture_files(fixture), "");
    assert_int_equal(owner_lock_take(&owner, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(owner_lock_share(&first, fixture->path, 0644, &pid), OWNER_LOCK_TAKEN);
    assert_int_equal(pid, getpid());
    owner_lock_release(&owner, fixture->path);
}

/* What a killed owner leaves behind is a file with an old pid, and no lock. */
static void an_old_file_is_no_lock(void **state)
{
    Fixture *fixture = *state;
    OwnerLock lock;
    int pid;
    fixture_write_file(fixture->path, "123456789012", 12);
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_NOBODY);
    assert_int_equal(owner_lock_take(&lock, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(owner_lock_pid(fixture->path), getpid());
    owner_lock_release(&lock, fixture->path);
}

static void a_file_without_a_pid_is_somebody(void **state)
{
    Fixture *fixture = *state;
    OwnerLock lock;
    int pid;
    assert_int_equal(owner_lock_take(&lock, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    assert_int_equal(truncate(fixture->path, 0), 0);
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_UNKNOWN);
    fixture_write_file(fixture->path, "x", 1);
    assert_int_equal(owner_lock_pid(fixture->path), OWNER_UNKNOWN);
    owner_lock_release(&lock, fixture->path);
}

static void a_child_does_not_keep_it(void **state)
{
    Fixture *fixture = *state;
    OwnerLock lock;
    int pid;
    assert_int_equal(owner_lock_take(&lock, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    FILE *child = popen("sleep 1", "r"); /* a program that lives longer than the owner */
    assert_non_null(child);
    owner_lock_release(&lock, fixture->path);
    assert_int_equal(owner_lock_take(&lock, fixture->path, 0644, &pid), OWNER_LOCK_HELD);
    owner_lock_release(&lock, fixture->path);
    pclose(child);
}

static void what_the_system_refuses_is_an_error(void **state)
{
    Fixture *fixture = *state;
    OwnerLock lock;
    int pid;
    char path[160];
    snprintf(path, sizeof path, "%s/no/lock", fixture->folder);
    assert_int_equal(owner_lock_take(&lock, path, 0644, &pid), OWNER_LOCK_ERROR);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(symlink("/etc/passwd", fixture->path), 0); /* a trap in a shared folder */
    assert_int_equal(owner_lock_take(&lock, fixture->path, 0644, &pid), OWNER_LOCK_ERROR);
    assert_int_equal(errno, ELOOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
        TEST(one_holds_it_and_the_others_learn_who), TEST(an_old_file_is_no_lock),
        TEST(a_file_without_a_pid_is_somebody),      TEST(a_child_does_not_keep_it),
        TEST(what_the_system_refuses_is_an_error),   TEST(guests_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
