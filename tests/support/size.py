"""How large a long test is: small with every `make test`, in full with `make soak` (`SOAK=1`)."""

from __future__ import annotations

import os
from typing import Final

SOAK: Final = os.environ.get("SOAK", "") not in {"", "0"}


def size(usual: int, soak: int) -> int:
    """The one or the other."""
    return soak if SOAK else usual
