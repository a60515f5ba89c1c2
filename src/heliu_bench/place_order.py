"""Placing a ten-line order through the public API, beside the limit, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.cpu import Meter
from heliu_bench.generator import Job
from heliu_bench.ground import Ground
from heliu_bench.limit import Limit
from heliu_bench.load import Answered, fire
from heliu_bench.market import Market
from heliu_bench.report import Report, Row, ratio

PATH = "/api/v1/orders"
DOORS = {"lane": {}, "django": {"X-Heliu-Door": "django"}}
BODIES = 5_000
WARMING, IDLE = 1.0, 5.0  # seconds
COUNTED, DEAREST = 20, 4  # orders whose statements are counted; statements told
# The lane has a connection of its own; Django's door leaves it alone.
LANE = """select count(*) > 0 from pg_stat_activity
  where application_name = 'heliu lane' and datname = current_database() and state_change > %s"""
CONTROL = "BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|DISCARD|SET"


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    clients: Sequence[int]
    seconds: float
    rounds: int
    doors: Sequence[str]
    hot: int
    pay_by: Sequence[str]
    dealers: int
    skus: int
    port: int
    workers: int


@dataclass
class Doors:
    """The product, served, with what is needed to send it orders."""

    ground: Ground
    market: Market
    meter: Meter
    host: str
    port: int
    bodies: list[str]
    placed: int = 0

    def fire(self, door: str, clients: int, seconds: float, *, limit: int = 0) -> Answered:
        """A round of orders through a door; whatever failed stops the bench with its words."""
        job = Job(
            host=self.host, port=self.port, path=PATH, clients=clients, seconds=seconds,
            tokens=list(self.market.tokens), bodies=self.bodies, headers=DOORS[door], limit=limit,
        )  # fmt: skip
        answered = fire(job, self.meter, good=201)
        self.placed += len(answered.round.latencies)
        return answered

    def statements(self, door: str) -> tuple[float, float]:
        """Statements of the web role that one order takes, and those of them that only begin,
        end or set a transaction. Raises `Trouble` when the orders took the other door."""
        with self.ground.link() as admin:
            admin.execute("select pg_stat_statements_reset()")
            before = admin.execute("select clock_timestamp()").fetchone()
            answered = self.fire(door, 1, 60, limit=COUNTED)
            found = admin.execute(
                "select coalesce(sum(calls), 0), coalesce(sum(calls) filter (where query ~* %s), 0)"
                "  from pg_stat_statements s join pg_roles r on r.oid = s.userid"
                "  join pg_database d on d.oid = s.dbid"
                " where s.toplevel and r.rolname = 'heliu_web' and d.datname = current_database()",
                [f"^({CONTROL})"],
            ).fetchone()
            by_lane = admin.execute(LANE, before).fetchone()
        done = len(answered.round.latencies)
        if done != COUNTED or found is None or not found[0]:
            raise Trouble(f"The statements of an order were not counted ({done} were placed).")
        if by_lane is None or by_lane[0] != (door == "lane"):
            raise Trouble(f"The orders did not go through the door that is called {door}.")
        return float(found[0]) / done, float(found[1]) / done

    def idle(self) -> dict[str, float]:
        """What the product uses when nobody asks (the worker looks around, the sealer seals): at
        few orders per second most of the CPU told for an order is this."""
        self.meter.start()
        time.sleep(IDLE)
        seconds, spent = self.meter.stop(generator=0.0)
        return {
            "idle_app_cpu_ms_per_second": round(spent.app * 1000 / seconds, 1),
            "idle_postgres_cpu_ms_per_second": round(spent.postgres * 1000 / seconds, 1),
        }

    def dearest(self) -> dict[str, str]:
        """On which of the web role's statements PostgreSQL spent most time since they were last
        counted, in words for people."""
        with self.ground.link() as admin:
            found = admin.execute(
                "select calls, mean_exec_time, left(regexp_replace(query, '\\s+', ' ', 'g'), 60)"
                "  from pg_stat_statements s join pg_roles r on r.oid = s.userid"
                "  join pg_database d on d.oid = s.dbid"
                " where s.toplevel and r.rolname = 'heliu_web' and d.datname = current_database()"
                " order by total_exec_time desc limit %s",
                [DEAREST],
            ).fetchall()
        return {
            f"dearest_statement_{place}": f"{calls:,} x {each:.2f} ms: {query}"
            for place, (calls, each, query) in enumerate(found, 1)
        }

    def orders(self) -> tuple[int, int]:
        """How many orders there are, and how often their table was scanned from end to end."""
        with self.ground.link() as admin:
            admin.execute("select pg_stat_force_next_flush()")
            found = admin.execute(
                "select (select count(*) from ordering_order), seq_scan"
                "  from pg_stat_user_tables where relname = 'ordering_order'"
            ).fetchone()
        assert found is not None
        return int(found[0]), int(found[1])


def run(ground: Ground, report: Report, options: Options) -> None:
    """Limit and doors in turn, round by round, for every number of clients.

    Raises `Trouble` when an answer and the database disagree, or a law of the limit is broken.
    """
    limit = Limit.make(ground.socket, ground.cluster.bin)
    with opened(ground, report, options) as doors:
        for door in options.doors:
            doors.fire(door, min(4, max(options.clients)), WARMING)
            every, control = doors.statements(door)
            report.facts[f"{door}_statements_per_order"] = round(every, 1)
            report.facts[f"{door}_of_them_transaction_control"] = round(control, 1)
        report.facts |= doors.idle()
        _, scans = doors.orders()
        wrong: dict[str, int] = {}
        with report.progress(len(options.clients) * options.rounds) as step:
            for clients in options.clients:
                wrong |= _in_turn(limit, doors, report, options, clients, step)
        report.facts |= {f"failure_{n}": words for n, words in enumerate(wrong, 1)}
        stand, scanned = doors.orders()
        # Counting them scanned the table itself.
        report.facts["seq_scans_of_orders"] = scanned - scans - 1
        if stand != doors.placed:
            raise Trouble(f"{doors.placed} orders were answered, {stand} are in the database.")
        report.facts["orders_placed_and_found"] = stand
        report.facts |= doors.dearest()
    report.facts["limit_orders_checked"] = limit.require_sound()


@contextmanager
def opened(ground: Ground, report: Report, options: Options) -> Iterator[Doors]:
    """A fresh market, served by the product's own processes for the time of the block."""
    report.say(f"A market of {options.dealers:,} dealers and {options.skus:,} SKUs")
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=options.dealers, skus=options.skus, at=clock.now())
    install.disconnect()
    log = settings.DATA / "log" / "bench.log"
    with grounds.serving(ground, port=options.port, workers=options.workers, log=log) as served:
        address, meter = served
        where = urlsplit(address)
        assert where.hostname is not None
        assert where.port is not None
        bodies = markets.bodies(market, BODIES, pay_by=options.pay_by, hot=options.hot)
        yield Doors(ground, market, meter, where.hostname, where.port, bodies)


def _in_turn(
    limit: Limit, doors: Doors, report: Report, options: Options, clients: int, step: object
) -> dict[str, int]:
    assert callable(step)
    anchor = report.row("limit", clients=clients, unit="orders/s")
    rows: dict[str, Row] = {
        door: report.row(door, clients=clients, unit="orders/s") for door in options.doors
    }
    wrong: dict[str, int] = {}
    for number in range(options.rounds):
        step(f"round {number + 1} at {clients} clients")
        anchor.add(limit.run(clients, options.seconds, doors.meter, hot=options.hot))
        for door, row in rows.items():
            answered = doors.fire(door, clients, options.seconds)
            row.add(answered.round)
            if answered.round.failed:
                wrong |= answered.wrong or {"a connection broke": answered.round.failed}
    report.ratios += [ratio(row, anchor) for row in rows.values()]
    return wrong
