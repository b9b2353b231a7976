#!/usr/bin/env python3
"""Kills Weir again and again and looks at what is left: see README.md."""

import argparse
import collections
import concurrent.futures
import contextlib
import fnmatch
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

import dump
import input_files
import jobs as job_files
import outside
import runs
from runs import Failed, Kill, Place, make_seeded_database

MOST_RUNS = 8  # of a trial; the last one is left alone
KILLS_FOR_ALL_POINTS = 200  # of all jobs: so many must find each point,
DEFECT_LIMIT_S = 20
MOST_MORE_KILLS = 100       # or a few more


def limits(rng):
    """Small ones, so that a short job takes checkpoints and copies its WAL."""
    chosen = {"WEIR_CHECKPOINT_US": rng.choice(("", "0", "2000", "20000")),
              "WEIR_CHECKPOINT_BYTES": rng.choice(("", "2000", "50000")),
              "WEIR_WAL_PAGES": rng.choice(("", "20", "300"))}
    return {name: value for name, value in chosen.items() if value}


class Look:
    """What a reader sees between two runs, compared with what it saw before and what is to come."""

    def __init__(self, job):
        self.job, self.read = job, 0

    def check(self, place, thorough, ended=False, killed=True):
        path = place.database
        if self.read == 0 and dump.is_unborn(path):
            return
        try:
            connection = dump.connect(path)
        except sqlite3.OperationalError as error:
            raise Failed("the database cannot be opened to read: %s" % error) from error
        try:
            if not dump.has_table(connection, "_weir_counts"):
                if self.read:
                    raise Failed("the database has lost its tables")
                return
            self.check_counts(connection)
            if self.job.expected is not None and self.job.replaces is not None:
                self.check_replaced(connection)
            elif self.job.expected is not None:
                self.check_logs(connection)
            self.refuse(outside.check(place.directory, connection, self.job.expected, ended))
        finally:
            connection.close()
        if thorough:
            self.refuse(dump.integrity(path))
            self.refuse(outside.integrity(place.directory))
        if ended:
            self.refuse(outside.left_over(place.directory, killed))

    @staticmethod
    def refuse(wrong):
        if wrong is not None:
            raise Failed(wrong)

    def check_counts(self, connection):
        read = 0
        for row in connection.execute("SELECT view, source, read, used, filtered, late, rejected, skipped FROM _weir_counts"):
            if row[2] != sum(row[3:]):
                raise Failed("the counts do not add up: %s" % (row,))
            read += row[2]
        if read < self.read:
            raise Failed("what was committed is gone: %d records read, there were %d" % (read, self.read))
        kept = connection.execute("SELECT count(*) FROM _weir_checkpoints").fetchone()[0]
        self.read = read if kept and not self.job.starts_over and not self.job.before_sql else 0

    def check_replaced(self, connection):
        found = visible(connection)
        wanted = {name: self.job.expected.get(name) for name in self.job.replaces}
        if found not in (self.job.replaces, wanted):
            raise Failed("neither what was there before nor what is to be:\n%s" % dump.difference(wanted, found))

    def check_logs(self, connection):
        for name, query in dump.logs(connection).items():
            rows, wanted = connection.execute(query).fetchall(), self.job.expected.get(name)
            if wanted is None or rows != wanted[:len(rows)]:
                at = next((i for i, row in enumerate(rows) if wanted is None or i >= len(wanted) or row != wanted[i]), 0)
                raise Failed("%s is not the beginning of what it is to be: row %d of %d\n  - %s\n  + %s"
                             % (name, at, len(rows), wanted[at:at + 1] if wanted else None, rows[at]))


def visible(connection):
    """All tables of the user."""
    found = {name: connection.execute(query).fetchall() for name, query in dump.logs(connection).items() if "$" not in name}
    return dict(found, **dump.tables(connection))


def everything(place):
    """All that a job has left, inside and outside."""
    found = dump.dump(place.database, place.job.kind == "bounded")
    found.update((name, dump.comparable(rows) if " " in name else rows) for name, rows in outside.read(place.directory).items())
    return found


