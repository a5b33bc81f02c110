"""``python -m locales.extract``: bring the catalogue files in step with their sources (``make words``).

Without arguments every catalogue of the project is updated; names (``dialogs``, ``policy/facts``) choose some.
Translations are kept; new texts come in empty, and ``python -m locales.check`` lists them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from locales import catalogues, po
from locales.sources import SourceError, as_sources

PROJECT = Path(__file__).parent.parent


def update(catalogue: catalogues.Catalogue, *, prune: bool) -> bool:
    """Write the file of ``catalogue`` from its sources; tell whether it changed."""
    kept = po.read(catalogue.path, catalogue.language)
    return po.write(catalogue.path, catalogue.language, as_sources(catalogue.uses), kept, prune=prune)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when done, 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m locales.extract", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these catalogues")
    parser.add_argument("--root", type=Path, default=PROJECT, help="the project")
    parser.add_argument("--folder", type=Path, help="an operator's programme folder: writes the en.po in it")
    parser.add_argument("--prune", action="store_true", help="forget translations whose source is gone")
    chosen = parser.parse_args(arguments)
    try:
        every = (
            [catalogues.of_folder(chosen.folder)] if chosen.folder else [*catalogues.of_project(chosen.root)]
        )
        unknown = set(chosen.names) - {catalogue.name for catalogue in every}
        if unknown:
            print(f"no such catalogue: {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        for catalogue in every:
            if (not chosen.names or catalogue.name in chosen.names) and update(catalogue, prune=chosen.prune):
                print(f"updated {catalogue.path}")
    except (po.CatalogueError, SourceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
