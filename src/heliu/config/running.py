"""The processes of a running install: one for the web, one for the work behind it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx

from heliu.config.postgres import Trouble

STARTS_WITHIN = 180  # seconds; a machine may be busy, and who has died is noticed at once
STOPS_WITHIN = 15  # seconds
PR_SET_PDEATHSIG = 1


def require_free(host: str, port: int) -> None:
    """Refuse a port on which somebody else listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server itself will: an address whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(
                f"Port {port} of {host} is taken or not allowed ({error.strerror}):"
                " choose another with --port."
            ) from error


def address_of(host: str, port: int) -> str:
    """Where this machine finds what listens there."""
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104


class Processes:
    """Web and worker, started together and stopped together; or the web alone."""

    def __init__(
        self, *, host: str, port: int, workers: int, has_worker: bool, log: IO[Any] | None
    ) -> None:
        self.address = address_of(host, port)
        self._started = [_start("web", _uvicorn(host, port, workers), log)]
        if has_worker:
            worker = [sys.executable, "-m", "heliu.cli", "worker"]
            self._started.insert(0, _start("worker", worker, log))

    def until_ready(self) -> None:
        """Wait until the pages answer with a database behind them."""
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            self.require_alive()
            try:
                if httpx.get(f"{self.address}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise Trouble(f"The pages did not answer within {STARTS_WITHIN} seconds.")

    def require_alive(self) -> None:
        """Raise `Trouble` when one of them has ended by itself."""
        for name, process in self._started:
            if process.poll() is not None:
                raise Trouble(f"The {name} process ended by itself (status {process.returncode}).")

    def pids(self) -> dict[str, int]:
        """The processes by name."""
        return {name: process.pid for name, process in self._started}

    def stop(self) -> None:
        """Let them finish what they are at; after a while end them."""
        for _, process in self._started:
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + STOPS_WITHIN
        for _, process in self._started:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def serving(
    *, host: str, port: int, workers: int = 1, has_worker: bool = True, log: Path | None = None
) -> Iterator[Processes]:
    """Web and worker for the time of the block, ready to be asked; logs to a file or here."""
    require_free(host, port)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with open(log or os.devnull, "a") as file:
        processes = Processes(
            host=host, port=port, workers=workers, has_worker=has_worker, log=file if log else None
        )
        try:
            processes.until_ready()
            yield processes
        finally:
            processes.stop()


def until_stopped(processes: Processes) -> None:
    """Wait for Ctrl-C or a SIGTERM; raises `Trouble` when a process ends by itself before."""
    while True:
        processes.require_alive()
        time.sleep(0.5)


@contextmanager
def stoppable() -> Iterator[None]:
    """Take a SIGTERM as the same wish as Ctrl-C: leave the block in order."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _uvicorn(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", "heliu.config.asgi:application", "--host", host,
        "--port", str(port), "--workers", str(workers), "--loop", "uvloop", "--http", "httptools",
        "--ws", "none", "--lifespan", "off", "--timeout-graceful-shutdown", "10",
        "--log-level", "warning", "--no-access-log", "--no-server-header",
        # Who may say for whom a request comes is for `access.request` to judge.
        "--no-proxy-headers",
    ]  # fmt: skip


def _start(
    role: str, command: list[str], log: IO[Any] | None
) -> tuple[str, subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        env={**os.environ, "HELIU_ROLE": role},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        # Ctrl-C is for us; we tell them in turn.
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    return role, process


def end_with_parent(how: signal.Signals) -> Callable[[], None]:
    """What a process calls to be ended when its parent is, so that nobody is left behind, holding
    the port, when the parent is killed."""
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, how)

    return ask
