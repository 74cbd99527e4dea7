"""`python -m faults`: 2,000 submissions with each engine, under every fault; status 1 on a loss."""

from __future__ import annotations

import argparse
import signal
import sys

from bench.databases import why_absent as why_no_database
from bench.processes import BenchFailed
from faults import broker
from faults.proof import Plan, prove

ENGINES = ("embedded", "celery")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("engines", nargs="*", metavar="engine", help=", ".join(ENGINES))
    parser.add_argument("--submissions", type=int, default=2000, help="(default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default %(default)s)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is tidied up
    good = True
    for engine in options.engines or ENGINES:
        absent = _why_absent(engine)
        if absent:
            print(f"{engine}: left out, {absent}.")
            continue
        print(f"\n{engine}", flush=True)
        good = _prove(engine, options.submissions, options.seed) and good
    return 0 if good else 1


def _why_absent(engine: str) -> str:
    return why_no_database("PostgreSQL") or broker.why_absent() if engine == "celery" else ""


def _prove(engine: str, submissions: int, seed: int) -> bool:
    plan = Plan(
        engine=engine, submissions=submissions, seed=seed, kill_every_posts=50, broker_crashes=2
    )
    try:
        outcome = prove(plan)
    except BenchFailed as problem:
        print(f"faults: {problem}", file=sys.stderr)
        return False
    print("\n".join(outcome.lines()), flush=True)
    print("good" if outcome.verdict.is_good else "BAD", flush=True)
    return outcome.verdict.is_good


if __name__ == "__main__":
    sys.exit(main())
