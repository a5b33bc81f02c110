"""``zhuoyue serve`` as an operator meets it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.web import Visitor, events, serve


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The command running, with its output to read."""
    environment = {
        **os.environ,
        "ZHUOYUE_DATA_DIR": str(folder / "data"),
        "ZHUOYUE_LANGUAGE": "en",
        "PYTHONUTF8": "1",
        **settings,
    }
    command = [sys.executable, "-m", "bot", "serve", "--no-open", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """The address the command prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Zhuoyue is ready: http://127.0.0.1:"), line
    return line.split()[3]


def test_it_prints_where_it_is_and_stops_in_order_within_seconds(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with serving(tmp_path, "--port", "0") as process:
            url = address(process)
            assert httpx.get(f"{url}/healthz", trust_env=False).json() == {"alive": True}
            assert httpx.get(f"{url}/readyz", trust_env=False).json()["ready"] is True
            with Visitor(url) as somebody:
                somebody.open()
                with somebody.client.stream("GET", "/chat/events") as stream:
                    lines = stream.iter_lines()
                    next(lines)
                    before = time.monotonic()
                    process.send_signal(number)
                    assert list(lines), "the stream is ended, not cut"
            assert process.wait(10) == 0
            assert time.monotonic() - before < 5
            assert process.stderr is not None
            assert process.stderr.read() == ""


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with serving(tmp_path, "--port", str(port)) as process:
            out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert out == ""
    assert err.count("\n") == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in err
    assert "--port" in err


def test_an_address_that_is_not_here_is_one_clear_line(tmp_path: Path) -> None:
    for host in ("203.0.113.1", "no-such-host.invalid"):
        with serving(tmp_path, "--host", host, "--port", "0") as process:
            _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert err.count("\n") == 1
        assert host in err


def test_a_database_of_another_key_is_one_clear_line(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as process:
        address(process)
    (tmp_path / "data" / "master.key").unlink()
    with serving(tmp_path, "--port", "0") as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.count("\n") == 1
    assert "key" in err


def test_two_processes_on_one_database_show_the_same_chat(tmp_path: Path) -> None:
    with (
        serve(tmp_path / "data") as one,
        serve(tmp_path / "data") as two,
        Visitor(one.url) as here,
        Visitor(two.url) as there,
    ):
        here.open()
        there.client.cookies.update(here.client.cookies)
        there.messages()
        with here.client.stream("GET", "/chat/events", params={"after": there.last_id}) as stream:
            shown = events(stream.iter_lines())
            assert next(shown).kind == "ready"
            assert there.press("yes").status_code == 202
            assert "是" in next(shown).data, "seen by the other process without being told"
            one.stop()
