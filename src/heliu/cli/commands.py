"""All verbs of `heliu`. Each is short: it sets up, calls what does the work, and tells."""

from __future__ import annotations

import asyncio
import os
import secrets as random
import shutil
from datetime import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.backup import backup, restore
from heliu.cli.bank_files import bank_files
from heliu.cli.bench import bench
from heliu.cli.chaos import chaos
from heliu.cli.ground import say, set_up, told
from heliu.cli.large import large
from heliu.cli.laws import tell
from heliu.cli.sandbox_bank import sandbox_bank
from heliu.cli.simulate import simulate

main = typer.Typer(
    help="Heliu 合流: one open platform for a whole supply chain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
main.add_typer(bench, name="bench")
main.command()(simulate)
main.command()(chaos)
main.command()(backup)
main.command()(restore)
main.command(name="sandbox-bank")(sandbox_bank)
main.command(name="bank-files")(bank_files)

Port = Annotated[int, typer.Option(help="Port of the pages.")]
Host = Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for every network.")]


@main.command()
def init(
    email: Annotated[
        str, typer.Option(help="Log-in of the first operator.")
    ] = "operator@localhost",
    name: Annotated[str, typer.Option(help="The operator's name.")] = "Operator",
    house: Annotated[str, typer.Option(help="Name of the operating organisation.")] = "Heliu",
) -> None:
    """Make an empty install with one operator, or bring an older one up to this version.

    The operator's password is that of HELIU_OPERATOR_PASSWORD; without one it is made and printed.
    """
    with told():
        set_up("owner")
        from django.conf import settings

        from heliu.config import install, secrets

        with install.database_running():
            secrets.ensure(settings.DATA, "secret_key")
            install.make_roles()
            install.migrate()
            given = os.environ.get("HELIU_OPERATOR_PASSWORD", "")
            secret = given or random.token_urlsafe(12)
            if install.first_operator(email=email, name=name, password=secret, house=house):
                known = "the password you gave" if given else f"password {secret}"
                say(f"Ready. Sign in as {email.strip().lower()}, {known}")
            else:
                say("Ready. The install has its operator already.")
        say("Start it with: heliu serve")


@main.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.", min=1)] = 1,
    has_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also work through the jobs.")
    ] = True,
) -> None:
    """Serve the pages and the API and work through the jobs until Ctrl-C."""
    with told():
        set_up("web", log="INFO")
        from django.conf import settings

        from heliu.config import install, running, secrets
        from heliu.config.postgres import Trouble

        running.require_free(host, port)
        if settings.SECRET_KEY == secrets.DEMO_KEY and not settings.DEMO:
            raise Trouble("This install has no key to sign cookies with: run heliu init.")
        with running.stoppable(), install.database_running():
            install.require_ready()
            with running.serving(
                host=host, port=port, workers=workers, has_worker=has_worker
            ) as processes:
                say(f"Heliu is at {processes.address} (Ctrl-C to stop)")
                running.until_stopped(processes)


@main.command()
def worker() -> None:
    """Work through the jobs until SIGTERM or Ctrl-C; `serve` starts one of these by itself."""
    with told():
        set_up("worker", log="INFO")
        from heliu.config import install, jobs

        with install.database_running():
            install.require_ready()
            asyncio.run(jobs.work())


@main.command()
def check() -> None:
    """Verify every law over the whole database; ends with 1 and names the first offender."""
    with told():
        set_up("worker")
        from heliu.config import install

        with install.database_running():
            install.require_ready()
            offenders = tell()
        if offenders:
            raise SystemExit(1)


@main.command(name="import")
def import_(
    what: Annotated[str, typer.Argument(help="parties, accounts, products, prices or stock.")],
    sheet: Annotated[
        Path, typer.Argument(help="An .xlsx or .csv file; its first row names the columns.")
    ],
    seller: Annotated[str, typer.Option(help="Code of the seller whose goods these are.")] = "",
) -> None:
    """Take own data in from a sheet; rows that do not fit go to a reject file beside it."""
    with told():
        set_up("worker")
        from heliu.cli import intake
        from heliu.config import install

        with install.database_running():
            install.require_ready()
            result, reject_file = intake.take_in(what, sheet, seller=seller)
        say(f"{result.taken} rows taken in, {len(result.rejects)} left out.")
        for reject in result.rejects[:10]:
            say(f"  row {reject.row.number}: {reject.reason}")
        if reject_file:
            say(f"All that were left out, with the reason, are in {reject_file}")
            raise SystemExit(1)


@main.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Throw the install's data away."""
    with told():
        set_up("owner")
        from django.conf import settings

        from heliu.config import install
        from heliu.config.postgres import Trouble

        cluster = install.own_cluster()
        if cluster is None:
            raise Trouble("The database of HELIU_DATABASE_URL is not ours to throw away.")
        if not settings.DATA.exists():
            say(f"There is nothing in {settings.DATA}.")
            return
        if not yes:
            typer.confirm(f"Throw away everything in {settings.DATA}?", abort=True)
        cluster.stop()
        home = cluster.data.resolve()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(settings.DATA)
        say(f"{settings.DATA} is gone.")


@main.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Leave when the deal is done.")] = False,
    dealer: Annotated[str, typer.Option(help="Name of the dealer who orders.")] = "",
    quantity: Annotated[
        int, typer.Option(help="How many of each thing; 0 for the demo's own.")
    ] = 0,
    repay: Annotated[
        str, typer.Option(help="Shares of the loan repaid one after the other.")
    ] = "30,70",
    json: Annotated[Path | None, typer.Option(help="Write the whole deal to this file.")] = None,
    dealers: Annotated[
        int, typer.Option(help="Load so many more dealers and all they ordered, then leave.", min=0)
    ] = 0,
    years: Annotated[int, typer.Option(help="Over how many years they ordered.", min=1)] = 1,
    orders: Annotated[
        int,
        typer.Option(help="How often each of them orders in a year; 0 for the world's own.", min=0),
    ] = 0,
    clock: Annotated[
        str, typer.Option(help="Wind the demo's clock forward to this hour, such as 03:00.")
    ] = "",
    port: Port = 8000,
    host: Host = "127.0.0.1",
) -> None:
    """Run one pledged order from order to release over real HTTP, then serve every desk.

    With --dealers a large chain is loaded instead: two million orders for 11,000 of them.
    """
    with told():
        set_up("worker", demo=True)
        if dealers:
            large(dealers, years, orders)
            return
        from django.conf import settings

        from heliu.config import bank_beside, install, running
        from heliu.demo import run
        from heliu.demo.options import Options

        running.require_free(host, port)
        log = settings.DATA / "log" / "heliu.log"
        with (
            running.stoppable(),
            install.database_running(),
            bank_beside.bank_beside(host=host, port=port, log=log),
        ):
            install.make_roles()
            install.migrate()
            run.main(
                Options(
                    once=once,
                    dealer=dealer,
                    quantity=quantity,
                    repay=_shares(repay),
                    hour=_hour(clock),
                    json=json,
                    log=log,
                    serving=partial(running.serving, host=host, port=port, log=log),
                    until_stopped=running.until_stopped,
                )
            )


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("an hour of the day such as 03:00") from None


def _shares(text: str) -> tuple[int, ...]:
    try:
        shares = tuple(int(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if not shares or min(shares) <= 0 or sum(shares) > 100:
        raise typer.BadParameter("whole per cents such as 30,70 that make at most 100")
    return shares
