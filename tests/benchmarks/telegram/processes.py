"""The processes of a measurement: the platform and one bot, each on its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

ROOT: Final = Path(__file__).parents[3]
HERE: Final = "tests.benchmarks.telegram"


class Ended(Exception):  # noqa: N818 - says what happened
    """A process ended, or was silent for too long."""


class Child:
    """A process that tells things in lines of JSON, and ends at the end of a `with`."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        python: str = sys.executable,
        environment: dict[str, str] | None = None,
    ) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the process
        self._process = subprocess.Popen(
            [python, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
            text=True,
        )
        self._module = module
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(20)
        self._errors.close()

    def told(self, key: str, within: float = 1_200) -> dict[str, Any]:
        """The next line that has something to say about `key`. Raises `Ended`."""
        while True:
            try:
                line = self._lines.get(timeout=within)
            except queue.Empty:
                raise Ended(f"{self._module} told nothing for {within} s; {self.complaint()}") from None
            if line is None:
                raise Ended(f"{self._module} ended; {self.complaint()}")
            if key in line:
                return line

    def complaint(self) -> str:
        """The end of what it wrote to standard error."""
        return os.pread(
            self._errors.fileno(), 2_000, max(0, os.fstat(self._errors.fileno()).st_size - 2_000)
        ).decode(errors="replace")

    def processor_seconds(self) -> float:
        """Processor time it has used so far, all threads; not a number where /proc does not tell."""
        try:
            fields = (
                Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            )
        except OSError:
            return float("nan")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> tuple[float, float]:
        """Memory it holds now, and the most it held, in MB (2^20 bytes); not numbers where /proc does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return float("nan"), float("nan")
        found = dict(line.split(":", 1) for line in status.splitlines())
        now, most = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return now, most

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if line.startswith("{"):
                    self._lines.put(json.loads(line))
        self._lines.put(None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a conversation of a bot with a crowd."""

    per_second: float
    per_processor_second: float
    p50: float
    p99: float
    astray: int
    lost: int
    busy: float
    """The part of the time the platform was at work: near 1 it would be the platform that is measured."""

    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BotCommand:
    """How a bot is started; the address of the platform is its first argument."""

    module: str
    arguments: Sequence[str] = ()
    python: str = sys.executable


@contextlib.contextmanager
def platform(**told: Any) -> Iterator[tuple[Child, str]]:
    """The platform, and its address."""
    with Child(f"{HERE}.http_platform", json.dumps(told)) as child:
        yield child, f"http://127.0.0.1:{child.told('port', 30)['port']}"


def converse(bot: BotCommand, **told: Any) -> Outcome:
    """Let a bot talk with the crowd described, until it is done."""
    with platform(**told) as (api, url), Child(bot.module, url, *bot.arguments, python=bot.python) as process:
        api.told("counting", 120)
        before = process.processor_seconds()
        result = api.told("done")
        used = process.processor_seconds() - before
        if not result["done"]:
            raise Ended(
                f"{bot.module} {' '.join(bot.arguments)} did not answer everybody; {process.complaint()}"
            )
    return Outcome(
        result["per_second"],
        result["answered"] / used if used else float("nan"),
        result["p50"] * 1_000,
        result["p99"] * 1_000,
        result["astray"],
        result["lost"],
        result["busy"],
        result,
    )
