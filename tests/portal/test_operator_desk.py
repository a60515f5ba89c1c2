"""The operator's desk: it sees counts, numbers, states, times and names of all, and nothing more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import AT, World

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.books.models import Period
from heliu.capital.lending.models import Loan
from heliu.demo.chain import HOUSES
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden
from heliu.kernel.events.models import Fact
from heliu.kernel.jobs.models import Stuck
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import PartyRole
from heliu.kernel.posting import sealing
from heliu.portal.operator.jobs import ROUNDS, TASKS
from heliu.portal.ui.formats import money_text
from heliu.trade import close_of_day, oversight
from heliu.trade import oversight_reports as reports
from heliu.trade.ledger_checks import CHECKS, check_ledgers
from heliu.trade.models import DayTotal

OPERATOR = "ops@operator.demo"
PAGES = (
    "/operator/", "/operator/exceptions", "/operator/parties", "/operator/parties?q=dealer&role=DEALER",
    "/operator/parties/d001", "/operator/parties/bank", "/operator/checks", "/operator/books", "/operator/jobs",
)  # fmt: skip


def content(page: str) -> str:
    """The page without its frame, in which the demonstration names everybody."""
    return page.split("<main")[1].split("</main>")[0]


def functions() -> dict[str, list[str]]:
    """Every function an operator may ask, with the types of its arguments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname, array(select format_type(t, null) from unnest(proargtypes) t)"
            " from pg_proc where proname like 'operator\\_%' and proname <> 'operator_asks'"
        )
        return dict(cursor.fetchall())


def asked(name: str, types: list[str], about: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        marks = ", ".join(f"%s::{one}" for one in types)
        cursor.execute(f"select * from {name}({marks})", [about[one] for one in types])
        return cursor.fetchall()


def about(world: World, number: str) -> dict[str, Any]:
    """Arguments to which every function has an answer when somebody may ask; by type."""
    return {
        "date": day_of(world.at),
        "timestamp with time zone": world.at + timedelta(days=400),
        "integer": 100,
        "text": number,
        "uuid": world.chain.seller,
        "uuid[]": [world.chain.seller],
    }


@pytest.fixture
def busy(demo: World) -> World:
    """A pledged deal half repaid, one that waits for a person, sealed lines, a failed job, and a
    newcomer over whom something breaks."""
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.later(seconds=2)
    demo.bank()
    life.receive(demo, life.ship(demo, placed))
    life.repay(demo, placed.deal.id, 40)
    demo.later(seconds=1)
    demo.bank()
    life.pick_up(demo)
    referred = life.place(demo, B1=4_900)
    assert referred.loan is not None
    assert referred.loan.status == "REFERRED"
    with demo.worker():
        october = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}
        Period.objects.create(org=demo.chain.seller, **october)
        Period.objects.update(status="CLOSED", closed_at=demo.at)
        sealing.seal(demo.at)
        app.configure_task("trade.bank_work").defer(deal="none")
        Stuck.objects.create(
            round="newcomer-welcome", subject=demo.chain.seller, why="builtins.ValueError", tries=3,
            since=demo.at, next_try_at=demo.later(seconds=20),
        )  # fmt: skip
    return demo


def number_of(world: World) -> str:
    with world.worker():
        loan = Loan.objects.exclude(status="REFERRED").get()
        with connection.cursor() as cursor:
            cursor.execute("select number from trade_deal where id = %s", [loan.deal])
            return str(cursor.fetchone()[0])


def test_nobody_but_an_operator_gets_anything(busy: World) -> None:
    number = number_of(busy)
    for email in (busy.dealer, "sales@seller.demo", "credit@bank.demo", "gate@warehouse.demo"):
        with busy.desk(email) as other:
            assert functions()
            for name, types in functions().items():
                assert asked(name, types, about(busy, number)) == [], f"{name} as {email}"
            for look in (oversight.jobs, oversight.codes, oversight.checked):
                with pytest.raises(Forbidden):
                    look(other)
            assert oversight.pulse(other, busy.at) == oversight.Pulse(0, False, 0.0)
            with connection.cursor() as cursor:
                cursor.execute("select operator_asks()")
                assert cursor.fetchone() == (False,)


def test_without_a_door_nobody_gets_anything(busy: World) -> None:
    number = number_of(busy)
    be("heliu_web")
    for name, types in functions().items():
        assert asked(name, types, about(busy, number)) == [], name


def test_every_function_answers_an_operator(busy: World) -> None:
    number = number_of(busy)
    nothing_yet = set()
    with busy.desk(OPERATOR):
        for name, types in functions().items():
            given = about(busy, number)
            if name in ("operator_spans", "operator_seconds"):
                given["timestamp with time zone"] = AT - timedelta(days=1)
            if name == "operator_parties":
                given |= {"text": "", "integer": 0}
                with connection.cursor() as cursor:
                    cursor.execute("select * from operator_parties('', '', 50, 0)")
                    assert len(cursor.fetchall()) == len(HOUSES) + 2  # with both dealers
                continue
            if name in ("operator_heads", "operator_books"):
                given["integer"] = 0
                with connection.cursor() as cursor:
                    cursor.execute(f"select * from {name}(50, 0)")
                    assert cursor.fetchall(), name
                continue
            if not asked(name, types, given):
                nothing_yet.add(name)
    assert nothing_yet == set()


