"""Logs: one JSON object a line on standard error, without names, contents or query values."""

from __future__ import annotations

import logging
import sys

import structlog

from heliu.config import failures


class JsonLines(logging.StreamHandler):  # type: ignore[type-arg]
    """Our handler, by its class, so that setting up twice does not write twice."""


def set_up(level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers through one JSON writer."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = JsonLines(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(failures.told),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
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
