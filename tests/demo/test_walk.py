"""The demo's deal over the API, what is written of it, and how it says that it cannot go on."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from tests.conftest import be
from tests.demo.conftest import Demo
from tests.trade.conftest import World

from heliu.config import soundness
from heliu.demo import outcome
from heliu.demo.outcome import outcome_of
from heliu.demo.run import find_dealer
from heliu.kernel.errors import Refused

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "demo.schema.json").read_text())


def validate(document: object) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).validate(document)


def check_here() -> dict[str, object]:
    """What `heliu check` says, asked in this process."""
    be("heliu_worker")
    # In the tests the web role may become the worker, so the walls between roles are not asked.
    found = {room: look() for room, look in soundness.checks() if room != "roles"}
    be("heliu_web")
    lines = [f"{room}: {offenders or 'sound'}" for room, offenders in found.items()]
    return {"is_sound": not any(found.values()), "lines": lines}


def test_the_whole_way_and_what_is_written_of_it(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "check", check_here)
    demo.go()
    walk = demo.walk
    written = outcome_of(
        walk,
        books={"dealer": walk.dealer, "seller": walk.seller, "bank": demo.bank},
        buyer={"code": "D001", "name": "Dealer 1", "name_zh": "经销商1"},
        seconds=1.0,
    )
    validate(json.loads(json.dumps(written)))
    assert written["is_closed"]
    assert written["check"]["is_sound"], written["check"]["lines"]
    assert [step["name"] for step in written["steps"]] == [
        "preview", "order", "sign", "seller paid", "ship", "receive and pledge",
        "repay 30 %", "pick up", "repay 70 %", "pick up",
    ]  # fmt: skip
    assert len(written["numbers"]["releases"]) == 2
    assert sum(written["loan"]["repaid"]) == written["loan"]["principal"]
    flows = {flow for fact in written["facts"] for flow in fact["flows"]}
    assert flows == {"commerce", "logistics", "capital", "information"}
    for book in written["trial_balances"]:
        assert book["debit"] == book["credit"] > 0


def test_a_thing_left_out_is_not_this_document() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate({"version": 1})


def test_interest_is_paid_with_the_last_repayment(demo: Demo) -> None:
    walk, world = demo.walk, demo.world
    real = walk.repay

    def repay(percent: int, *, is_last: bool) -> None:
        world.later(days=20)
        real(percent, is_last=is_last)

    walk.repay = repay  # type: ignore[method-assign]
    demo.go(repay=(50, 50))
    loan = walk.dealer.get(f"/loans/{walk.placed['loan_number']}")
    assert loan["status"] == "CLOSED"
    assert loan["interest_paid"] > 0


def test_quantity_of_each_thing(demo: Demo) -> None:
    demo.go(quantity=20, repay=(100,))
    assert [line["quantity"] for line in demo.walk.lines] == [20]


def test_part_of_the_loan_leaves_the_deal_open(demo: Demo) -> None:
    demo.go(repay=(30,))
    assert demo.walk.dealer.get(demo.walk.deal)["outcome"] == "OPEN"


@pytest.mark.parametrize(
    ("quantity", "words"), [(9_000, "A person at the bank decides"), (90_000, "Only 10000")]
)
def test_what_cannot_be_is_said_in_one_line(demo: Demo, quantity: int, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        demo.go(quantity=quantity)
    assert words in refusal.value.text()
    assert demo.walk.placed == {}


@pytest.mark.parametrize("name", ["D001", "d001", "Dealer 1", "经销商1有限公司", "dealer 1 co"])
def test_a_dealer_is_found_by_any_of_its_names(world: World, name: str) -> None:
    be("heliu_worker")
    assert find_dealer(name, world.chain.dealers.values()).code == "d001"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Dealer", "Several dealers are called 'Dealer': Dealer 1 经销商1 (d001), Dealer 2"),
        ("Deeler 2", "No dealer is called 'Deeler 2'. Near to it: Dealer 2"),
        ("", "No dealer is called ''. Near to it: Dealer 1"),
    ],
)
def test_a_name_nobody_bears_shows_those_near_it(world: World, name: str, words: str) -> None:
    be("heliu_worker")
    with pytest.raises(Refused) as refusal:
        find_dealer(name, world.chain.dealers.values())
    assert words in refusal.value.text()
