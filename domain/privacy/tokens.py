"""Session tokens: random, given to the browser once, known to the database only by their hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A new token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 of a token in hexadecimal: what the database keeps and looks for.

    A plain hash is enough, as the token is random and not a password anybody could guess.
    """
    return hashlib.sha256(token.encode()).hexdigest()