class Trial:
    """A job that is killed some times and then left alone."""

    def __init__(self, harness, job, number):
        self.harness, self.job, self.number = harness, job, number
        self.environment = dict(limits(self.draw("limits")), **harness.defect_environment)
        self.rng, self.given = self.draw("kills"), list(harness.options.runs)
        self.history = []

    def draw(self, what):
        """Of its own for each matter, so that a trial whose kills are given has all else as before."""
        return random.Random("%s/%s/%d/%s" % (self.harness.options.seed, self.job.name, self.number, what))

    def choose(self, resumed):
        job, options = self.job, self.harness.options
        points = dict(job.resumed_points if resumed else job.fresh_points)
        if options.point:
            points = {name: count for name, count in points.items() if name == options.point}
        if points and (options.point or self.rng.random() < 0.6):
            name = self.harness.rarest(points, self.rng)
            return Kill(point=name, passing=1 + int(points[name] * self.rng.random() ** 2))
        if options.point and (resumed or options.point in job.fresh_points):
            return Kill()
        after_s = self.rng.random() * job.seconds * (0.7 if resumed else 1.0)
        return Kill(after_s=after_s, clean=self.rng.random() < 0.1)

    def next_kill(self, most):
        if self.harness.options.runs:
            return self.given.pop(0) if self.given else Kill()
        return self.choose(bool(self.history)) if len(self.history) < most else Kill()

    def run(self):
        """None, or what went wrong."""
        looks, feed = self.draw("looks"), self.draw("feed")
        place = Place(self.harness.weir, os.path.join(self.harness.directory, "%s-%d" % (self.job.name, self.number)),
                      self.job, self.harness.inputs, self.environment)
        look = Look(self.job)
        most = self.rng.randrange(1, MOST_RUNS)
        try:
            done = False
            while not done:
                kill = self.next_kill(most)
                self.history.append(kill)
                done = place.run(kill, feed)
                if not done:
                    self.harness.count(kill)
                if not done and looks.random() < 0.6:
                    look.check(place, looks.random() < 0.2)
            look.check(place, True, ended=True)
            wrong = dump.difference(self.job.expected, everything(place))
        except Failed as failed:
            wrong = str(failed)
        if wrong is None or not self.harness.options.keep:
            place.remove()
        return wrong

    def story(self):
        settings = " ".join("%s=%s" % item for item in sorted(self.environment.items()))
        lines = ["job %s, trial %d, seed %s; environment: %s" % (self.job.name, self.number, self.harness.options.seed, settings)]
        lines += ["  run %d: %s" % (i + 1, kill) for i, kill in enumerate(self.history)]
        return "\n".join(lines)

    def again(self):
        kills = ",".join(str(kill) for kill in self.history if not kill.is_none())
        return "--seed %s --rows %d --job %s --trial %d --keep%s" % (
            self.harness.options.seed, self.harness.options.rows, self.job.name, self.number, kills and " --runs " + kills)


