"""The frame of the API: who asks, what is answered, how it says no."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import Chain

from heliu.kernel.access.models import ApiToken

ME, ORGANIZATIONS = "/api/v1/me", "/api/v1/organizations"


def test_a_token_stands_for_a_person_at_a_desk(chain: Chain, client: Client) -> None:
    answer = client.get(ME, headers=chain.dealer.bearer)
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": str(chain.dealer.user.pk),
        "name": "Owner",
        "organization": {
            "id": str(chain.dealer.org.pk),
            "code": "lanhe",
            "name": "Lanhe",
            "name_zh": "兰河",
            "city": "",
            "external_id": "",
            "is_active": True,
        },
        "party_roles": ["DEALER"],
        "permissions": ["consent", "manage", "order", "pay", "sign"],
    }


def test_a_person_signed_in_to_the_pages_may_ask_too(chain: Chain, client: Client) -> None:
    answer = chain.dealer.sit(client).get(ME)
    assert answer.json()["organization"]["code"] == "lanhe"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "sign-in-needed"),
        ("Bearer hl_wrong", "token-unknown"),
        ("Basic eDp5", "sign-in-needed"),
    ],
)
def test_nobody_is_told_to_sign_in(db: None, client: Client, header: str, code: str) -> None:
    answer = client.get(ME, headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_token_opens_nothing(chain: Chain, client: Client, as_worker) -> None:
    with as_worker():
        ApiToken.objects.filter(user=chain.dealer.user).update(
            revoked_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    assert client.get(ME, headers=chain.dealer.bearer).json()["code"] == "token-expired"


def test_organizations_are_the_known_ones(chain: Chain, client: Client) -> None:
    answer = client.get(ORGANIZATIONS, headers=chain.dealer.bearer)
    assert [item["code"] for item in answer.json()["items"]] == ["hengfeng", "lanhe"]
    assert answer.json()["next_cursor"] is None
    answer = client.get(ORGANIZATIONS, {"role": "SELLER"}, headers=chain.dealer.bearer)
    assert [item["code"] for item in answer.json()["items"]] == ["hengfeng"]
    answer = client.get(ORGANIZATIONS, headers=chain.stranger.bearer)
    assert [item["code"] for item in answer.json()["items"]] == ["other"]


def test_a_strangers_organization_is_not_there(chain: Chain, client: Client) -> None:
    address = f"{ORGANIZATIONS}/{chain.dealer.org.pk}"
    assert client.get(address, headers=chain.seller.bearer).json()["code"] == "lanhe"
    answer = client.get(address, headers=chain.stranger.bearer)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_pages_neither_skip_nor_repeat(chain: Chain, client: Client) -> None:
    first = client.get(ORGANIZATIONS, {"limit": 1, "role": ""}, headers=chain.dealer.bearer)
    assert [item["code"] for item in first.json()["items"]] == ["hengfeng"]
    link = first["Link"]
    assert link.endswith('>; rel="next"')
    second = client.get(link[1 : link.index(">")], headers=chain.dealer.bearer)
    assert [item["code"] for item in second.json()["items"]] == ["lanhe"]
    assert second.json()["next_cursor"] is None
    assert "Link" not in second


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "bm90IGpzb24",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b'["a","b"]').decode(),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(chain: Chain, client: Client, cursor: str) -> None:
    answer = client.get(ORGANIZATIONS, {"cursor": cursor}, headers=chain.dealer.bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-unknown")


@pytest.mark.parametrize("limit", ["0", "201", "x"])
def test_limits_are_bounded(chain: Chain, client: Client, limit: str) -> None:
    answer = client.get(ORGANIZATIONS, {"limit": limit}, headers=chain.dealer.bearer)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "not-valid", "limit")
    assert problem["errors"][0]["field"] == "limit"


def test_problems_speak_the_readers_language(chain: Chain, client: Client) -> None:
    for how in (
        {"headers": chain.dealer.bearer | {"Accept-Language": "zh-CN"}},
        {"headers": chain.dealer.bearer, "query_params": {"language": "zh-hans"}},
    ):
        assert client.get(f"{ORGANIZATIONS}/x", **how)["Content-Language"] == "zh-hans"
    answer = client.get(f"{ORGANIZATIONS}/x", headers=chain.dealer.bearer)
    assert answer["Content-Language"] == "en"


def test_every_error_below_api_is_a_problem(chain: Chain, client: Client) -> None:
    for answer, status in (
        (client.get("/api/v1/nowhere", headers=chain.dealer.bearer), 404),
        (client.get("/api/nowhere"), 404),
        (client.post(ME, headers=chain.dealer.bearer), 405),
    ):
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert set(answer.json()) == {
            "type",
            "title",
            "status",
            "code",
            "detail",
            "field",
            "help",
            "errors",
        }


def test_a_fault_of_ours_is_a_problem_and_leaves_nothing(
    chain: Chain, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(actor: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1/0")

    monkeypatch.setattr("heliu.kernel.parties.queries.visible_to", broken)
    client.raise_request_exception = False
    answer = client.get(ORGANIZATIONS, headers=chain.dealer.bearer)
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert answer["Content-Type"] == "application/problem+json"


def test_the_document_declares_every_error(client: Client, db: None) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status in ("401", "404", "409", "422"):
                shape = operation["responses"][status]["content"]
                assert shape == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
    assert {"Problem", "FieldError"} <= set(schema["components"]["schemas"])
    assert json.dumps(schema)


def test_the_docs_page_needs_nothing_from_elsewhere(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "<b>GET</b> <code>/api/v1/organizations</code>" in page
    assert not re.search(r'(?:src|href|action)="(?:http|//)', page)


def test_the_docs_page_says_what_a_route_takes_and_answers(client: Client, db: None) -> None:
    """Whoever begins with the API reads how a program is let in, each body and each answer."""
    page = client.get("/api/v1/docs").content.decode()
    assert "Authorization: Bearer" in page
    placing = page[page.index('id="place"') :]
    placing = placing[: placing.index("</details>")]
    for words in ("Body", "Answer", "<code>lines</code>", "<code>approval-needed</code>"):
        assert words in placing
    assert "`" not in placing
