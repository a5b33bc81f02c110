"""``make bench``: every benchmark of this folder, or those named, each as rows of name, value and unit.

``telegram.http`` names one part of a benchmark that has parts; ``--markdown`` prints tables for a page.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

import structlog

from tests.benchmarks._rows import Row, line, table

HERE = Path(__file__).parent


def _known() -> list[str]:
    files = [path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_")]
    return sorted([*files, *(path.parent.name for path in HERE.glob("*/__init__.py"))])


def _chosen(names: list[str]) -> dict[str, tuple[str, ...]]:
    """The benchmarks named, each with the parts named of it: none for all."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in names or _known():
        benchmark, _, part = name.partition(".")
        if benchmark not in _known():
            sys.exit(f"no benchmark {benchmark}; there are: {', '.join(_known())}")
        parts: tuple[str, ...] = getattr(import_module(f"tests.benchmarks.{benchmark}"), "PARTS", ())
        if part and part not in parts:
            sys.exit(f"{benchmark} has no part {part}; there are: {', '.join(parts) or 'none'}")
        chosen[benchmark] = (*chosen.get(benchmark, ()), *((part,) if part else parts))
    return chosen


def main(arguments: list[str]) -> None:
    """Run and print; figures compare within one run, not between machines."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    in_markdown = "--markdown" in arguments
    for name, parts in _chosen([one for one in arguments if one != "--markdown"]).items():
        benchmark = import_module(f"tests.benchmarks.{name}")
        print(f"\n{name}: {(benchmark.__doc__ or '').splitlines()[0]}", flush=True)
        began = time.monotonic()
        rows = []
        for found in benchmark.measure(parts) if parts else benchmark.measure():
            rows.append(Row(*found))
            print(line(rows[-1]), flush=True)
        print(f"  ({time.monotonic() - began:,.0f} s)", flush=True)
        if in_markdown:
            print(f"\n{table(rows)}", flush=True)


def _stopped(*_: object) -> None:
    """End as Ctrl-C does, so that the processes and files of a measurement end too."""
    sys.exit("stopped")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stopped)
    main(sys.argv[1:])
