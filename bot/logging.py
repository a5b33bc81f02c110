"""The log: readable on a terminal, JSON elsewhere, and never a place for what people said or who they are.

An event is a short name and a few technical values: ``log.info("turn handled", chat=7, milliseconds=3)``. Should a personal
value slip in under one of the names below, it does not get out.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONAL: Final = frozenset(
    {
        "address",
        "answer",
        "answers",
        "argument",
        "content",
        "cookie",
        "credit_code",
        "email",
        "facts",
        "message",
        "name",
        "organisation",
        "password",
        "person",
        "phone",
        "said",
        "subject",
        "text",
        "token",
        "value",
    }
)
"""Names under which personal data or message text could come into an event."""

LEFT_OUT: Final = "[left out]"


def leave_out_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the values under personal names, at any depth."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key.lower() in PERSONAL:
        return LEFT_OUT
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), content) for inner, content in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", item) for item in value]
    return value


def traceback_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write an exception as its kind and the places it went through.

    Its text is left out, and so are the values of variables: both can hold what a person said.
    """
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["raised"] = _kinds_and_places(error)
    return event


def _kinds_and_places(error: BaseException) -> list[str]:
    lines = [type(error).__qualname__]
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "?")
        lines.append(f"{module}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines + (["because of", *_kinds_and_places(cause)] if cause else [])


def configure(
    log_format: Literal["auto", "console", "json"] = "auto", level: str = "info", stream: TextIO | None = None
) -> None:
    """Set up structlog, and send what libraries log through standard logging the same way, to ``stream`` (stderr)."""
    out = stream or sys.stderr
    console = log_format == "console" or (log_format == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        traceback_without_values,
        leave_out_personal,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            # The form of a library's message without its values, which may be a person's.
            use_get_message=False,
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # What libraries tell of their daily work is no news to an operator.
    root.setLevel(max(number, logging.WARNING))
