"""The middleware door: who acts, what they see, what is kept and what is rolled back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from tests.people import Seated, organization, seat

from heliu.kernel.access.models import Membership
from heliu.kernel.access.request import sit_down
from heliu.kernel.clock import now
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.parties.models import Organization
from heliu.portal.urls import urlpatterns as portal


def look(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    names = sorted(Organization.objects.values_list("code", flat=True))
    return HttpResponse(
        f"{actor and Organization.objects.get(pk=actor.org).code}: {','.join(names)}"
    )


def write_down(request: HttpRequest, status: int) -> HttpResponse:
    Notice.objects.create(
        org=request.actor.own_org, kind="deal-closed", params={}, link="/", at=now()
    )
    if status == 500:
        raise RuntimeError
    if status == 409:
        raise Refused("no", "It is %(time)s o'clock.", time=3, help="Wait.")
    return HttpResponse(status=status)


def sit(request: HttpRequest, code: str) -> HttpResponse:
    sit_down(request, Organization.objects.get(code=code).pk)
    return HttpResponse()


urlpatterns = [
    path("look", look),
    path("write/<int:status>", write_down),
    path("sit/<code>", sit),
    *portal,  # which the page of an error leads to
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def clerk(db: None, as_worker) -> Seated:
    """A person with two desks; the first has a house below it, the third house is a stranger."""
    with as_worker():
        first, second = organization("first", "SELLER"), organization("second", "DEALER")
        organization("below", parent_id=first.pk)
        organization("stranger", "DEALER")
        clerk = seat(first, "owner")
        Membership.objects.create(user=clerk.user, org=second.pk)
        return clerk


def seen(client: Client) -> str:
    return client.get("/look").content.decode()


def test_nobody_sees_nothing(clerk: Seated, client: Client) -> None:
    assert seen(client) == "None: "


def test_a_person_sees_the_house_of_the_desk_and_those_below(clerk: Seated, client: Client) -> None:
    client.force_login(clerk.user)
    assert seen(client) == "first: below,first"


def test_desks_do_not_mix(clerk: Seated, client: Client, as_worker) -> None:
    client.force_login(clerk.user)
    session = client.session
    with as_worker():
        session["desk"] = str(Organization.objects.get(code="second").pk)
    session.save()
    assert seen(client) == "second: second"


def test_somebody_elses_desk_is_not_taken(clerk: Seated, client: Client, as_worker) -> None:
    client.force_login(clerk.user)
    session = client.session
    with as_worker():
        session["desk"] = str(Organization.objects.get(code="stranger").pk)
    session.save()
    assert seen(client) == "first: below,first"


def test_a_desk_that_was_taken_away_is_gone_at_once(
    clerk: Seated, client: Client, as_worker
) -> None:
    clerk.sit(client)
    with as_worker():
        Membership.objects.filter(org=clerk.org.pk).update(is_active=False)
    assert seen(client) == "second: second"


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (409, 0), (422, 0), (500, 0)])
def test_what_ends_badly_leaves_nothing(
    clerk: Seated, client: Client, as_worker, status: int, kept: int
) -> None:
    client.raise_request_exception = False
    answer = clerk.sit(client).post(f"/write/{status}")
    assert answer.status_code == status
    with as_worker():
        assert Notice.objects.count() == kept


def test_a_refusal_nobody_worded_is_worded_here(clerk: Seated, client: Client) -> None:
    page = clerk.sit(client).post("/write/409").content.decode()
    assert "It is 3 o&#x27;clock." in page
    assert "Wait." in page


def test_nothing_of_one_request_is_seen_by_the_next(clerk: Seated, client: Client) -> None:
    clerk.sit(client)
    seen(client)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('heliu.orgs', true), '')")
        assert cursor.fetchone()[0] in ("", "{}")
