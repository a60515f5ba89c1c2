"""Whatever the document allows, and much that it does not, is answered as the document says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.api.hands import Hand, Hands
from tests.api.test_pledged_order import place_financed, receive

EXAMPLES = 15
within_the_time = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def known_values(hands: Hands) -> dict[str, list[Any]]:
    """Names that lead somewhere, so that not every answer is 404."""
    made = place_financed(hands)
    receive(hands, made["order"])
    hands.dealer.post(f"{made['deal']}/repay", {"percent": "30"}, expect=202)
    hands.bank()
    dealer = hands.dealer
    return {
        "seller": [hands.seller_id],
        "sku": [str(sku) for sku in hands.world.chain.skus.values()],
        "ref": [
            row["number"]
            for path in ("/deals", "/orders", "/loans", "/shipments", "/pledges", "/payments")
            for row in dealer.items(path)[:2]
        ],
        "number": [
            row["number"]
            for path in ("/releases", "/receipts", "/facilities", "/assessments")
            for row in dealer.items(path)[:2]
        ],
        "account": [row["id"] for row in dealer.items("/books/accounts")[:3]],
        "notice": [row["id"] for row in dealer.items("/notices")[:3]],
        "row": [row["id"] for row in dealer.items("/stock")[:3]],
    }


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_the_api(
    hands: Hands, subtests: pytest.Subtests, mode: GenerationMode
) -> None:
    known = known_values(hands)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    for found in schema.get_all_operations():
        operation = found.ok()
        with subtests.test(operation=operation.label):
            try_out(operation, mode, known, hands.dealer)


def try_out(
    operation: schemathesis.APIOperation[Any, Any, Any],
    mode: GenerationMode,
    known: dict[str, list[Any]],
    hand: Hand,
) -> None:
    """Ask this operation with what schemathesis thinks of, here and there with names we know."""

    @within_the_time
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: schemathesis.Case, data: st.DataObject) -> None:
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                for name in part.keys() & known.keys():
                    if data.draw(st.booleans()):
                        part[name] = data.draw(st.sampled_from(known[name]))
        case.call_and_validate(headers={"Authorization": f"Bearer {hand.token}"})

    ask()
