"""Keys and sealing: personal fields are readable only with a key that is kept outside the database."""

from domain.privacy.keys import KeyFileError, MasterKey, load_or_create
from domain.privacy.return_codes import ReturnCode, read_return_code
from domain.privacy.sealing import BrokenSeal, DataKey, blind_index
from domain.privacy.tokens import hash_token, new_token

__all__ = [
    "BrokenSeal",
    "DataKey",
    "KeyFileError",
    "MasterKey",
    "ReturnCode",
    "blind_index",
    "hash_token",
    "load_or_create",
    "new_token",
    "read_return_code",
]
