"""What a seller gives away by an offer: from its own share on others of its house must agree, and
until they have the buyer sees nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import be, cloned
from tests.examples import examples
from tests.trade.conftest import World
from tests.trade.test_quoting import SALES, accept, ask, bound, now, offer, refused, written

from heliu.commerce.quotes import policies, queries
from heliu.commerce.quotes.models import Quote, QuoteVersion
from heliu.commerce.quotes.policies import Asked, Offered
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.approvals import operations as engine
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization
from heliu.trade import approvals, conceding, quoting
from heliu.trade.models import Proposal

BOSS, CHIEF, CLERK = "boss@seller.demo", "chief@seller.demo", "clerk@seller.demo"
UPPER = "upper@holding.demo"


@pytest.fixture
def ruled(world: World) -> World:
    """From a tenth given away on one more of the seller must agree, from three tenths on two."""
    with world.worker():
        for who in (BOSS, CHIEF):
            enrol(who, who.split("@")[0].title(), world.chain.seller, "sales-manager")
        enrol(CLERK, "Clerk", world.chain.seller, "seller")
    with world.desk(BOSS) as boss:
        for share, people in ((10_00, 1), (30_00, 2)):
            levels = [Level("concede", people)]
            engine.set_levels(
                conceding.OFFER, from_amount=share, levels=levels, actor=boss, at=world.at
            )
    return world


@pytest.fixture
def above(world: World) -> World:
    """A house above the seller, with somebody who sells for both."""
    with world.worker() as system:
        holding = parties.register(
            actor=system, code="holding", roles=("SELLER",), name="Holding", name_zh="集团",
            short_name="Holding", short_name_zh="集团", city="", city_zh="",
        )  # fmt: skip
        Organization.objects.filter(pk=world.chain.seller).update(parent=holding)
        enrol(UPPER, "Upper", holding.pk, "sales-manager")
    return world


def low(world: World, quote: Quote, *prices: int | None, **more: Any) -> Approval:
    asked = offer(world, quote, *prices, **more)
    assert isinstance(asked, Approval)
    return asked


def vote(world: World, asked: Approval, who: str = BOSS, *, agrees: bool = True) -> None:
    reason = "" if agrees else "too low"
    with world.desk(who) as other:
        approvals.vote(asked.pk, agrees=agrees, reason=reason, actor=other, at=world.at)


def status(world: World, asked: Approval) -> str:
    with world.worker():
        return Approval.objects.get(pk=asked.pk).status


def kinds(world: World, org: UUID) -> list[str]:
    with world.worker():
        found = Notice.objects.filter(org=org, kind__startswith="quote-").order_by("at", "id")
        return [one.kind for one in found]


def test_a_low_answer_waits_and_is_made_with_the_last_yes(ruled: World) -> None:
    world = ruled
    quote = ask(world, M1=20, B1=5)
    asked = low(world, quote, 850, 1900, words="as agreed", reason="a new shop")
    assert (asked.act, asked.name, asked.amount) == ("quote-offer", quote.number, 20 * 150 + 500)
    assert asked.reason == "a new shop"
    assert now(world, quote).status == "ASKED"
    world.later(hours=3)
    vote(world, asked)
    made = now(world, quote)
    last = queries.versions(made)[-1]
    assert (made.status, last.total, last.words) == ("OFFERED", 26_500, "as agreed")
    assert last.by_name.endswith(", Boss")
    assert kinds(world, quote.seller) == ["quote-asked", "quote-offer-asked", "quote-offer-agreed"]
    assert kinds(world, quote.buyer) == ["quote-offered"]
    with world.worker():
        assert Proposal.objects.get(approval=asked.pk).done_at == world.at
    assert written(world, accept(world, quote).order) == [("M1", 20, 850), ("B1", 5, 1900)]


def test_whoever_sits_above_the_seller_goes_by_the_seller_s_rules(
    ruled: World, above: World
) -> None:
    quote = ask(above, M1=20)
    asked = low(above, quote, 850, who=UPPER)
    assert asked.org == above.chain.seller
    vote(above, asked)
    assert queries.versions(now(above, quote))[-1].by_name == "Upper, Boss"


def test_rules_of_the_house_above_are_about_its_own_offers(above: World) -> None:
    with above.desk(UPPER) as upper:
        levels = [Level("concede")]
        engine.set_levels(conceding.OFFER, from_amount=0, levels=levels, actor=upper, at=above.at)
    assert isinstance(offer(above, ask(above, M1=20), 850, who=UPPER), Quote)


def test_what_one_person_may_give_is_offered_at_once(ruled: World) -> None:
    quote = ask(ruled, M1=20, B1=5)  # usually 30,000 fen: 2,995 are less than a tenth of it
    assert isinstance(offer(ruled, quote, 1000, 1401), Quote)
    other = ask(ruled, M1=20)
    assert low(ruled, other, 900).amount == 2_000  # a tenth exactly is too much for one


def test_a_dearer_line_makes_nothing_good(ruled: World) -> None:
    quote = ask(ruled, M1=20, B1=10)
    asked = low(ruled, quote, 700, 5000)
    assert asked.amount == 20 * 300


def test_the_higher_rule_asks_two(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 700)
    vote(ruled, asked)
    assert now(ruled, quote).status == "ASKED"
    vote(ruled, asked, CHIEF)
    assert now(ruled, quote).status == "OFFERED"


def test_a_no_leaves_the_quote_with_the_seller_who_is_told(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    vote(ruled, low(ruled, quote, 850), agrees=False)
    assert now(ruled, quote).status == "ASKED"
    assert kinds(ruled, quote.seller)[-1] == "quote-offer-refused"
    assert kinds(ruled, quote.buyer) == []
    assert isinstance(offer(ruled, quote, 950), Quote)


def test_whoever_asks_has_no_word_and_neither_has_one_without_the_right(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    with pytest.raises(Forbidden, match="own-request"):
        vote(ruled, asked, SALES)
    with pytest.raises(Forbidden, match="not-permitted"):
        vote(ruled, asked, CLERK)
    for who in (ruled.dealer, "owner@d002.demo", "credit@bank.demo"):
        with pytest.raises(NotFound):
            vote(ruled, asked, who)
    assert status(ruled, asked) == "WAITING"


def test_whoever_asked_takes_it_back(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    with ruled.desk(SALES) as seller:
        approvals.withdraw(asked.pk, actor=seller, at=ruled.at)
    assert now(ruled, quote).status == "ASKED"
    with refused("approval-over"):
        vote(ruled, asked)
    vote(ruled, low(ruled, quote, 860))
    assert now(ruled, quote).status == "OFFERED"


def test_one_question_at_a_time(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    low(ruled, quote, 850)
    with refused("approval-waits"):
        offer(ruled, quote, 800)


def ends() -> dict[str, Callable[[World, Quote], object]]:
    def decline(world: World, quote: Quote) -> None:
        with world.desk(SALES) as seller:
            quoting.decline(quote.number, reason="sold out", actor=seller, at=world.at)

    def withdraw(world: World, quote: Quote) -> None:
        with world.desk(world.dealer) as dealer:
            quoting.withdraw(quote.number, actor=dealer, at=world.at)

    def expire(world: World, quote: Quote) -> None:
        with world.worker():
            Quote.objects.filter(pk=quote.pk).update(runs_out_at=world.later(days=2))
            quoting.expire(at=world.later(minutes=1))

    return {
        "answered otherwise": lambda world, quote: offer(world, quote, 950),
        "declined": decline,
        "withdrawn": withdraw,
        "expired": expire,
    }


@pytest.mark.parametrize("end", ends())
def test_what_ends_the_turn_ends_the_question(ruled: World, end: str) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    ends()[end](ruled, quote)
    was = now(ruled, quote)
    assert status(ruled, asked) == "EXPIRED"
    with refused("approval-over"):
        vote(ruled, asked)
    then = now(ruled, quote)
    assert (then.status, then.version) == (was.status, was.version)


def test_an_agreed_answer_to_another_version_is_not_made(ruled: World) -> None:
    """Even where the question had not been ended: what was kept names its version."""
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    with ruled.worker():
        Quote.objects.filter(pk=quote.pk).update(version=3)
    with refused("quote-moved"):
        vote(ruled, asked)
    assert status(ruled, asked) == "WAITING"


def test_a_yes_after_the_last_day_of_the_offer_comes_too_late(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850, days=0)
    ruled.later(days=1)
    with refused("offer-too-late"):
        vote(ruled, asked)
    vote(ruled, asked, agrees=False)
    assert now(ruled, quote).status == "ASKED"


def test_the_buyer_sees_no_trace_of_it(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    with ruled.worker():
        facts = Fact.objects.count()
    low(ruled, quote, 850)
    be("heliu_web")
    with acting_for([quote.buyer]):
        assert not Approval.objects.exists()
        assert not Proposal.objects.exists()
        assert QuoteVersion.objects.count() == 1
    with ruled.worker():
        assert Fact.objects.count() == facts
    same = now(ruled, quote)
    assert (same.moved_at, same.runs_out_at) == (quote.moved_at, quote.runs_out_at)


def test_an_answer_by_rule_stays_in_its_bounds_and_asks_nobody(ruled: World) -> None:
    bound(ruled, 10, "20")
    quote = ask(ruled, M1=20)
    assert now(ruled, quote).status == "OFFERED"
    with ruled.worker():
        assert not Approval.objects.exists()


def test_what_would_be_refused_asks_nobody(ruled: World) -> None:
    quote = ask(ruled, M1=20, B1=5)
    with refused("answer-each"):
        offer(ruled, quote, 1)
    with refused("valid-until-invalid"):
        offer(ruled, quote, 1, 1, days=-1)
    with ruled.desk(ruled.dealer) as dealer, pytest.raises(Forbidden):
        quoting.answer(
            quote.number, actor=dealer, answers=[], valid_until=ruled.at.date(), at=ruled.at
        )
    with ruled.worker():
        assert not Approval.objects.exists()


def test_two_who_agree_at_once_make_one_offer(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    assert in_turn(ruled, [(BOSS, asked), (CHIEF, asked)]) == ["agreed", "approval-over"]
    assert len(queries.versions(now(ruled, quote))) == 2


def test_a_yes_and_a_withdrawal_at_once_do_not_wait_for_each_other(ruled: World) -> None:
    quote = ask(ruled, M1=20)
    asked = low(ruled, quote, 850)
    said = in_turn(ruled, [(BOSS, asked), (ruled.dealer, None)], quote)
    then = now(ruled, quote)
    assert then.status == "WITHDRAWN"
    assert status(ruled, asked) in ("APPROVED", "EXPIRED")
    assert said in (["agreed", "withdrawn"], ["approval-over", "withdrawn"])


def in_turn(
    world: World, words: list[tuple[str, Approval | None]], quote: Quote | None = None
) -> list[str]:
    """What each of several heard who spoke at once: an approval is agreed to, else the quote is
    withdrawn."""
    ready, heard = Barrier(len(words)), []

    def speak(who: str, asked: Approval | None) -> None:
        try:
            actor = world.actor(who)
            with acting_for(actor.orgs):
                ready.wait()
                if asked:
                    approvals.vote(asked.pk, agrees=True, actor=actor, at=world.at)
                elif quote:
                    quoting.withdraw(quote.number, actor=actor, at=world.at)
            heard.append("agreed" if asked else "withdrawn")
        except Refused as refusal:
            heard.append(refusal.code)
        finally:
            connection.close()

    be("heliu_web")
    hands = [Thread(target=speak, args=word) for word in words]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return sorted(heard)


LINES = st.lists(
    st.tuples(st.integers(1, 500), st.integers(1, 3000), st.integers(1, 3000)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(LINES)
def test_the_share_is_of_what_would_be_paid_anyway_and_between_nothing_and_all(
    lines: list[tuple[int, int, int]],
) -> None:
    skus = [uuid4() for _ in lines]
    found = policies.given_away(
        [Offered(n, sku, pieces, price, False, None, "")
         for n, (sku, (pieces, price, _)) in enumerate(zip(skus, lines, strict=True), 1)],
        {sku: usual for sku, (*_, usual) in zip(skus, lines, strict=True)},
    )  # fmt: skip
    given_away = sum(n * max(0, usual - price) for n, price, usual in lines)
    anyway = sum(n * usual for n, _, usual in lines)
    assert found.amount == given_away
    assert 0 <= found.share <= 100_00
    assert found.share * anyway <= given_away * 100_00 < (found.share + 1) * anyway


DEEDS = ("low", "high", "yes", "no", "back", "decline", "withdraw", "otherwise", "night")


@given(
    st.lists(st.sampled_from(DEEDS), min_size=1, max_size=8),
    st.lists(st.integers(780, 900), min_size=8),
)
@settings(max_examples=examples(10))
def test_in_any_sequence_nothing_low_is_offered_that_was_not_agreed_to(
    laid: Any, django_db_blocker: Any, deeds: list[str], prices: list[int]
) -> None:
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        world = World(chain)
        allow_from_a_tenth(world)
        quote, agreed = ask(world, M1=20), set[int]()
        for deed, price in zip(deeds, prices, strict=False):
            waiting = question_about(world, quote)
            try:
                do(world, quote, deed, price, waiting)
                if deed == "yes" and waiting:
                    agreed.add(waiting.amount)
            except Refused:
                pass
            then, left = now(world, quote), question_about(world, quote)
            assert left is None or then.status == "ASKED"
            if then.status == "OFFERED":
                given_away = 20 * 1000 - (queries.versions(then)[-1].total or 0)
                assert given_away < 2_000 or given_away in agreed


def allow_from_a_tenth(world: World) -> None:
    with world.worker():
        enrol(BOSS, "Boss", world.chain.seller, "sales-manager")
    with world.desk(BOSS) as boss:
        engine.set_levels(
            conceding.OFFER, from_amount=10_00, levels=[Level("concede")], actor=boss, at=world.at
        )


def question_about(world: World, quote: Quote) -> Approval | None:
    with world.worker():
        return Approval.objects.filter(subject=quote.pk, status="WAITING").first()


def do(world: World, quote: Quote, deed: str, price: int, waiting: Approval | None) -> None:
    """One deed; what there is nothing to do about is none."""
    if deed in ("low", "high"):
        offer(world, quote, price if deed == "low" else 901 + price % 99)
    elif deed in ("yes", "no") and waiting:
        vote(world, waiting, agrees=deed == "yes")
    elif deed == "back" and waiting:
        with world.desk(SALES) as seller:
            approvals.withdraw(waiting.pk, actor=seller, at=world.at)
    elif deed == "otherwise":
        with world.desk(world.dealer) as dealer:
            lines = [Asked(sku, n) for sku, n in world.lines(M1=20)]
            quoting.ask_otherwise(quote.number, actor=dealer, lines=lines, at=world.at)
    elif deed == "night":
        with world.worker():
            quoting.expire(at=world.later(days=1))
    elif deed in ("decline", "withdraw"):
        ends()["declined" if deed == "decline" else "withdrawn"](world, quote)
