"""Return codes: how somebody whose web session has ended comes back to what is kept about them.

A code is the number of a chat and 80 bits that only this program can have made: HMAC-SHA256 over the chat, the person
behind it and the moment they agreed, cut to 16 characters. Nothing of it is stored. Erasing puts another person behind the
chat, and who withdraws consent can only agree at another moment: either way the code is worth nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from domain.privacy.keys import MasterKey

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, so that nothing looks like something else."""

CHARACTERS: Final = 16
_GROUP: Final = 4
_BITS: Final = 5
_LARGEST_CHAT: Final = 2**53 - 1
_LONGEST_WRITTEN: Final = 100
_MISREAD: Final = str.maketrans("OIL", "011")
_SHAPE: Final = re.compile(rf"([0-9]{{1,16}})([{ALPHABET}]{{{CHARACTERS}}})")


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A code as it was entered: the number of a chat, and what has to be proven."""

    chat_id: int
    proof: str

    def __str__(self) -> str:
        groups = (self.proof[at : at + _GROUP] for at in range(0, CHARACTERS, _GROUP))
        return "-".join((str(self.chat_id), *groups))

    def __repr__(self) -> str:
        return f"ReturnCode({self.chat_id}, …)"


def make_return_code(master: MasterKey, chat_id: int, person_id: int, consent_at: int) -> ReturnCode:
    """The code of a chat, for the person behind it and the moment of their consent (microseconds since 1970)."""
    content = f"{chat_id}|{person_id}|{consent_at}".encode()
    bits = int.from_bytes(hmac.digest(master.returning, content, hashlib.sha256)[: CHARACTERS * _BITS // 8])
    shifts = range(_BITS * (CHARACTERS - 1), -1, -_BITS)
    return ReturnCode(chat_id, "".join(ALPHABET[bits >> shift & 31] for shift in shifts))


def read_return_code(text: str) -> ReturnCode | None:
    """What somebody entered, or None when it cannot be a code.

    Small letters, full-width characters, missing or other dashes, spaces, and O, I and L for 0 and 1 do no harm.
    """
    if len(text) > _LONGEST_WRITTEN:
        return None
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(
        c for c in plain if not c.isspace() and c != "\N{MINUS SIGN}" and unicodedata.category(c) != "Pd"
    )
    shape = _SHAPE.fullmatch(kept.translate(_MISREAD))
    if shape is None or not 0 < int(shape[1]) <= _LARGEST_CHAT:
        return None
    return ReturnCode(int(shape[1]), shape[2])


def same_code(one: ReturnCode, other: ReturnCode) -> bool:
    """Whether two codes of one chat are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.proof.encode(), other.proof.encode())
