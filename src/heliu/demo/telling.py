"""What the demo says at the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from heliu.demo.chain import PASSWORD
from heliu.demo.outcome import Document
from heliu.demo.walk import Step
from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.models import User
from heliu.kernel.money import Money
from heliu.kernel.parties.models import Organization
from heliu.kernel.parties.queries import names

FLOWS = {
    "commerce": "commerce 商流",
    "logistics": "logistics 物流",
    "capital": "capital 资金流",
    "information": "information 信息流",
}
PAPER = 120  # columns, where nobody looks on
STEPS = 6  # and two for each repayment


class Teller:
    """Says it on the console; progress is drawn only where somebody can see it."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console.width = PAPER

    @contextmanager
    def busy(self) -> Iterator[Callable[[str], None]]:
        """While the chain is set up: what is being done, and how long it took."""
        began = time.monotonic()
        with self.console.status("Setting up") as status:

            def say(words: str) -> None:
                status.update(words)
                self.console.print(f"[dim]{time.monotonic() - began:5.1f} s[/]  {words}")

            yield say
        self.console.print(f"[dim]{time.monotonic() - began:5.1f} s[/]  Set up")

    def attribution(self, rate: Decimal) -> None:
        """Where the data is from, what was changed, what is invented."""
        self.console.print(
            "Orders: real wholesale transactions of Online Retail II (D. Chen 2019, UCI Machine"
            " Learning Repository, doi.org/10.24432/C5CG6D, CC BY 4.0), sampled, moved by whole"
            f" weeks to end today, GBP 1 = CNY {rate}. Invented: names, payments, everything"
            " from the bank on.",
            style="dim",
        )

    @contextmanager
    def walking(
        self, buyer: Organization, repayments: int
    ) -> Iterator[Callable[[str, Step | None], None]]:
        """While the deal runs: a bar, and a line for every step that is done."""
        self.console.print(f"\n[bold]A pledged order of {buyer.name} {buyer.name_zh}[/]")
        with Progress(
            SpinnerColumn(),
            BarColumn(24),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            transient=True,
        ) as progress:
            task = progress.add_task("", total=STEPS + 2 * repayments)

            def told(name: str, step: Step | None) -> None:
                if step is None:
                    progress.update(task, description=name)
                    return
                progress.advance(task)
                progress.console.print(
                    f"[green]✓[/] {step.milliseconds:8,.1f} ms  {step.name:<18} {step.detail}"
                    f"  [dim]{' '.join(step.documents)}[/]"
                )

            yield told

    def outcome(self, outcome: Document) -> None:
        """The four flows with their times, the books, and whether all is sound."""
        self.console.print()
        self.console.print(_flows(outcome))
        self.console.print(_books(outcome))
        is_sound = outcome["check"]["is_sound"]
        self.console.print(
            f"heliu check: {'[green]sound[/]' if is_sound else '[red]not sound[/]'},"
            f" {len(outcome['check']['lines'])} rooms"
        )
        if not is_sound:
            self.console.print("\n".join(outcome["check"]["lines"]), markup=False)
        state = "[green]closed[/]" if outcome["is_closed"] else "[red]still open[/]"
        self.console.print(
            f"Deal {outcome['numbers']['deal']} is {state} after {outcome['seconds']} s in all."
        )

    def desks(self, address: str, people: Iterable[User]) -> None:
        """Who can sign in where."""
        table = Table("Organisation", "Desk", "Person", "E-mail", title=f"{address}/sign-in/")
        seats = [(user, desk) for user in people for desk in desks_of(user.pk)]
        houses = names([desk.org for _, desk in seats])
        for user, desk in seats:
            house = houses[desk.org]
            table.add_row(
                f"{house.short_name} {house.short_name_zh}", desk.title, user.name, user.email
            )
        self.console.print(table)
        self.console.print(f"Every password is [bold]{PASSWORD}[/]")

    def serving(self, address: str, log: Path) -> None:
        """That it goes on until it is stopped."""
        self.console.print(f"\n[bold]Heliu is at {address}[/] (Ctrl-C to stop); log: {log}")


def _flows(outcome: Document) -> Table:
    numbers, loan, times = outcome["numbers"], outcome["loan"], outcome["timings"]
    table = Table("Flow", "What", "Documents", "ms", title=f"The four flows of {numbers['deal']}")
    table.columns[3].justify = "right"
    by_flow: dict[str, list[Document]] = {flow: [] for flow in FLOWS}
    for step in outcome["steps"]:
        by_flow[step["flow"]].append(step)
    facts = outcome["facts"]
    by_flow["information"] = [
        {
            "name": f"grade {outcome['credit']['grade']}, score {outcome['credit']['score']}",
            "documents": [numbers["assessment"]],
            "milliseconds": times["decision_milliseconds"],
        },
        {"name": f"{len(facts)} facts written once", "documents": [], "milliseconds": None},
    ]
    for flow, steps in by_flow.items():
        for number, step in enumerate(steps):
            took = step["milliseconds"]
            table.add_row(
                FLOWS[flow] if number == 0 else "",
                step["name"],
                " ".join(step["documents"]),
                "" if took is None else f"{took:,.1f}",
                end_section=number == len(steps) - 1,
            )
    interest = Money(loan["interest_paid"] + loan["fee_paid"] + loan["penalty_paid"])
    for what, took in (
        ("credit decision", f"{times['decision_milliseconds']:,.1f}"),
        ("signed → money supervised", f"{times['supervised_milliseconds']:,.1f}"),
        ("signed → seller paid", f"{times['disbursement_milliseconds']:,.1f}"),
        ("repayment → release", " / ".join(f"{ms:,.1f}" for ms in times["release_milliseconds"])),
    ):
        table.add_row("[bold]times[/]" if what == "credit decision" else "", what, "", took)
    table.caption = (
        f"order {Money(loan['order_total'])} = deposit {Money(loan['deposit'])} + loan"
        f" {Money(loan['principal'])} at {loan['rate']} %; interest and fees {interest}"
    )
    return table


def _books(outcome: Document) -> Table:
    table = Table("Book", "Accounts", "Debit", "Credit", title="Trial balance of each book")
    for book in outcome["trial_balances"]:
        table.add_row(
            book["desk"],
            str(len(book["rows"])),
            str(Money(book["debit"])),
            str(Money(book["credit"])),
        )
    for column in table.columns[1:]:
        column.justify = "right"
    return table
