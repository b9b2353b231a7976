"""Rounds of a differential test: each from its own seed, in a folder of its own that stays where the round went wrong."""

import argparse
import random
import shutil
import sys
import tempfile


def main(description, run_round, rounds, may_sabotage=False):
    """run_round(weir, rng, directory[, sabotage]) gives the differences as texts. A round that was sabotaged must
    have some. Ends the program."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(sabotage=False)
    if may_sabotage:
        parser.add_argument("--sabotage", action="store_true")
    options = parser.parse_args()
    more = (options.sabotage,) if may_sabotage else ()
    noticed = 0
    for number in range(options.rounds):
        directory = tempfile.mkdtemp(prefix="weir-diff-")
        wrong = run_round(options.weir, random.Random("%d.%d" % (options.seed, number)), directory, *more)
        noticed += len(wrong) > 0
        if wrong and not options.sabotage:
            print("\n".join(wrong))
            print("seed %d, round %d; the files are in %s" % (options.seed, number, directory))
            sys.exit(1)
        shutil.rmtree(directory)
    print("%d rounds, %d with differences" % (options.rounds, noticed))
    sys.exit(0 if (noticed > 0) == options.sabotage else 1)