def test_the_functions_are_closed_to_everybody_else(busy: World) -> None:
    """Granted to the web role alone; the worker, which sees all rows anyway, has no use for them."""
    with busy.worker():
        for name, types in functions().items():
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                asked(name, types, about(busy, ""))


def test_no_function_gives_away_an_amount_of_a_deal(busy: World) -> None:
    """No column is a bare sum of money but in the books, where it is summed over deals."""
    with busy.worker(), connection.cursor() as cursor:
        cursor.execute(
            "select proname, proargnames, proallargtypes::regtype[]::text[] from pg_proc"
            " where proname like 'operator\\_%' and proallargtypes is not null"
        )
        money = re.compile("amount|total_|principal|price|value|debit|credit|goods|payload|actor")
        found = {
            (name, column)
            for name, columns, _types in cursor.fetchall()
            for column in columns
            if money.search(column)
        }
    assert found == {
        # Sums of orders placed in a month and loans by lender and seller are of three at least.
        ("operator_books", "debit"), ("operator_books", "credit"),
        ("operator_codes", "debit"), ("operator_codes", "credit"),
    }  # fmt: skip


def test_the_cockpit_says_whether_the_flows_agree_and_what_waits(busy: World) -> None:
    operator = browser(OPERATOR)
    assert "No full check has run yet" in read(operator, "/operator/")
    with busy.worker():
        assert not any(check_ledgers(at=busy.at).values())
    page = content(read(operator, "/operator/"))
    assert "The four flows agree" in page
    assert "Bank decides" in page
    assert "Chengjiang Bank" in page
    assert "Signature to deposit" in page
    assert "Half of all sellers were paid" in page
    for flow in ("commerce", "capital", "logistics", "information"):
        assert f"t-{flow}" in page


def test_a_difference_in_the_books_is_told_with_its_first_offender(busy: World) -> None:
    with busy.worker():
        loan = Loan.objects.exclude(status="REFERRED").get()
        Loan.objects.filter(pk=loan.pk).update(principal_repaid=loan.principal_repaid + 1)
        found = check_ledgers(at=busy.at)
    assert [room for room, lines in found.items() if lines] == ["lending"]
    operator = browser(OPERATOR)
    assert "The flows differ in 1 place" in read(operator, "/operator/")
    page = content(read(operator, "/operator/checks"))
    assert page.count("Differs") == 1
    assert page.count("Agrees") == len(CHECKS) - 1
    assert loan.number in page


def test_the_facts_of_a_day_are_counted_per_flow_and_half_hour(busy: World) -> None:
    with busy.worker():
        facts = [(fact.at, fact.flows) for fact in Fact.objects.all()]
    day = day_of(busy.at)
    expected: dict[str, int] = {}
    before: dict[str, int] = {}
    for at, flows in facts:
        for flow in flows:
            counted = expected if day_of(at) == day else before
            if day_of(at) <= day and day_of(at) > day - timedelta(days=oversight.TYPICAL_DAYS + 1):
                counted[flow] = counted.get(flow, 0) + 1
    with busy.desk(OPERATOR) as operator:
        slots = oversight.flows(operator, day)
    found: dict[str, int] = {}
    usual: dict[str, float] = {}
    for one in slots:
        found[one.flow] = found.get(one.flow, 0) + one.now
        usual[one.flow] = usual.get(one.flow, 0.0) + one.usual
    assert {flow: n for flow, n in found.items() if n} == expected
    days = min(oversight.TYPICAL_DAYS, (day - day_of(min(at for at, _ in facts))).days)
    assert {flow: round(n * days) for flow, n in usual.items() if n} == before


def test_what_needs_a_person_is_listed_with_whose_it_is(busy: World) -> None:
    number = number_of(busy)
    with busy.worker():
        payment = PaymentInstruction.objects.filter(status="BOOKED").first()
        assert payment is not None
        due_on = Loan.objects.exclude(status="REFERRED").get().due_on
    operator = browser(OPERATOR)
    page = content(read(operator, "/operator/exceptions"))
    assert "Bank decides" in page
    assert "Loan overdue" not in page
    busy.later(days=(due_on - day_of(busy.at)).days + 10)
    with busy.worker():
        close_of_day.close_of_day(at=busy.at)
    page = content(read(operator, "/operator/exceptions?kind=OVERDUE"))
    assert "Loan overdue" in page
    assert f"/operator/exceptions/{number}" in page
    page = content(read(operator, f"/operator/exceptions/{number}"))
    assert payment.number in page
    assert "Goods pledged" in page
    assert "Dealer 1" in page
    assert 'class="count hot"' in read(operator, "/operator/")


