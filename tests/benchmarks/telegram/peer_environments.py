"""Environments of peers whose requirements clash with the product's, and a Redis for those that keep things in one."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.telegram.processes import ROOT

LOCK: Final = ROOT / "tests/benchmarks/peers/requirements-aiogram.lock"
FOLDER: Final = ROOT / ".venv/peers/aiogram"


class NotThere(Exception):  # noqa: N818 - says what is missing
    """What is needed for a measurement is not there; the text says what."""


def aiogram_python(*, make: bool) -> str:
    """The interpreter of aiogram's environment, which is made from the lock when it is not there or of another lock."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp, python = FOLDER / "made-from", FOLDER / "bin/python"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return str(python)
    if not make:
        raise NotThere("the environment of aiogram_dialog is not there")
    shutil.rmtree(FOLDER, ignore_errors=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise NotThere("the environment of aiogram_dialog could not be made") from error
    stamp.write_text(digest, encoding="ascii")
    return str(python)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own as its defaults have it, but on a socket; raises `NotThere` where none is installed."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        raise NotThere("no server found")
    with tempfile.TemporaryDirectory(prefix="zhuoyue-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        process = subprocess.Popen(
            [server, "--port", "0", "--unixsocket", str(socket), "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                if socket.exists():
                    break
                time.sleep(0.05)
            else:
                raise NotThere("the server found did not start")
            yield str(socket)
        finally:
            process.terminate()
            process.wait(20)
