"""The master key: one file outside the database, from which every other key is derived or wrapped."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
"""256 bits, for AES-256 and HMAC-SHA256."""

_HEADER: Final = b"zhuoyue-master-key-1:"


class KeyFileError(Exception):
    """The key file cannot be used; the text says what to do and never shows the key."""


class MasterKey:
    """The master key. It is never used itself: each purpose has its own key, derived with HKDF-SHA256."""

    __slots__ = ("__dict__", "_secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._secret = secret

    def __repr__(self) -> str:
        return "MasterKey(…)"

    @classmethod
    def new(cls) -> MasterKey:
        """A fresh random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @cached_property
    def wrapping(self) -> bytes:
        """Wraps the data keys of people and organisations."""
        return self._derive(b"wrapping")

    @cached_property
    def indexing(self) -> bytes:
        """Makes blind indexes, with which a sealed value is found again."""
        return self._derive(b"blind index")

    @cached_property
    def auditing(self) -> bytes:
        """Chains the audit trail, so that only the program itself can have written it."""
        return self._derive(b"audit trail")

    @cached_property
    def queueing(self) -> bytes:
        """Seals updates that wait to be handled: nobody knows yet whose they are."""
        return self._derive(b"queueing")

    @cached_property
    def returning(self) -> bytes:
        """Makes return codes, with which people come back to their chat."""
        return self._derive(b"return code")

    def _derive(self, purpose: bytes) -> bytes:
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"zhuoyue/1/" + purpose).derive(self._secret)


def load_or_create(path: Path) -> MasterKey:
    """The key of this file, made (mode 0600, complete or not at all) when there is none yet.

    Raises KeyFileError when others may read the file, or when it holds no key.
    """
    try:
        return load(path)
    except FileNotFoundError:
        _create(path)
        return load(path)


def load(path: Path) -> MasterKey:
    """The key of this file. Raises KeyFileError, or FileNotFoundError when there is none."""
    try:
        # Not blocking, so that a pipe in the key's place cannot hold up the start.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileError(f"the key file {path} cannot be read: {error.strerror}") from error
    try:
        # The opened file is asked, not the path, so that nothing can be swapped in between.
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise KeyFileError(f"the key file {path} is not a regular file")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFileError(f"the key file {path} can be read by others: run `chmod 600 {path}`")
        content = os.read(descriptor, 4096).strip()
    finally:
        os.close(descriptor)
    try:
        if not content.startswith(_HEADER):
            raise ValueError("no header")
        return MasterKey(base64.b64decode(content.removeprefix(_HEADER), validate=True))
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(f"the key file {path} does not hold a key of this program") from error


def _create(path: Path) -> None:
    """Write a new key beside and link it into place: two starters at once agree on one key."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_HEADER + base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                return
        finally:
            draft.unlink()
        _sync_directory(path.parent)
    except OSError as error:
        raise KeyFileError(f"the key file {path} cannot be made: {error.strerror}") from error


def _sync_directory(directory: Path) -> None:
    """Make the new name itself survive a power cut: data sealed with a lost key is lost too."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
