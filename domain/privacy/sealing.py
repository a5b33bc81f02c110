"""Sealing field by field: AES-256-GCM under the data key of the person or organisation a value is about.

The associated data names the place (table and column) and the owner, so a sealed value moved to another
row or column does not open. Destroying the owner's data key makes every value of theirs unreadable, wherever a
copy of the value alone still lies (a log, a page of the disk). A whole backup from before holds the wrapped key as well: it
stays readable with the master key until it is deleted (`docs/operating.md`).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import deque
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.privacy.keys import KEY_BYTES, MasterKey

_FORMAT: Final = b"\x01"
_NONCE_BYTES: Final = 12
_NONCES_AT_ONCE: Final = 256

_nonces: Final[deque[bytes]] = deque()
"""Random bytes asked of the system in one go: each is taken once, by whichever thread. A forked child has none of them."""
os.register_at_fork(after_in_child=_nonces.clear)


class BrokenSeal(Exception):  # noqa: N818 -- the name says what happened
    """A sealed value does not open: another key, another place, or damage."""


class DataKey:
    """The key of one owner, for example ``person:12``.

    Owners whose values lie under one secret (``update:…``) can share its cipher, which saves making it each time.
    """

    __slots__ = ("_cipher", "_owned", "owner")

    def __init__(self, secret: bytes | AESGCM, owner: str) -> None:
        self._cipher = secret if isinstance(secret, AESGCM) else AESGCM(secret)
        self._owned = f"|{owner}".encode()
        self.owner = owner

    def __repr__(self) -> str:
        return f"DataKey({self.owner}, …)"

    def seal(self, plain: str, place: str) -> bytes:
        """Seal a text for one place, for example ``people.name``."""
        nonce = _nonce()
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain.encode(), place.encode() + self._owned)

    def open(self, sealed: bytes, place: str) -> str:
        """Open what was sealed for this owner and place. Raises BrokenSeal."""
        return _open(self._cipher, sealed, place.encode() + self._owned).decode()

    def seal_bytes(self, plain: bytes, place: str) -> bytes:
        """Seal what is no text, for example a file."""
        nonce = _nonce()
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, place.encode() + self._owned)

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Open what was sealed with `seal_bytes`. Raises BrokenSeal."""
        return _open(self._cipher, sealed, place.encode() + self._owned)


def new_wrapped_key(master: MasterKey, kind: str) -> bytes:
    """A new data key for an owner of this kind (``person``, ``organisation``), wrapped for the database."""
    nonce = _nonce()
    return (
        _FORMAT
        + nonce
        + AESGCM(master.wrapping).encrypt(nonce, secrets.token_bytes(KEY_BYTES), kind.encode())
    )


def unwrap(master: MasterKey, wrapped: bytes, kind: str, owner_id: int) -> DataKey:
    """The data key of an owner. Raises BrokenSeal when the master key is another one."""
    return DataKey(_open(AESGCM(master.wrapping), wrapped, kind.encode()), f"{kind}:{owner_id}")


def blind_index(master: MasterKey, value: str, place: str) -> bytes:
    """HMAC-SHA256 of a value, by which a sealed column is searched for an exact match."""
    return hmac.digest(master.indexing, f"{place}|{value}".encode(), hashlib.sha256)


def _nonce() -> bytes:
    try:
        return _nonces.popleft()
    except IndexError:
        fresh = os.urandom(_NONCE_BYTES * _NONCES_AT_ONCE)
        _nonces.extend(fresh[i : i + _NONCE_BYTES] for i in range(_NONCE_BYTES, len(fresh), _NONCE_BYTES))
        return fresh[:_NONCE_BYTES]


def _open(cipher: AESGCM, sealed: bytes, associated: bytes) -> bytes:
    body = len(_FORMAT) + _NONCE_BYTES
    if not sealed.startswith(_FORMAT) or len(sealed) < body:
        raise BrokenSeal("not a sealed value")
    try:
        return cipher.decrypt(sealed[len(_FORMAT) : body], sealed[body:], associated)
    except InvalidTag as error:
        raise BrokenSeal(associated.decode()) from error
