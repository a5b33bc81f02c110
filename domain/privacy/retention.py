"""How long is kept what people agreed to have kept."""

from __future__ import annotations

from typing import Final

CONSENTED_DAYS: Final = 1095
"""Days without a sign of life after which a consenting person is erased, unless the operator says otherwise."""
