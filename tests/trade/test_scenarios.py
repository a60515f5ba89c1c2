"""docs/scenarios.md, played: one test per scenario, and tests that a wrong word in it is noticed."""

from __future__ import annotations

import re

import pytest
from tests.trade.conftest import World
from tests.trade.scenarios.document import (
    DOCUMENT,
    Scenario,
    Unreadable,
    anchor,
    preface,
    scenarios,
)
from tests.trade.scenarios.stage import play

TEXT = DOCUMENT.read_text()
ALL = scenarios(TEXT)
TIGHT = re.sub(r" {2,}", " ", TEXT)  # cells without their padding, to be tampered with


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_scenario(world: World, scenario: Scenario) -> None:
    play(scenario, ALL, world)


def test_the_table_at_the_top_leads_to_every_scenario() -> None:
    linked = set(re.findall(r"\]\(#([^)]+)\)", preface(TEXT)))
    assert linked == {anchor(scenario.name) for scenario in ALL}


TAMPERED = {
    "a state": ("| PAYING_SELLER |", "| SELLER_PAID |"),
    "the goods": ("| 2,050/0/0 |", "| 2,049/0/0 |"),
    "an amount": ("| limit_offset | 24,000.00 |", "| limit_offset | 24,000.01 |"),
    "an account": ("| margin_deposit | bank |", "| margin_deposit | cash |"),
    "a journal too many": ("| 7 | goods_pledged |", "| 7 | accrued | dealer | interest_expense | bank | 1.00 |\n| 7 | goods_pledged |"),
    "a journal at another step": ("| 5 | seller_paid |", "| 6 | seller_paid |"),
    "a journal in two": ("| | | lender | limit_used |", "| 4 | disbursed | lender | limit_used |"),
    "what is given": ("| 4.95 % a year", "| 4.90 % a year"),
    "a balance": ("| interest_income | | 59.40 |", "| penalty_income | | 59.40 |"),
    "a refusal that does not come": ("| signs |", "| signs: refused, quote-expired |"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_a_wrong_word_fails(world: World, name: str) -> None:
    tampered = scenarios(instead(*TAMPERED[name]))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        play(tampered[0], tampered, world)


UNREADABLE = {
    "a sum": ("24,000.00 x 4.95 % x 11 / 360 = 36.30", "24,000.00 x 4.95 % x 11 / 360 = 36.31"),
    "a total": ("| total | 30,059.40 |", "| total | 30,059.41 |"),
    "the number of a step": ("| 2 | 2 Nov", "| 3 | 2 Nov"),
    "an amount that is none": ("| bank | 6,000.00 |", "| bank | 6000.00 |"),
    "a time that is none": ("| 2 Nov 10:00 |", "| 32 Nov 10:00 |"),
    "a time that runs backwards": ("| 2 Nov 13:00 |", "| 1 Nov 13:00 |"),
    "a book": ("| lender | nostro |", "| leaser | nostro |"),
    "a table": ("| given | value |", "| given | worth |"),
    "a row": ("| fee | 0.00 |", "| fee | 0.00 | 0.00 |"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_names_its_line(name: str) -> None:
    with pytest.raises(Unreadable, match=r"docs/scenarios\.md:\d+: "):
        scenarios(instead(*UNREADABLE[name]))


def test_an_unknown_event_names_its_line(world: World) -> None:
    tampered = scenarios(instead("| dealer | signs |", "| dealer | winks |"))
    with pytest.raises(Unreadable, match=r"docs/scenarios\.md:\d+: nobody knows how dealer winks"):
        play(tampered[0], tampered, world)


def instead(right: str, wrong: str) -> str:
    """The text with one thing wrong."""
    assert right in TIGHT
    return TIGHT.replace(right, wrong, 1)
