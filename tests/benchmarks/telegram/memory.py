"""Memory of `zhuoyue serve` after many people have talked to it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks._rows import Goal, Row
from tests.benchmarks.telegram.processes import ROOT, Child, platform
from tests.benchmarks.telegram.script import TOKEN
from tests.benchmarks.telegram.sizes import Sizes


def measure(sizes: Sizes) -> Iterator[Row]:
    """Everybody follows a link into the product's own dialogs, 100 at once; the process is the whole product, web chat and all."""
    with (
        tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder,
        platform(loop="closed", people=sizes.visitors, each=1, at_once=100, warm=0) as (api, url),
        _serving(_environment(Path(folder), url)) as serving,
    ):
        api.told("counting", 120)
        before, _ = serving.memory_mb()
        result = api.told("done")
        if not result["done"] or result["lost"]:
            raise AssertionError(f"not everybody was answered; {serving.complaint()}")
        after, most = serving.memory_mb()
    yield Row("memory: `zhuoyue serve` before anybody talked", before, "MB", "resident")
    label = f"memory: after {sizes.visitors:,} people have talked"
    yield Row(label, after, "MB", "resident, 2^20 bytes", Goal(120, at_most=True))
    yield Row("memory: the most in between", most, "MB", "resident")
    yield Row("memory: people met", result["per_second"], "people/s", "each sends one update")


def _serving(environment: dict[str, str]) -> Child:
    """The product over a database that is there already: the process that makes one holds 10 MB of Alembic until it ends."""
    subprocess.run(
        [sys.executable, "-m", "bot", "db", "migrate"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return Child("bot", "serve", "--no-open", "--port", "0", environment=environment)


def _environment(folder: Path, url: str) -> dict[str, str]:
    return {
        "ZHUOYUE_DATA_DIR": str(folder),
        "ZHUOYUE_LOG_LEVEL": "warning",
        "ZHUOYUE_TELEGRAM_TOKEN": TOKEN,
        "ZHUOYUE_TELEGRAM_API_URL": url,
        # The pace of Telegram would make this take hours.
        "ZHUOYUE_TELEGRAM_PER_SECOND": "1000",
        "ZHUOYUE_TELEGRAM_CHAT_PER_SECOND": "1000",
    }
