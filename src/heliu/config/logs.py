"""Logs: one JSON object a line on standard error, without names, contents or query values."""

from __future__ import annotations

import logging
import sys
from typing import Any

import msgspec
import structlog

from heliu.config import failures


class JsonLines(logging.StreamHandler):  # type: ignore[type-arg]
    """Our handler, by its class, so that setting up twice does not write twice."""


class Lines:
    """Where our own loggers write. Each request has a line, so it goes past the standard library's
    records, which cost three times as much."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = msg


def set_up(level: str = "INFO") -> None:
    """Let structlog's loggers and the standard library's write the same JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: list[structlog.typing.Processor] = [
        structlog.processors.ExceptionRenderer(failures.told),
        structlog.processors.JSONRenderer(_json),
    ]
    structlog.configure(
        processors=[*shared, *written],
        logger_factory=Lines,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = JsonLines(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    # Nobody reads from which line and thread of ours it came, and looking costs more than the rest.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    # pytest and an embedding program keep handlers of their own.
    root.handlers = [h for h in root.handlers if not isinstance(h, JsonLines)] + [handler]
    root.setLevel(level)
    # Each request is told by `middleware.Answered` and, when it breaks, by `failures`; Django would
    # tell paths with ids again.
    failures.watch_requests()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    for chatty in ("procrastinate", "httpx", "asyncio", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _json(event: structlog.typing.EventDict, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
