"""How a failure is told in the log: what broke and where, and nothing of what was being handled."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import Any

import psycopg
import structlog
from django.core.signals import got_request_exception
from django.db import Error as DjangoDatabaseError
from structlog.typing import ExcInfo

log = structlog.get_logger("heliu.failure")


def told(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """An exception and what led to it, the last first: type, message and the lines it came through.

    A database's message carries the values of the row, so of its errors only the SQL state and the
    constraint's name are told. No locals, no source lines.
    """
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    error: BaseException | None = exc_info[1]
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        chain.append(
            {
                "type": f"{type(error).__module__}.{type(error).__qualname__}",
                **_said(error),
                "lines": _lines(error.__traceback__),
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def watch_requests() -> None:
    """Tell of every exception no view answered, under the number of its request."""
    got_request_exception.connect(_request_failed, dispatch_uid="heliu.failure")


def _request_failed(**_: object) -> None:
    log.error("failed", exc_info=sys.exc_info())


def _said(error: BaseException) -> dict[str, Any]:
    if isinstance(error, DjangoDatabaseError):
        cause = error.__cause__
        return _said(cause) if isinstance(cause, psycopg.Error) else {}
    if isinstance(error, psycopg.Error):
        return {"sqlstate": error.sqlstate, "constraint": error.diag.constraint_name}
    return {"message": str(error)}


def _lines(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(trace)
    ]
