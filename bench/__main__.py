"""`python -m bench [part ...]`: measure the parts named and print a table of each.

Without a name, all that the README's table needs; its lines come last, ready to be copied.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench import (
    backlog,
    deliveries,
    engines,
    insight,
    launches,
    memory,
    pages,
    saving,
    start,
    versions,
)
from bench.databases import KINDS
from bench.figures import Figure, print_figures, print_head, print_rows
from bench.processes import BenchFailed

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "launches": launches.measure,
    "pages": pages.measure,
    "saving": saving.measure,
    "insight": insight.measure,
    "deliveries": deliveries.measure,
    "engines": engines.measure,
    "backlog": backlog.measure,
    "start": start.measure,
    "memory": memory.measure,
}
NOT_IN_README = ("backlog",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument(
        "--saving-seconds",
        type=int,
        default=saving.SECONDS,
        metavar="N",
        help="how long the class of `saving` saves (default: %(default)s)",
    )
    given = parser.parse_args()
    chosen = given.parts or [name for name in PARTS if name not in NOT_IN_README]
    for name in set(chosen) - PARTS.keys():
        parser.error(f"{name} is none of {', '.join(PARTS)}")
    measures = PARTS | {"saving": partial(saving.measure, given.saving_seconds)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is tidied up
    began = time.monotonic()
    print("\n".join(versions.lines()))
    figures: list[Figure] = []
    try:
        for name in chosen:
            part_began = time.monotonic()
            print_head(name)
            figures += print_figures(measures[name]())
            print(f"{time.monotonic() - part_began:.0f} s")
    except BenchFailed as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    print_rows(figures, KINDS)
    print(f"\nMeasured in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
