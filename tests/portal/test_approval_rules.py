"""The page on which a house sets its own rules of approval, by its own forms."""

from __future__ import annotations

import re

import pytest
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

from heliu.portal.shell.approval_rules import MAY
from heliu.trade.approvals import RULED

BANK, HERE = "credit@bank.demo", "/approvals/rules"
TWO = {"act": "enforce", "from_amount": "100,000", "permission-1": "enforce", "people-1": "2",
       "permission-2": "override", "people-2": "1"}  # fmt: skip


def test_a_rule_is_set_and_taken_away_by_the_form_beside_it(demo: World) -> None:
    officer = browser(BANK)
    send(officer, HERE, {**TWO, "idempotency_key": key_in(read(officer, HERE))}, to=HERE)
    page = read(officer, HERE)
    assert "2 people who may enforce → 1 person who may overrule the rules of credit" in page
    (form,) = re.findall(r"<form(?:(?!</form>).)*name=\"remove\"", page, flags=re.S)
    taken = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert taken["from_amount"] == "100,000.00"
    send(officer, HERE, {**taken, "remove": "yes"}, to=HERE)
    assert 'name="remove"' not in read(officer, HERE)


def test_what_cannot_be_read_is_said_there_and_stays(demo: World) -> None:
    officer = browser(BANK)
    key = key_in(read(officer, HERE))
    answer = officer.post(HERE, {**TWO, "from_amount": "much", "idempotency_key": key})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This amount cannot be read." in page
    assert 'value="much"' in page
    assert '<option value="override" selected>' in page


def test_who_may_not_manage_sees_the_rules_and_no_form(demo: World) -> None:
    page = read(browser("review@bank.demo"), HERE)
    assert "Enforce a loan" in page
    assert "Set the rule" not in page


@pytest.mark.parametrize("role", sorted(RULED))
def test_whoever_a_rule_may_ask_has_words(role: str) -> None:
    assert {one for act in RULED[role] for one in act.agreed_by} <= set(MAY)


def test_a_seller_sets_who_agrees_to_returns(demo: World) -> None:
    assert "who may sell" in read(browser("sales@seller.demo"), HERE)