class Harness:
    def __init__(self, options):
        self.options, self.weir = options, options.weir
        self.directory = tempfile.mkdtemp(prefix="weir-crash-", dir=options.directory)
        self.inputs = os.path.join(self.directory, "input")
        self.jobs = self.tried = [job for job in job_files.load(options.job) if not (job.starts_over and options.random_only)]
        self.lock = threading.Lock()
        self.hits, self.passed_by = collections.Counter(), collections.Counter()  # of each point: kills, jobs
        self.kills = self.stops = self.trials = 0
        self.defect_environment = {}
        input_files.make(self.inputs, options.input_seed, options.rows)
        make_seeded_database(self.weir, self.inputs)

    def close(self):
        if not self.options.keep:
            shutil.rmtree(self.directory)

    def count(self, kill):
        with self.lock:
            self.kills += not kill.clean
            self.stops += kill.clean
            if kill.point is not None:
                self.hits[kill.point] += 1

    def rarest(self, points, rng):
        """One of those at which the fewest kills have been; of these, that the fewest jobs pass."""
        with self.lock:
            rank = {name: (self.hits[name], self.passed_by[name]) for name in points}
            return rng.choice(sorted(name for name in points if rank[name] == min(rank.values())))

    # --- what is to be expected ---

    def trace(self, place, kill, rng, job, points):
        """Runs it; adds how often it passed each point."""
        path = os.path.join(place.directory, "trace")
        done = place.run(kill, rng, path)
        if os.path.exists(path):
            with open(path, "rb") as file:
                for number, count in collections.Counter(file.read()).items():
                    name = self.point_names[number]
                    points[name] = max(points.get(name, 0), count)
            os.remove(path)
        return done

    def survey_job(self, job):
        """Twice left alone: the same both times, or a comparison says nothing. Then once killed and gone on."""
        rng = random.Random("survey/%s" % job.name)
        for i in range(2):
            environment = {} if i == 0 else {"WEIR_CHECKPOINT_US": "0", "WEIR_WAL_PAGES": "50", "WEIR_CHECKPOINT_BYTES": "5000"}
            place = Place(self.weir, os.path.join(self.directory, "%s-survey-%d" % (job.name, i)), job, self.inputs, environment)
            if job.before_sql:
                with contextlib.closing(dump.connect(place.database)) as connection:
                    job.replaces = visible(connection)
            start = time.monotonic()
            self.trace(place, Kill(), rng, job, job.fresh_points)
            job.seconds = time.monotonic() - start
            Look(job).check(place, True, ended=True, killed=False)
            found = everything(place)
            if i > 0 and dump.difference(job.expected, found):
                raise Failed("two runs left alone differ:\n" + dump.difference(job.expected, found))
            job.expected = found
            place.remove()
        place = Place(self.weir, os.path.join(self.directory, job.name + "-survey-2"), job, self.inputs, environment)
        epochs = job.fresh_points.get("epoch.after", 0)
        middle = Kill(point="epoch.after", passing=1 + epochs // 2) if epochs else Kill(after_s=job.seconds * 0.5)
        if not self.trace(place, middle, rng, job, {}):
            self.trace(place, Kill(), rng, job, job.resumed_points)
        place.remove()

    def survey(self):
        self.point_names = job_files.names_of("crash_points.def")
        with concurrent.futures.ThreadPoolExecutor(self.options.workers) as pool:
            surveyed = [(job, pool.submit(self.survey_job, job)) for job in self.jobs]
        for job, result in surveyed:
            if result.exception() is not None:
                raise SystemExit("the survey of job %s: %s" % (job.name, result.exception()))
            self.passed_by.update(set(job.fresh_points) | set(job.resumed_points))
            if self.options.verbose:
                print("%-14s%.2f s, %d rows, %d epochs, %d checkpoints; gone on after a kill: %d epochs replayed, %d checkpoints" % (
                    job.name, job.seconds, sum(map(len, job.expected.values())), job.fresh_points.get("epoch.before", 0),
                    job.fresh_points.get("finish.after", 0), job.resumed_points.get("replay.after", 0),
                    job.resumed_points.get("finish.after", 0)))
        if not any(job.fresh_points for job in self.jobs) and not self.options.random_only:
            raise SystemExit("%s has no crash points: build it with WEIR_TEST_HOOKS, or say --random-only" % self.weir)
        if self.options.point and not any(self.options.point in dict(j.fresh_points, **j.resumed_points) for j in self.jobs):
            raise SystemExit("no job passes the point %s" % self.options.point)

    # --- trials ---

    def next_trial(self, kills, stop):
        with self.lock:
            jobs = self.tried if self.kills < kills else self.jobs_that_pass(self.points_left())
            if stop() or not jobs or self.kills >= kills + MOST_MORE_KILLS:
                return None
            if self.options.trial is not None:
                if self.trials > 0:
                    return None
                self.trials = 1
                return Trial(self, self.tried[0], self.options.trial)
            self.trials += 1
            return Trial(self, jobs[self.trials % len(jobs)], self.trials)

    def points_left(self):
        """Of all jobs and so many kills each point that is passed has one; a few more may be needed."""
        options = self.options
        whole = options.kills >= KILLS_FOR_ALL_POINTS and not (options.job or options.point or options.random_only)
        return set(self.passed_by) - set(self.hits) if whole and not self.defect_environment else set()

    def jobs_that_pass(self, points):
        return [job for job in self.jobs if points & (set(job.fresh_points) | set(job.resumed_points))]

    def work(self, kills, failures):
        while True:
            trial = self.next_trial(kills, lambda: bool(failures))
            if trial is None:
                return
            try:
                wrong = trial.run()
            except Exception as error:  # of the harness itself, or a file that cannot be read
                wrong = "%s: %s" % (type(error).__name__, error)
            if wrong is not None:
                failures.append((trial, wrong))

    def run_trials(self, kills):
        """Until so many kills or the first failure; the failures, of which each worker may have one. The kills of an
        earlier defect do not count: the point that shows this one must not be passed over for having had many."""
        self.kills = self.stops = self.trials = 0
        self.hits.clear()
        failures = []
        workers = [threading.Thread(target=self.work, args=(kills, failures)) for _ in range(self.options.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return failures


def report_kills(harness):
    failures = harness.run_trials(harness.options.kills)
    for trial, wrong in failures:
        print("\n%s\n%s" % (trial.story(), wrong))
        print("again: tests/crash/crash.py --weir %s %s" % (harness.weir, trial.again()))
    points = {row[0] for row in job_files.rows_of("crash_points.def") if not job_files.is_kafkas(row)}
    print("seed %s: %d kills and %d clean stops in %d trials of %d jobs; %d kills at %d of %d points; %s"
          % (harness.options.seed, harness.kills, harness.stops, harness.trials, len(harness.jobs),
             sum(harness.hits.values()), len(points & set(harness.hits)), len(points),
             "%d FAILED" % len(failures) if failures else "all ended as if left alone"))
    return not failures and report_points(harness, points)


def report_points(harness, points):
    """False: a point that must have had a kill has had none."""
    options, known = harness.options, set(harness.passed_by)
    unknown = set() if options.job or options.random_only else points - known
    for what, names in (("never passed", unknown), ("never killed at", known - set(harness.hits))):
        if names and (options.verbose or not options.point and options.kills >= KILLS_FOR_ALL_POINTS):
            print("%s: %s" % (what, ", ".join(sorted(names))))
    return not unknown and not harness.points_left()


def report_defects(harness, names):
    """Each must be caught within so many kills. A defect can leave a job waiting for what never comes: that is not
    waited for as long as it is for a job that is merely slow."""
    missed = []
    runs.LIMIT_S = DEFECT_LIMIT_S
    seen_in = dict(job_files.rows_of("defects.def"))
    for name in names:
        harness.tried = [job for job in harness.jobs if fnmatch.fnmatchcase(job.name, seen_in[name])] or harness.jobs
        harness.defect_environment = {"WEIR_DEFECT": name}
        failures = harness.run_trials(harness.options.defect_kills)
        if failures:
            trial, wrong = failures[0]
            print("%-20s caught after %2d kills, job %s: %s"
                  % (name, harness.kills, trial.job.name, wrong.strip().replace("\n", " ")[:150]))
        else:
            missed.append(name)
            print("%-20s NOT CAUGHT in %d kills" % (name, harness.kills))
    print("seed %s: %d of %d planted defects caught" % (harness.options.seed, len(names) - len(missed), len(names)))
    return not missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, help="the program, built with WEIR_TEST_HOOKS")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", default=None, help="of the moments and points; a new one when it is not given")
    parser.add_argument("--job", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument("--point", help="kill at this point alone")
    parser.add_argument("--defect", action="append", default=[], help="plant it and see it caught; 'all': each in turn")
    parser.add_argument("--defect-kills", type=int, default=120, help="within so many kills")
    parser.add_argument("--trial", type=int, help="this trial of the job alone")
    parser.add_argument("--runs", type=lambda text: [Kill.parse(kill) for kill in text.split(",")], default=[],
                        help="of that trial: what ends each run but the last, as a failure prints it")
    parser.add_argument("--random-only", action="store_true", help="a program without crash points: random moments")
    parser.add_argument("--rows", type=int, default=12000, help="of the largest table")
    parser.add_argument("--input-seed", default="1")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--directory", help="where its files go; default: a temporary directory")
    parser.add_argument("--keep", action="store_true", help="keep the files of trials that fail")
    parser.add_argument("--list", action="store_true", help="print jobs, points and defects")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("jobs: %s\npoints: %s\ndefects: %s" % (", ".join(job.name for job in job_files.load([])),
              ", ".join(job_files.names_of("crash_points.def")), ", ".join(job_files.names_of("defects.def"))))
        return 0
    if options.trial is not None and len(options.job) != 1:
        parser.error("--trial wants one --job")
    options.seed = options.seed or str(random.SystemRandom().randrange(1_000_000))
    ours = [row[0] for row in job_files.rows_of("defects.def") if not job_files.is_kafkas(row)]
    names = ours if options.defect == ["all"] else options.defect
    harness = Harness(options)
    try:
        harness.survey()
        good = report_defects(harness, names) if names else report_kills(harness)
        if options.keep:
            print("files: %s" % harness.directory)
        return 0 if good else 1
    finally:
        harness.close()


if __name__ == "__main__":
    sys.exit(main())
