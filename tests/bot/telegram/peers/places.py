"""Where the peers are; `make` puts them there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

PEERS: Final = Path(sys.prefix) / "peers"
BOT_API: Final = PEERS / "bot-api" / "node_modules"
CLIENT_PYTHON: Final = PEERS / "client" / "bin" / "python"
NO_CLIENT: Final = PEERS / "no-client"
"""Why there is no Python for the client library, where there is none."""
