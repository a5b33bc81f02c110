"""What the doctor says of settings, files, address and port."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import ports, settings
from bot.doctor.findings import Grade, Patient
from locales.words import Catalogues
from tests.support.doctor import finding, grade, patient, set_up, write_key

Pages = dict[str, dict[str, object]]

TOKEN = "7000000001:AAF0imaginary-Token_of-the-Tests-01"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def nobody() -> Patient:
    return Patient(settings.readable(), Catalogues.load().words("en"))


def test_settings_that_can_be_used_are_fine(nobody: Patient) -> None:
    assert settings.values(nobody).grade is Grade.FINE


def test_a_file_of_settings_that_cannot_be_read_is_what_is_to_be_corrected(
    nobody: Patient, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    found = settings.values(nobody)
    assert found.grade is Grade.BROKEN
    assert found.remedy.startswith("correct .env; "), found.remedy


def test_every_mistyped_name_is_told_with_the_one_that_was_meant(
    nobody: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUOYUE_PROT", "8000")
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKN", TOKEN)
    found = settings.values(nobody)
    assert found.grade is Grade.BROKEN
    assert "ZHUOYUE_PROT (ZHUOYUE_PORT?)" in found.found
    assert "ZHUOYUE_TELEGRAM_TOKN (ZHUOYUE_TELEGRAM_TOKEN?)" in found.found
    assert TOKEN not in found.found
    assert "zhuoyue settings" in found.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZHUOYUE_PORT", "http"),
        ("ZHUOYUE_PROGRAMMES_DIR", "/nowhere/at/all"),
        ("ZHUOYUE_TELEGRAM_TOKEN", "a-secret"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    nobody: Patient, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    found = settings.values(nobody)
    assert found.grade is Grade.BROKEN
    assert found.found.startswith(name)
    assert "a-secret" not in found.found
    assert name in found.remedy


def test_a_secret_in_a_file_others_may_read_is_seen(nobody: Patient, tmp_path: Path) -> None:
    assert settings.env_file(nobody).grade is Grade.LEFT_OUT
    file = tmp_path / ".env"
    file.write_text(f"ZHUOYUE_TELEGRAM_TOKEN={TOKEN}\n")
    file.chmod(0o600)
    assert settings.env_file(nobody).grade is Grade.FINE
    file.chmod(0o640)
    found = settings.env_file(nobody)
    assert (found.grade, found.remedy) == (Grade.LOOK, f"chmod 600 {file}")
    assert "ZHUOYUE_TELEGRAM_TOKEN" in found.found
    assert TOKEN not in found.found
    file.write_text("ZHUOYUE_PORT=8000\n")
    assert settings.env_file(nobody).grade is Grade.FINE


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert grade(settings.data_folder, patient(folder)) is Grade.FINE
    folder.mkdir(mode=0o700)
    assert grade(settings.data_folder, patient(folder)) is Grade.FINE
    folder.chmod(0o755)
    found = settings.data_folder(patient(folder))
    assert (found.grade, found.remedy) == (Grade.LOOK, f"chmod 700 {folder}")


def test_a_data_folder_that_cannot_be_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert grade(settings.data_folder, patient(tmp_path / "file")) is Grade.BROKEN
    found = settings.data_folder(patient(tmp_path / "file" / "data"))
    assert found.grade is Grade.BROKEN
    assert "ZHUOYUE_DATA_DIR" in found.remedy


def test_a_key_file_others_may_read_is_found(tmp_path: Path) -> None:
    path = write_key(tmp_path)
    assert settings.key_file(patient(tmp_path)).grade is Grade.FINE
    path.chmod(0o644)
    found = settings.key_file(patient(tmp_path))
    assert (found.grade, found.remedy) == (Grade.BROKEN, f"chmod 600 {path}")


def test_what_is_no_key_is_found_and_not_shown(tmp_path: Path) -> None:
    path = write_key(tmp_path)
    path.write_bytes(b"something-else-entirely")
    found = settings.key_file(patient(tmp_path))
    assert found.grade is Grade.BROKEN
    assert "something-else" not in found.found
    assert "ZHUOYUE_KEY_FILE" in found.remedy


def test_a_missing_key_matters_only_beside_a_database_that_needs_it(tmp_path: Path) -> None:
    assert settings.key_file(patient(tmp_path)).grade is Grade.FINE
    set_up(tmp_path)
    (tmp_path / "master.key").unlink()
    found = settings.key_file(patient(tmp_path))
    assert found.grade is Grade.BROKEN
    assert "is missing" in found.found
    assert not (tmp_path / "master.key").exists()


def test_programmes_of_ones_own_are_read(tmp_path: Path) -> None:
    assert settings.programmes(patient(tmp_path)).grade is Grade.FINE
    own = tmp_path / "own" / "mine"
    own.mkdir(parents=True)
    (own / "programme.yaml").write_text("id: [\n", encoding="utf-8")
    found = settings.programmes(patient(tmp_path, programmes_dir=tmp_path / "own"))
    assert found.grade is Grade.BROKEN
    assert "programme.yaml" in found.found
    assert found.remedy == f"zhuoyue programme lint {tmp_path / 'own'}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Grade.FINE),
        ({"telegram_token": TOKEN}, Grade.FINE),
        ({"public_url": "https://quality.example.org"}, Grade.FINE),
        ({"public_url": "https://quality.example.org", "host": "192.0.2.1"}, Grade.FINE),
        ({"public_url": "http://localhost:8642"}, Grade.FINE),
        ({"public_url": "http://quality.example.org"}, Grade.LOOK),
        ({"host": "192.0.2.1"}, Grade.LOOK),
        ({"telegram_token": TOKEN, "telegram_mode": "webhook"}, Grade.BROKEN),
        (
            {
                "telegram_token": TOKEN,
                "telegram_mode": "webhook",
                "public_url": "https://quality.example.org",
            },
            Grade.FINE,
        ),
    ],
)
def test_the_address_goes_over_tls_where_it_leads_out(
    tmp_path: Path, given: dict[str, Any], expected: Grade
) -> None:
    found = settings.address(patient(tmp_path, **given))
    assert found.grade is expected
    assert ("ZHUOYUE_PUBLIC_URL" in found.remedy) is (expected is not Grade.FINE)


def test_a_free_port_is_fine_and_left_free(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for _ in range(2):
        assert grade(ports.port, patient(tmp_path, port=port)) is Grade.FINE
    assert grade(ports.port, patient(tmp_path, port=0)) is Grade.FINE


def test_a_port_of_another_program_is_found(tmp_path: Path) -> None:
    with answering({}) as port:
        found = ports.port(patient(tmp_path, port=port))
    assert found.grade is Grade.BROKEN
    assert "ZHUOYUE_PORT" in found.remedy


def test_a_port_is_fine_when_it_is_ours(tmp_path: Path) -> None:
    alive: Pages = {"/healthz": {"alive": True}, "/readyz": {"ready": True, "database": "ok"}}
    with answering(alive) as port:
        assert grade(ports.port, patient(tmp_path, port=port)) is Grade.FINE
    with answering({**alive, "/readyz": {"ready": False, "database": "disk_full"}}) as port:
        found = ports.port(patient(tmp_path, port=port))
    assert found.grade is Grade.LOOK
    assert "database: disk_full" in found.found


def test_an_address_that_is_not_this_computers_is_found(tmp_path: Path) -> None:
    found = ports.port(patient(tmp_path, host="192.0.2.1", port=8642))
    assert found.grade is Grade.BROKEN
    assert "ZHUOYUE_HOST" in found.remedy


def test_without_settings_the_others_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUOYUE_PORT", "http")
    lost = Patient(settings.readable(), Catalogues.load().words("en"))
    assert lost.given is None
    for look in (settings.data_folder, settings.key_file, settings.address, ports.port):
        assert finding(look, lost).grade is Grade.LEFT_OUT


@contextmanager
def answering(pages: Pages) -> Iterator[int]:
    """A server on a port of its own that knows these pages."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(200 if page else 404)
            self.end_headers()
            self.wfile.write(json.dumps(page or []).encode())

        def log_message(self, *_: object) -> None:
            os.getpid()

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
