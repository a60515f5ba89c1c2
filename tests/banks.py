"""A sandbox bank in a process of its own for tests, and the product's door for its notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application

from heliu.config.bank_beside import OVER_HTTP, sandbox_bank

SECRET = "a secret for tests"


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Tests tell their own story."""


@contextmanager
def door() -> Iterator[str]:
    """The product's pages on a port of this machine, in this process; the bank's address of it."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Silent) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/v1/bank/notices"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def bank_over_http(books: Path, *, door: str = "") -> Iterator[str]:
    """For the block the product speaks with a bank in a process of its own."""
    with sandbox_bank(books, secret=SECRET, door=door) as address, _speaking_with(address):
        yield address


@contextmanager
def bank_gone() -> Iterator[None]:
    """For the block nobody is where the bank should be."""
    with _speaking_with("http://127.0.0.1:9"):
        yield


@contextmanager
def _speaking_with(address: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.HELIU_BANK", OVER_HTTP)
        patch.setattr("django.conf.settings.HELIU_BANK_URL", address)
        patch.setattr("django.conf.settings.HELIU_BANK_SECRET", SECRET)
        yield
