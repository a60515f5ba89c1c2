"""A sandbox bank in a process of its own, beside a demonstration or a test."""

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
from typing import IO, Any

import httpx
from django.conf import settings

from heliu.config.postgres import Trouble
from heliu.config.running import STARTS_WITHIN, address_of, end_with_parent

OVER_HTTP = "heliu.capital.bank.http"
HOST = "127.0.0.1"


@contextmanager
def bank_beside(*, host: str, port: int, log: Path) -> Iterator[None]:
    """For the block a bank of our own, when the settings want one over HTTP and name none.

    It brings notices to the pages at this address. Web and worker, started in the block, find it.
    """
    if settings.HELIU_BANK != OVER_HTTP or settings.HELIU_BANK_URL:
        yield
        return
    secret = settings.HELIU_BANK_SECRET or settings.SECRET_KEY
    books = settings.DATA / "sandbox-bank.sqlite3"
    door = f"{address_of(host, port)}/api/v1/bank/notices"
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        open(log, "a") as file,
        sandbox_bank(books, secret=secret, door=door, log=file) as address,
    ):
        settings.HELIU_BANK_URL, settings.HELIU_BANK_SECRET = address, secret
        os.environ |= {"HELIU_BANK_URL": address, "HELIU_BANK_SECRET": secret}
        yield


@contextmanager
def sandbox_bank(
    books: Path, *, secret: str, door: str = "", log: IO[Any] | None = None
) -> Iterator[str]:
    """A bank on a free port of this machine for the block; gives its address."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "heliu.cli", "sandbox-bank", "--host", HOST, "--port", str(port),
         "--file", str(books), "--door", door],
        env={**os.environ, "HELIU_BANK_SECRET": secret},
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        _until_open(address_of(HOST, port), process)
        yield address_of(HOST, port)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _until_open(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Trouble("The sandbox bank did not start; the log says why.")
