"""The limit: what PostgreSQL itself does with one order per transaction on this machine, now.

pgbench calls frozen SQL (reference/) in a database of its own, in the same cluster and under the
same settings as the product, so that a figure of the product can be given as a share of it.
"""

from __future__ import annotations

import math
import os
import re
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql

from heliu.config.postgres import Trouble
from heliu_bench.cpu import Meter
from heliu_bench.measure import Round

DATABASE = ROLE = "heliu_bench_limit"
LINES, PER_LINE = 10, 500  # ten lines, each from its own five hundred SKUs
ZIPF = 1.05
PER_SECOND = 80  # pgbench's clock runs while it connects: so many connect in a second at least
REFERENCE = files("heliu_bench") / "reference"


@dataclass(frozen=True)
class Limit:
    """The reference database, ready to be loaded. `socket` is the cluster's folder."""

    socket: str
    programs: Path

    @classmethod
    def make(cls, socket: str, programs: Path) -> Limit:
        """Make the database anew. Without a sequential scan, as for the product's roles: a young
        database else plans its foreign-key checks as scans of a table that grows."""
        with _link(socket, "heliu", "postgres") as admin:
            admin.execute(_named("drop database if exists {} with (force)"))
            admin.execute(_named("drop role if exists {}"))
            admin.execute(_named("create role {} login"))
            admin.execute(_named("alter role {} set enable_seqscan = off"))
            admin.execute(_named("create database {} owner {}", 2))
        with _link(socket, ROLE, DATABASE) as link:
            for part in ("schema.sql", "place_order.sql"):
                link.execute((REFERENCE / part).read_text().encode())
            link.execute("vacuum analyze")
        return cls(socket, programs)

    def run(self, clients: int, seconds: float, meter: Meter, *, hot: int = 0) -> Round:
        """One order per transaction for so long (pgbench counts whole seconds).

        Raises `Trouble` when pgbench does not end well.
        """
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "order.sql"
            script.write_text(script_of(hot))
            command: list[str | Path] = [
                self.programs / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
                "-T", str(math.ceil(seconds) + clients // PER_SECOND), "-f", script,
                "-l", f"--log-prefix={folder}/took",
            ]  # fmt: skip
            where = {"PGHOST": self.socket, "PGUSER": ROLE, "PGDATABASE": DATABASE}
            used = _children_used()
            meter.start()
            ran = subprocess.run(
                command, env=os.environ | where, capture_output=True, text=True, check=False
            )
            _, spent = meter.stop(generator=_children_used() - used)
            if ran.returncode:
                raise Trouble(f"pgbench stopped: {ran.stderr.strip().splitlines()[-1]}")
            took = [
                int(line.split()[2]) / 1e6
                for log in Path(folder).glob("took.*")
                for line in log.read_text().splitlines()
                if line.split()[2].isdigit()
            ]
        if not took:
            raise Trouble(f"pgbench placed nothing with {clients} clients; give it more seconds.")
        failed = int(_said(r"number of failed transactions: (\d+)", ran.stdout))
        rate = float(_said(r"tps = ([\d.]+)", ran.stdout))
        return Round(len(took) / rate, took, spent, failed=failed)

    def require_sound(self) -> int:
        """The orders that were placed; raises `Trouble` when a law of the reference is broken."""
        with _link(self.socket, ROLE, DATABASE) as link:
            for law, offenders in link.execute((REFERENCE / "check.sql").read_text().encode()):
                if offenders:
                    raise Trouble(f"The reference is broken: {law} ({offenders}).")
            found = link.execute("select count(*) from orders").fetchone()
        assert found is not None
        return int(found[0])


def script_of(hot: int) -> str:
    """pgbench's script: a buyer, ten lines of zipf-spread SKUs in ascending order, one call.

    With `hot` SKUs only the first so many are wanted, ten at a time.
    """
    sets = ["\\set b random(1, 11000)", "\\set o random(0, 1)"]
    for place in range(LINES):
        sets.append(f"\\set q{place} random(1, 120)")
        sets.append(f"\\set s{place} {_sku(place, hot)}")
    skus = ",".join(f":s{place}" for place in range(LINES))
    quantities = ",".join(f":q{place}" for place in range(LINES))
    call = (
        "select * from place_order(sha256(('token' || :b)::bytea),"
        f" array[{skus}]::int[], array[{quantities}]::int[]);"
    )
    return "\n".join([*sets, call, ""])


def _sku(place: int, hot: int) -> str:
    if not hot:
        return f"{place * PER_LINE} + random_zipfian(1, {PER_LINE}, {ZIPF})"
    step = hot // LINES
    return f"{place * step} + random(1, {step})"


def _said(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise Trouble(f"pgbench said nothing like {pattern!r}.")
    return found[1]


def _children_used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _link(socket: str, user: str, name: str) -> psycopg.Connection:
    return psycopg.connect(host=socket, user=user, dbname=name, autocommit=True)


def _named(statement: str, times: int = 1) -> sql.Composed:
    return sql.SQL(statement).format(*[sql.Identifier(DATABASE)] * times)