def test_no_page_shows_goods_amounts_of_a_deal_or_people(busy: World) -> None:
    number = number_of(busy)
    with busy.worker():
        loan = Loan.objects.exclude(status="REFERRED").get()
        people = ["林小满", "陈雅", "沈若宁", "周守仓"]
    amounts = [f"{minor // 100:,}" for minor in (loan.order_total, loan.principal, loan.deposit)]
    operator = browser(OPERATOR)
    for address in (*PAGES, f"/operator/exceptions/{number}"):
        page = content(read(operator, address))
        for secret in ("Blue mug", "Jumbo bag", r">\s*M1\b", "owner@", *people):
            assert not re.search(secret, page), f"{secret} on {address}"
        if "books" not in address:
            for amount in amounts:
                # Not a part of a longer number, nor of the digest of a seal.
                found = re.search(rf"(?<![\da-f]){amount}(?![\da-f])", page)
                assert not found, f"{amount} on {address}"


def test_a_check_is_asked_for_once(busy: World) -> None:
    operator = browser(OPERATOR)
    for _again in range(2):
        page = read(operator, "/operator/checks")
        form = {"idempotency_key": key_in(content(page))}
        send(operator, "/operator/checks/now", form, to="/operator/checks")
    assert "asked already" in read(operator, "/operator/checks")
    with busy.worker(), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = 'trade.check_ledgers'"
        )
        assert cursor.fetchone() == (1,)
    page = content(read(operator, "/operator/jobs"))
    assert "Check the ledgers" in page


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_there_from_the_first_day(demo: World, address: str) -> None:
    read(browser(OPERATOR), address)


@pytest.mark.parametrize("address", PAGES)
def test_others_are_refused(busy: World, address: str) -> None:
    for email in (busy.dealer, "credit@bank.demo"):
        page = read(browser(email), address, status=403)
        assert "Dealer 2" not in content(page)


def test_a_second_operator_is_told_too(demo: World) -> None:
    with demo.worker():
        PartyRole.objects.create(organization_id=demo.chain.seller, role="OPERATOR")
        check_ledgers(at=demo.at)
        assert Fact.objects.filter(name="information.ledgers-checked").count() == 2


def test_every_task_has_a_name_that_an_operator_reads() -> None:
    """Those of the library itself are not shown by name: nobody can do anything about them."""
    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate."))}
    assert ours == set(TASKS)


def test_rows_that_the_worker_could_not_deal_with_are_listed(busy: World) -> None:
    page = content(read(browser(OPERATOR), "/operator/jobs"))
    assert "Relate a newcomer to its sellers" in page
    assert "builtins.ValueError" in page
    with busy.worker():
        Stuck.objects.all().delete()
    assert "Put off" not in content(read(browser(OPERATOR), "/operator/jobs"))


def test_every_round_has_a_name_that_an_operator_reads() -> None:
    sources = Path(oversight.__file__).parent.glob("*.py")
    names = {
        name for one in sources for name in re.findall(r'rounds\.each\(\s*"(.+?)"', one.read_text())
    }
    assert names == set(ROUNDS)


def test_the_reports_tell_counts_and_no_sum_of_one_or_two_loans(busy: World) -> None:
    operator = browser(OPERATOR)
    assert "Running" in content(read(operator, "/operator/reports"))
    page = content(read(operator, "/operator/reports/exposure"))
    with busy.worker():
        loan = Loan.objects.exclude(status="REFERRED").get()
        assert loan.status == "SELLER_PAID"
        owed = money_text(loan.principal - loan.principal_repaid)
    assert owed not in page
    assert "1" in page
    for n in range(2):
        placed = life.to_pledge(busy)
        assert placed.loan is not None, n
    with busy.worker():
        running = Loan.objects.filter(status="SELLER_PAID")
        owed = money_text(sum(one.principal - one.principal_repaid for one in running))
    for here in ("exposure", "ageing"):
        assert owed in content(read(operator, f"/operator/reports/{here}"))
    assert f"{busy.at:%Y-%m}" in content(read(operator, "/operator/reports/volume"))
    sheet = operator.get("/operator/reports/volume?as=csv")
    assert sheet["Content-Type"].startswith("text/csv")


def test_days_that_are_over_are_kept_once_and_say_what_the_facts_say(busy: World) -> None:
    with busy.desk(OPERATOR) as operator:
        before = reports.months(operator)
    busy.later(days=3)
    with busy.worker():
        assert reports.keep_days(at=busy.at) > 0
        assert reports.keep_days(at=busy.at) == 0
        kept = DayTotal.objects.count()
        assert kept % 3 == 0
    with busy.desk(OPERATOR) as operator:
        assert reports.months(operator) == before
        assert not DayTotal.objects.exists()  # nobody's row: read through the function alone


def test_findings_and_claims_stand_among_the_exceptions(demo: World) -> None:
    with demo.worker() as system:
        for org in (demo.chain.dealers["D001"], demo.chain.seller):
            parties.tie(
                org, "REPRESENTATIVE", name="Li", number="33010619", actor=system, at=demo.at
            )
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.bank()
    with demo.desk(OPERATOR) as operator:
        found = [one for one in oversight.waiting(operator, demo.at) if one.kind == "FINDING"]
    assert [(one.deal, one.org) for one in found] == [(placed.deal.number, demo.chain.bank)]
    assert "Finding to decide" in read(browser(OPERATOR), "/operator/exceptions")
