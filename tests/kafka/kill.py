#!/usr/bin/env python3
"""Kills Weir, which reads and writes topics of a real broker, again and again, and now and then the broker: see README.md."""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "crash"))


import jobs as crash_jobs
from broker import Broker
from client import Client, Transaction
from kill_jobs import JOBS
from kill_world import World
from runs import Failed, Kill

MOST_RUNS = 7  # of a trial; the last one is left alone
KILLS_FOR_ALL_POINTS = 500
OURS = ("kafka.", "epoch.sink")  # points that most kills at points are at
# Of those that are planted for all jobs, the ones that have to do with a topic; and the job that shows one best.
SHARED = ("journal-apart", "journal-off-by-one", "offset-off-by-one", "replay-audible", "sink-early", "sink-lost", "sink-audible", "spool-lost")
# The bounded one has rows at hand when a checkpoint is taken.
SHOWN_BY = {"offset-off-by-one": "bounded", "spool-lost": "keys"}
BROKER = {"transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000}


def limits(rng):
    """Small ones, so that a short job takes checkpoints, and an epoch several transactions."""
    chosen = {"WEIR_STEP_ROWS": rng.choice(("20", "100", "400")),
              "WEIR_CHECKPOINT_US": rng.choice(("", "0", "20000")),
              "WEIR_CHECKPOINT_BYTES": rng.choice(("", "2000", "50000")),
              "WEIR_WAL_PAGES": rng.choice(("", "20")),
              "WEIR_TRANSACTION_BYTES": rng.choice(("", "300", "2000"))}
    return {name: value for name, value in chosen.items() if value}


class Trial:
    """A job over topics of its own that is killed some times and then left alone."""

    def __init__(self, harness, job, number):
        self.harness, self.job, self.number = harness, job, number
        self.environment = dict(limits(self.draw("limits")), **harness.defect_environment)
        self.rng, self.given = self.draw("kills"), list(harness.options.runs)
        self.history = []

    def draw(self, what):
        """Of its own for each matter, so that a trial whose kills are given has all else as before."""
        return random.Random("%s/%s/%d/%s" % (self.harness.options.seed, self.job.name, self.number, what))

    def choose(self):
        options, points = self.harness.options, self.harness.points_of(self.job, bool(self.history))
        if options.point:
            points = {name: count for name, count in points.items() if name == options.point}
        elif self.rng.random() < 0.6:
            points = {name: count for name, count in points.items() if name.startswith(OURS)} or points
        if points and (options.point or self.rng.random() < 0.7):
            name = self.harness.rarest(points, self.rng)
            return Kill(point=name, passing=1 + int(min(points[name], 40) * self.rng.random() ** 2))
        return Kill(after_s=0.05 + self.rng.random() * 1.2, clean=self.rng.random() < 0.1)

    def next_kill(self, most):
        if self.harness.options.runs:
            return self.given.pop(0) if self.given else Kill()
        return self.choose() if len(self.history) < most else Kill()

    def mishap(self):
        """What happens beside the kill, and after how many seconds: ("broker", 0.3)."""
        rng = self.draw("mishap/%d" % len(self.history))
        chance, at = rng.random(), rng.random()
        options = self.harness.options
        if chance < options.broker_kills:
            return ("broker", at)
        return ("pause", at) if chance < options.broker_kills + options.pauses else None

    def run(self):
        """None, or what went wrong."""
        looks, world, wrong = self.draw("looks"), None, None
        most = len(self.given) if self.given else self.rng.randrange(1, MOST_RUNS)
        try:
            world = World(self.harness, self.job, self.number, self.environment, self.draw("feed"), most)
            done = False
            while not done:
                kill, mishap = self.next_kill(most), self.mishap()
                self.history.append((kill, mishap))
                done = world.run(kill, mishap)
                self.harness.learn(self.job, len(self.history) > 1, world.passed)
                if not done and not world.refused:
                    self.harness.count(kill, world.at_point)
                if not done and looks.random() < 0.4:
                    world.look(ended=False)
            world.look(ended=True)
        except Failed as failed:
            wrong = str(failed)
        finally:
            if world is not None:
                world.close(keep=wrong is not None and self.harness.options.keep)
        return wrong

    def story(self):
        settings = " ".join("%s=%s" % item for item in sorted(self.environment.items()))
        lines = ["job %s, trial %d, seed %s; environment: %s" % (self.job.name, self.number, self.harness.options.seed, settings)]
        lines += ["  run %d: %s%s" % (i + 1, kill, "; %s after %.3f s" % mishap if mishap else "")
                  for i, (kill, mishap) in enumerate(self.history)]
        return "\n".join(lines)

    def again(self):
        kills = ",".join(str(kill) for kill, _ in self.history if not kill.is_none())
        return "--seed %s --rows %d --job %s --trial %d --keep%s" % (
            self.harness.options.seed, self.harness.options.rows, self.job.name, self.number, kills and " --runs " + kills)


class Harness:
    def __init__(self, options, broker, client):
        self.options, self.broker, self.client, self.weir = options, broker, client, os.path.abspath(options.weir)
        self.directory = tempfile.mkdtemp(prefix="weir-kafka-kill-", dir=options.directory)
        self.point_names = crash_jobs.names_of("crash_points.def")
        self.points = {}  # (job, whether it goes on) -> how often each point was passed, at most
        self.hits = collections.Counter()
        self.kills = self.stops = self.trials = self.topics = self.broker_kills = self.pauses = self.refused = 0
        self.defect_environment, self.tried = {}, [job for job in JOBS if not options.job or job.name in options.job]

    def close(self):
        if not self.options.keep:
            shutil.rmtree(self.directory)

    # --- points ---

    def points_of(self, job, resumed):
        return self.points.get((job.name, resumed), {})

    def learn(self, job, resumed, passed):
        known = self.points.setdefault((job.name, resumed), {})
        for name, count in passed.items():
            known[name] = max(known.get(name, 0), count)

    def rarest(self, points, rng):
        fewest = min(self.hits[name] for name in points)
        return rng.choice(sorted(name for name in points if self.hits[name] == fewest))

    def count(self, kill, at_point):
        self.kills += not kill.clean
        self.stops += kill.clean
        if at_point:
            self.hits[kill.point] += 1

    # --- trials ---

    def run_trials(self, kills):
        """Until so many kills or the first failure: (trial, what is wrong), or None."""
        self.kills = self.stops = self.trials = 0
        jobs = self.tried
        while self.kills < kills:
            self.trials += 1
            number = self.trials if self.options.trial is None else self.options.trial
            trial = Trial(self, jobs[self.trials % len(jobs)], number)
            begin = time.monotonic()
            wrong = trial.run()
            if self.options.verbose:
                print("%s%s\n  %.1f s, %d kills so far" % (trial.story(), "" if wrong is None else "\nFAILED", time.monotonic() - begin,
                                                         self.kills), flush=True)
            if wrong is not None:
                return trial, wrong
            if self.options.trial is not None:
                return None
        return None


def report_kills(harness):
    failure = harness.run_trials(harness.options.kills)
    if failure is not None:
        trial, wrong = failure
        print("\n%s\n%s" % (trial.story(), wrong))
        print("again: tests/kafka/kill.py --weir %s %s" % (harness.options.weir, trial.again()))
    print("seed %s: %d kills and %d clean stops in %d trials; %d kills at %d of %d points; the broker killed %d times, "
          "the job held up %d times, refused to begin without it %d times; %s" % (
              harness.options.seed, harness.kills, harness.stops, harness.trials, sum(harness.hits.values()), len(harness.hits),
              len(harness.point_names), harness.broker_kills, harness.pauses, harness.refused, "FAILED" if failure else "each record came once"))
    return failure is None and report_points(harness)


def report_points(harness):
    """False: a point of ours, or one that was passed, has had no kill in so many."""
    options = harness.options
    if options.kills < KILLS_FOR_ALL_POINTS or options.job or options.point or harness.defect_environment:
        return True
    passed = set().union(*harness.points.values())
    wanted = passed | {name for name in harness.point_names if name.startswith(OURS)}
    left = wanted - set(harness.hits)
    if left:
        print("never killed at: %s" % ", ".join(sorted(left)))
    return not left


def defect_names():
    return [row[0] for row in crash_jobs.rows_of("defects.def") if crash_jobs.is_kafkas(row)] + list(SHARED)


def report_defects(harness, names):
    """Each must be caught within so many kills."""
    missed, jobs = [], harness.tried
    for name in names:
        harness.tried = [job for job in jobs if job.name == SHOWN_BY.get(name, job.name)] or jobs
        harness.defect_environment = {"WEIR_DEFECT": name}
        failure = harness.run_trials(harness.options.defect_kills)
        if failure is not None:
            trial, wrong = failure
            print("%-20s caught after %2d kills, job %s: %s" % (name, harness.kills, trial.job.name, wrong.strip().replace("\n", " ")[:150]),
                  flush=True)
        else:
            missed.append(name)
            print("%-20s NOT CAUGHT in %d kills" % (name, harness.kills), flush=True)
    print("seed %s: %d of %d planted defects caught" % (harness.options.seed, len(names) - len(missed), len(names)))
    return not missed


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, help="the program, built with WEIR_TEST_HOOKS")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", default=None, help="of the moments and points; a new one when it is not given")
    parser.add_argument("--job", action="append", default=[], choices=[job.name for job in JOBS], help="only this one; may be repeated")
    parser.add_argument("--point", help="kill at this point alone, once it is known that it is passed")
    parser.add_argument("--defect", action="append", default=[], help="plant it and see it caught; 'all': each in turn")
    parser.add_argument("--defect-kills", type=int, default=120, help="within so many kills")
    parser.add_argument("--trial", type=int, help="this trial of the job alone")
    parser.add_argument("--runs", type=lambda text: [Kill.parse(kill) for kill in text.split(",")], default=[],
                        help="of that trial: what ends each run but the last, as a failure prints it")
    parser.add_argument("--broker-kills", type=float, default=0.08, help="in so large a part of the runs the broker is killed")
    parser.add_argument("--pauses", type=float, default=0.02, help="in so large a part the job stands still for a while")
    parser.add_argument("--rows", type=int, default=1500, help="of input, for each trial")
    parser.add_argument("--directory", help="where its files go; default: a temporary directory")
    parser.add_argument("--keep", action="store_true", help="keep the files of trials that fail")
    parser.add_argument("--list", action="store_true", help="print jobs and defects")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    if options.trial is not None and len(options.job) != 1:
        parser.error("--trial wants one --job")
    options.seed = options.seed or str(random.SystemRandom().randrange(1_000_000))
    return options


def main(arguments):
    options = parse(arguments)
    if options.list:
        print("jobs: %s\ndefects: %s" % (", ".join(job.name for job in JOBS), ", ".join(defect_names())))
        return 0
    names = defect_names() if options.defect == ["all"] else options.defect
    with Broker(BROKER, age_s=4 * 3600).start() as broker, Client(broker.bootstrap) as client:
        with Transaction(broker.bootstrap, "first") as first:  # which takes the broker another second
            first.begin()
            first.abort()
        harness = Harness(options, broker, client)
        try:
            good = report_defects(harness, names) if names else report_kills(harness)
            if options.keep:
                print("files: %s" % harness.directory)
        finally:
            harness.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
