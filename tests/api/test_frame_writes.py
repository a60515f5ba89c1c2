"""Writing through the API: once per key, all or nothing, only with a key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import Chain
from tests.people import Seated, organization, seat

from heliu.kernel.access.door import acting_for
from heliu.kernel.events.models import Notice

pytestmark = pytest.mark.urls("tests.api.write_route")
WISHES = "/api/test/wishes"


def wish(client: Client, who: Seated, key: str | None, body: object, **headers: str):
    keyed = {"Idempotency-Key": key} if key is not None else {}
    return client.post(
        WISHES, body, content_type="application/json", headers={**who.bearer, **keyed, **headers}
    )


def written(who: Seated) -> int:
    with acting_for([who.org.pk]):
        return Notice.objects.count()


def test_a_repeated_write_is_answered_and_not_done_again(chain: Chain, client: Client) -> None:
    first = wish(client, chain.dealer, "key-00001", {"word": "yes"})
    again = wish(client, chain.dealer, "key-00001", {"word": "yes"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert written(chain.dealer) == 1


def test_another_key_or_another_house_is_another_deed(chain: Chain, client: Client) -> None:
    for who, key in (
        (chain.dealer, "key-00001"),
        (chain.dealer, "key-00002"),
        (chain.seller, "key-00001"),
    ):
        assert "Idempotent-Replayed" not in wish(client, who, key, {"word": "yes"})
    assert (written(chain.dealer), written(chain.seller)) == (2, 1)


def test_a_key_with_other_content_is_refused(chain: Chain, client: Client) -> None:
    wish(client, chain.dealer, "key-00001", {"word": "yes"})
    answer = wish(client, chain.dealer, "key-00001", {"word": "maybe"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert written(chain.dealer) == 1


def test_a_refusal_leaves_nothing_and_is_judged_anew(chain: Chain, client: Client) -> None:
    for _ in range(2):
        answer = wish(client, chain.dealer, "key-00001", {"word": "no"})
        assert answer.status_code == 409
        assert answer.json() == {
            "type": "urn:heliu:problem:no-is-no",
            "title": "This is not possible now.",
            "status": 409,
            "code": "no-is-no",
            "detail": "No means no.",
            "field": "word",
            "help": "Say yes.",
            "errors": [],
        }
    assert written(chain.dealer) == 0


@pytest.mark.parametrize("key", [None, "short", "k" * 81, "with space"])
def test_a_write_needs_a_key(chain: Chain, client: Client, key: str | None) -> None:
    answer = wish(client, chain.dealer, key, {"word": "yes"})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    assert written(chain.dealer) == 0


def test_what_is_wrong_is_named_field_by_field(chain: Chain, client: Client) -> None:
    answer = wish(client, chain.dealer, "key-00001", {"count": "many"})
    assert answer.json()["errors"] == [
        {"field": "word", "code": "missing", "detail": "This field is needed."},
        {"field": "count", "code": "int_parsing", "detail": "This is not a whole number."},
    ]


@pytest.mark.parametrize(
    "body", ['{"word": ', "[]", '"x"', "\udcff".encode(errors="surrogateescape")]
)
def test_what_is_no_json_object_is_told_so(chain: Chain, client: Client, body: str | bytes) -> None:
    answer = client.post(
        WISHES, body, content_type="application/json",
        headers={**chain.dealer.bearer, "Idempotency-Key": "key-00001"},
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_page_writes_only_with_its_csrf_token(chain: Chain) -> None:
    client = chain.dealer.sit(Client(enforce_csrf_checks=True))
    body, headers = {"word": "yes"}, {"Idempotency-Key": "key-00001"}
    answer = client.post(WISHES, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forged")
    client.cookies["csrftoken"] = token = "a" * 32
    headers["X-CSRFToken"] = token
    assert (
        client.post(WISHES, body, content_type="application/json", headers=headers).status_code
        == 201
    )


def test_many_at_once_are_one_deed(own_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set role heliu_worker")
        who = seat(organization("rush", "DEALER"), "owner")
        cursor.execute("reset role")

    def send(_: int) -> tuple[int, str]:
        try:
            answer = wish(Client(), who, "key-00001", {"word": "yes"})
            return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(24)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert written(who) == 1
