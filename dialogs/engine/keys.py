"""Keys of buttons: stable, readable, at most 40 characters."""

from __future__ import annotations

import zlib

LONGEST = 40


def key_for(prefix: str, name: str) -> str:
    """``prefix`` and ``name``; a name too long is cut and told apart from others by a checksum of the whole."""
    key = prefix + name
    if len(key) <= LONGEST:
        return key
    checksum = f"~{zlib.crc32(name.encode()):08x}"
    return key[: LONGEST - len(checksum)] + checksum
