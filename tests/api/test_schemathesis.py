"""Whatever the document allows, and much that it does not, is answered as the document says.

A few examples of each request in every run, many in `make verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from tests.api.hands import Hand, Hands
from tests.api.test_pledged_order import place_financed, receive
from tests.examples import examples

from heliu.kernel.ids import new_id

within_the_time = settings(
    max_examples=examples(2),  # the simplest, and one by chance
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


KINDS = ("deals", "orders", "loans", "shipments", "pledges", "payments", "releases", "receipts",
         "facilities", "assessments")  # fmt: skip


@dataclass
class Ground:
    """A chain in which a deal runs, and the names that lead somewhere in it."""

    desks: list[Hand]
    known: dict[str, list[Any]]

    def names_for(self, operation: schemathesis.APIOperation[Any, Any, Any]) -> dict[str, Any]:
        """What the names in a request may stand for; a number is one of the path's kind."""
        kind = operation.path.split("/")[3]
        return self.known | dict.fromkeys(("ref", "number"), self.known.get(kind, ["none"]))


@pytest.fixture
def ground(hands: Hands) -> Ground:
    made = place_financed(hands)
    receive(hands, made["order"])
    hands.dealer.post(f"{made['deal']}/repay", {"percent": "30"}, expect=202)
    hands.bank()
    hands.dealer.post("/orders", hands.order(pay_by="FINANCE", M2=30), expect=201)
    hands.dealer.post("/orders", hands.order(M2=10), expect=201)
    known: dict[str, list[Any]] = {
        kind: [row["number"] for row in hands.dealer.items(f"/{kind}")[:3]] for kind in KINDS
    }
    known["sku"] = [str(sku) for sku in hands.world.chain.skus.values()]
    known["seller"] = [hands.seller_id]
    known["account"] = [row["id"] for row in hands.dealer.items("/books/accounts")[:3]]
    known["notice"] = [row["id"] for row in hands.dealer.items("/notices")[:3]]
    known["row"] = [row["id"] for row in hands.dealer.items("/stock")[:3]]
    return Ground([hands.dealer, hands.seller, hands.lender, hands.keeper], known)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_request_is_answered_as_the_document_says(
    ground: Ground, subtests: pytest.Subtests, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    try_out = try_what_is_right if mode == GenerationMode.POSITIVE else try_what_is_wrong
    for found in schema.get_all_operations():
        operation = found.ok()
        with subtests.test(operation=operation.label):
            try_out(operation, ground)


def test_nobody_is_answered_without_a_token(ground: Ground, client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    answers = {
        f"{verb} {path}": getattr(client, verb)(path.replace("{", "").replace("}", "")).status_code
        for path, verbs in paths.items()
        for verb in verbs
    }
    assert {name: status for name, status in answers.items() if status != 401} == {
        "post /api/v1/bank/notices": 422  # the bank signs what it sends instead
    }


def try_what_is_right(operation: schemathesis.APIOperation[Any, Any, Any], ground: Ground) -> None:
    """At any desk, here and there with names that lead somewhere: the shape is never at fault."""
    names = ground.names_for(operation)

    @within_the_time
    @given(case=operation.as_strategy(GenerationMode.POSITIVE), data=st.data())
    def ask(case: schemathesis.Case, data: st.DataObject) -> None:
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                for name in sorted(part.keys() & names.keys()):
                    # Another thing may go by the same name: an account of a bank is a text.
                    if part is case.body and type(part[name]) is not type(names[name][0]):
                        continue
                    if data.draw(st.booleans()):
                        part[name] = data.draw(st.sampled_from(names[name]))
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = new_id().hex
        headers = sent_by(data.draw(st.sampled_from(ground.desks)))
        response = case.call(headers=headers)
        unasked = [positive_data_acceptance, ignored_auth]
        case.validate_response(response, headers=headers, excluded_checks=unasked)
        if response.status_code == 422:
            assert response.json()["errors"] == []

    ask()


def try_what_is_wrong(operation: schemathesis.APIOperation[Any, Any, Any], ground: Ground) -> None:
    """What the document does not allow is refused, and in its shape."""

    @within_the_time
    @given(case=operation.as_strategy(GenerationMode.NEGATIVE))
    def ask(case: schemathesis.Case) -> None:
        headers = sent_by(ground.desks[0])
        case.call_and_validate(headers=headers, excluded_checks=[ignored_auth])

    ask()


def sent_by(hand: Hand) -> dict[str, str]:
    """Werkzeug's client, which carries the request, does not unpack answers."""
    return {"Authorization": f"Bearer {hand.token}", "Accept-Encoding": "identity"}
