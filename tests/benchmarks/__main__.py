"""``make bench``: every benchmark of this folder, or those named, each as rows of name, value and unit."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Run and print; figures compare within one run, not between machines."""
    here = Path(__file__).parent
    known = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or known:
        print(
            f"\n{name}: {(import_module(f'tests.benchmarks.{name}').__doc__ or '').splitlines()[0]}",
            flush=True,
        )
        for label, value, unit in import_module(f"tests.benchmarks.{name}").measure():
            shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
            print(f"  {label:<60} {shown:>14} {unit}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
