"""Addresses of databases, as an operator writes them."""

from __future__ import annotations

import pytest

from domain.store.errors import Unavailable
from domain.store.locations import PostgresqlLocation, locate


@pytest.mark.parametrize("password", ["pa@ss-word", "p@@ss-word", "pa:ss-word@"])
def test_a_password_that_was_not_escaped_is_told_nowhere(password: str) -> None:
    with pytest.raises(Unavailable) as raised:
        locate(f"postgresql://somebody:{password}@127.0.0.1:1/db")
    assert "%40" in raised.value.detail
    assert "ss-word" not in repr(raised.value)
    assert raised.value.__cause__ is None


def test_a_password_that_was_escaped_is_taken_as_it_was_meant() -> None:
    location = locate("postgresql://somebody:pa%40ss@db.internal/zhuoyue")
    assert isinstance(location, PostgresqlLocation)
    assert (location.url.password, location.url.host) == ("pa@ss", "db.internal")
    assert "pa@ss" not in str(location)
