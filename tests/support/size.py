"""How large a long test is: small with every `make test`, in full with `make soak` (`SOAK=1`), `SOAK=0.2` in between.

`SOAK_SEED` chooses other moments and other people; whatever is random in these tests follows from it.
"""

from __future__ import annotations

import os
from typing import Final

SOAK: Final = float(os.environ.get("SOAK") or 0)
SEED: Final = int(os.environ.get("SOAK_SEED") or 20_261_121)


def size(usual: int, soak: int) -> int:
    """The one or the other, or the part of the way between them that `SOAK` says."""
    return round(usual + (soak - usual) * SOAK)


def patience(usual: int, soak: int) -> int:
    """Seconds after which something is given up: for anything larger than usual, those of the full size."""
    return soak if SOAK else usual
