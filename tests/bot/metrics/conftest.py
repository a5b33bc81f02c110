from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.telegram import Bot, a_bot


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with a_bot(tmp_path / "data") as running:
        yield running
