"""``python -m tests.support.telegram_api``: the fake as a process of its own; with ``--demo`` also the product, talking to it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.support.telegram_api.api import TelegramApi
from tests.support.telegram_api.demo.phone import Phone

PORT = 8643


def main() -> int:
    """Serve until told to stop."""
    options = _options()
    api = TelegramApi()
    api.port = options.port
    api.record.counting = options.counting
    api.limits.on = options.limits
    api.more_routes = Phone(api).routes
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    with api:
        if not options.demo:
            _say(json.dumps({"url": api.url, "token": api.token, "username": api.username}))
            ended.wait()
            return 0
        _say(f"\n  {api.url}   ← open this page: a telephone with the bot in it\n")
        with tempfile.TemporaryDirectory(prefix="zhuoyue-demo-") as folder:
            return _demonstrate(api, Path(folder), ended)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.telegram_api", description=__doc__)
    parser.add_argument("--port", type=int, help="port to listen on; 0 takes any free one")
    parser.add_argument("--demo", action="store_true", help="start the product against it")
    parser.add_argument("--limits", action="store_true", help="hold the bot to Telegram's limits")
    parser.add_argument("--counting", action="store_true", help="count requests instead of keeping them")
    options = parser.parse_args()
    if options.port is None:
        options.port = PORT if options.demo else 0
    return options


def _demonstrate(api: TelegramApi, folder: Path, ended: threading.Event) -> int:
    """Run the product against the fake; ends when either does."""
    surroundings = {
        **os.environ,
        "ZHUOYUE_TELEGRAM_API_URL": api.url,
        "ZHUOYUE_TELEGRAM_TOKEN": api.token,
        "ZHUOYUE_DATA_DIR": str(folder),
        "ZHUOYUE_PORT": "0",
    }
    with subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=surroundings) as product:
        while product.poll() is None and not ended.wait(0.2):
            pass
        product.terminate()
        return product.wait() if not ended.is_set() else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
