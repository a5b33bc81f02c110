"""`zhuoyue serve` with a Telegram token, as a process of its own."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

import httpx


class BotApi(Protocol):
    """A Bot API the process is told of."""

    token: str

    @property
    def url(self) -> str:
        """Where it is."""


class Serving:
    """One process; it can be killed, stopped and started again on the same data."""

    def __init__(self, data_dir: Path, api: BotApi, database: str = "", name: str = "serve") -> None:
        self._api = api
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.log = data_dir.parent / f"{name}.log"
        self._environment = {
            **os.environ,
            "ZHUOYUE_DATA_DIR": str(data_dir),
            "ZHUOYUE_LOG_FORMAT": "json",
            "ZHUOYUE_TELEGRAM_TOKEN": api.token,
            "ZHUOYUE_TELEGRAM_API_URL": api.url,
            # The pace of Telegram would make this a test of patience.
            "ZHUOYUE_TELEGRAM_PER_SECOND": "1000",
            "ZHUOYUE_TELEGRAM_CHAT_PER_SECOND": "1000",
            "ZHUOYUE_TELEGRAM_CHAT_BURST": "100",
            **({"ZHUOYUE_DATABASE_URL": database} if database else {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self._end)

    def _end(self) -> None:
        # A test that failed in the middle leaves it behind.
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.spawn()
        for _ in range(600):
            assert self._process is not None
            assert self._process.poll() is None, f"it ended by itself; {self.told()}"
            try:
                answer = httpx.get(f"http://127.0.0.1:{self._port}/readyz", trust_env=False, timeout=5)
                if answer.status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"it did not start; {self.told()}")

    def spawn(self) -> None:
        """Start it without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self._port), "--no-open"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self, within: float = 10) -> float:
        """End it as an operator would; the seconds it took."""
        assert self._process is not None
        before = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=within) == 0, self.told()
        return time.monotonic() - before

    def pause(self) -> None:
        """Have it do nothing at all for now."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def told(self) -> str:
        """The end of what it logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""
