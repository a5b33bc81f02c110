from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logging import LEFT_OUT, configure


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def logged(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_pipe_gets_one_json_object_a_line() -> None:
    out = io.StringIO()
    configure("auto", "info", out)
    structlog.get_logger().info("turn handled", chat=7, milliseconds=3)
    structlog.get_logger().warning("slow")
    first, second = logged(out)
    assert first | {"timestamp": ""} == {
        "event": "turn handled",
        "chat": 7,
        "milliseconds": 3,
        "level": "info",
        "timestamp": "",
    }
    assert second["level"] == "warning"


def test_a_terminal_gets_lines_for_people() -> None:
    out = Terminal()
    configure("auto", "info", out)
    structlog.get_logger().info("turn handled", chat=7)
    assert "turn handled" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_less_than_the_level_is_not_logged() -> None:
    out = io.StringIO()
    configure("json", "warning", out)
    structlog.get_logger().info("turn handled")
    logging.getLogger("library").info("connected")
    assert out.getvalue() == ""


def test_personal_values_do_not_get_out_at_any_depth() -> None:
    out = io.StringIO()
    configure("json", "info", out)
    structlog.get_logger().info(
        "saved", text="secret", details={"phone": "secret", "rows": [{"said": "secret", "id": 3}]}
    )
    assert "secret" not in out.getvalue()
    assert logged(out)[0]["text"] == LEFT_OUT
    assert logged(out)[0]["details"]["rows"] == [{"said": LEFT_OUT, "id": 3}]


def _fail() -> None:
    try:
        int("secret")
    except ValueError as error:
        raise KeyError("secret") from error


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_logged_as_its_kind_and_places_without_its_text(form: Any) -> None:
    out = io.StringIO()
    configure(form, "info", out)
    try:
        _fail()
    except KeyError:
        structlog.get_logger().exception("turn failed")
        logging.getLogger("library").exception("library failed on %s", "secret")
    text = out.getvalue()
    assert "secret" not in text
    assert text.count("KeyError") == 2
    assert text.count("because of") == 2
    assert "in _fail" in text


def test_what_libraries_warn_of_comes_in_the_same_form_without_its_values() -> None:
    out = io.StringIO()
    configure("json", "info", out)
    logging.getLogger("library").warning("could not parse %s", "secret")
    assert logged(out)[0]["event"] == "could not parse %s"
    assert logged(out)[0]["logger"] == "library"


def test_context_of_a_turn_is_on_every_line() -> None:
    out = io.StringIO()
    configure("json", "info", out)
    with structlog.contextvars.bound_contextvars(chat=7):
        structlog.get_logger().info("saved")
    assert logged(out)[0]["chat"] == 7
