"""Joining over REST: one's own application and people, a seller's invitations, the operator's
queue and rules. Signing up itself is for people with a mailbox, on the pages."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Flag, Line, Sent, Text
from heliu.api.files import SENT, FileOut, sent_file, shown
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.files import queries as files
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import invitations, people, ruling, verifying
from heliu.trade import joining

router = Router()

Language = Literal["en", "zh-hans"]
Standing = Literal["CHECKING", "IN_REVIEW", "MORE_ASKED", "APPROVED", "DENIED"]


class ApplicationOut(Schema):
    """An organisation asks to be admitted."""

    id: UUID
    org: UUID = Field(description="The organisation that joins")
    join_as: str = Field(description="DEALER or SELLER")
    name: str
    country: str
    number: str = Field(description="Unified social credit code; elsewhere the tax number")
    status: Standing
    handed_in_at: datetime
    decided_at: datetime | None


class JoiningDecisionOut(Schema):
    """One act on an application; without a name the rules did it."""

    act: str = Field(description="HANDED_IN, TO_PERSON, MORE_ASKED, APPROVED or DENIED")
    by_name: str
    reason: str
    findings: list[str] = Field(description="What spoke against admitting by rule, by code")
    rules: int | None = Field(description="The version of the rules")
    at: datetime


class ApplicationDetail(ApplicationOut):
    """With what was done with it."""

    decisions: list[JoiningDecisionOut]


class JoiningDecisionIn(Sent):
    """A person's decision, with its reason."""

    act: Literal["approve", "deny", "more"]
    reason: Text = Field(min_length=1)


class HandInIn(Sent):
    """An answer to what was asked, or the application once more."""

    name: Line = Field(min_length=2)
    note: Text = ""


class InvitationIn(Sent):
    """Whom a seller invites to order from it."""

    email: Line = Field(min_length=3)
    name: Line = ""
    language: Language = "zh-hans"


class InvitationOut(Schema):
    """An invitation; `taken_by` is the organisation that came of it."""

    id: UUID
    email: str
    name: str
    made_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    taken_at: datetime | None
    taken_by: UUID | None


class WelcomeIn(Sent):
    """How a seller takes those who come by themselves."""

    is_open: Flag
    is_listed: Flag = Field(False, description="Shown to dealers that look for a seller")
    price_list: UUID | None = Field(None, description="Beside the seller's default one")
    warehouse: UUID | None = Field(None, description="The supervised one of financed goods")


class WelcomeOut(Schema):
    """How a seller takes those who come by themselves."""

    is_open: bool
    is_listed: bool
    price_list: UUID | None
    warehouse: UUID | None


class JoiningRulesIn(Sent):
    """A new version of the rules of joining."""

    door: Literal["OPEN", "INVITED"]
    sellers: Literal["ONE", "MANY"]
    by_rule: Flag
    least_days: Annotated[int, Field(ge=0, le=ruling.MOST_DAYS)] = 0
    most_branches: Annotated[int, Field(ge=0, le=ruling.MOST_BRANCHES)] | None = Field(
        None, description="That a house may open by itself; null: as it was"
    )
    reason: Text = Field(min_length=1)


class JoiningRulesOut(Schema):
    """The rules of joining in force; without a number nothing was set yet."""

    number: int | None
    door: str
    sellers: str
    by_rule: bool
    least_days: int
    most_branches: int


class ColleagueIn(Sent):
    """Somebody who is to work with the asker's house."""

    email: Line = Field(min_length=3)
    name: Line = Field(min_length=1)
    role: Line = Field(description="Code of a role: purchaser, finance, owner; seller …")
    language: Language = "zh-hans"


class ColleagueOut(Schema):
    """Somebody who is invited, or asks to be let in."""

    id: UUID
    email: str
    name: str
    role: str
    status: str = Field(description="INVITED, ASKED, JOINED or ENDED")
    made_at: datetime


@router.get("/applications", response=Page[ApplicationOut])
def list_applications(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[str, Query(max_length=10, description="Only those that stand so")] = "",
) -> dict[str, object]:
    """The asker's own application; for the operator all, the oldest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("handed_in_at", "id")
    return page(request, response, rows, paging, by=by, show=ApplicationOut.from_orm)


@router.get("/applications/{application}", response=ApplicationDetail)
def get_application(request: TypedRequest, application: UUID) -> dict[str, Any]:
    """One of them, with what was done with it."""
    found = queries.get(request.actor, application)
    told = ApplicationOut.from_orm(found).dict()
    return {**told, "decisions": queries.decisions(found)}


@router.post("/applications/{application}/decision", response=ApplicationOut)
def decide_application(
    request: TypedRequest, application: UUID, payload: JoiningDecisionIn, key: Key
) -> HttpResponse:
    """The operator admits, denies, or asks for more; the newcomer is told."""
    acts = {
        "approve": verifying.approve, "deny": verifying.deny, "more": verifying.ask_for_more,
    }  # fmt: skip

    def do(at: datetime) -> tuple[int, ApplicationOut]:
        act = acts[payload.act]
        done = act(application, actor=request.actor, reason=payload.reason, at=at)
        joining.wake()
        return 200, ApplicationOut.from_orm(done)

    return write(request, key, payload, do)


@router.post("/applications/{application}/hand-in", response=ApplicationOut)
def hand_in_application(
    request: TypedRequest, application: UUID, payload: HandInIn, key: Key
) -> HttpResponse:
    """The newcomer answers what was asked, or asks once more after a denial."""

    def do(at: datetime) -> tuple[int, ApplicationOut]:
        done = verifying.hand_in(
            application, actor=request.actor, name=payload.name, note=payload.note, at=at
        )
        return 200, ApplicationOut.from_orm(done)

    return write(request, key, payload, do)


@router.get("/applications/{application}/papers", response=list[FileOut])
def list_application_papers(request: TypedRequest, application: UUID) -> list[FileOut]:
    """The papers of an application: one's own, for the operator anybody's. `GET /files/{id}` has
    their bytes."""
    found = queries.get(request.actor, application)
    return shown(files.of_subjects(request.actor, [found.pk]))


@router.post("/applications/{application}/papers", response={201: FileOut}, openapi_extra=SENT)
def add_application_paper(request: TypedRequest, application: UUID, key: Key) -> HttpResponse:
    """Add the photo of a licence or another paper to one's own application, for the operator to
    read; `admitted-already` (409)."""
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, FileOut]:
        made = verifying.add_evidence(
            application, actor=request.actor, name=name, content=content, at=at
        )
        return 201, FileOut.from_orm(made)

    digest = sha256(content).hexdigest()
    return write(request, key, Content(name=name, digest=digest), do)


@router.get("/joining-rules", response=JoiningRulesOut)
def get_joining_rules(request: TypedRequest) -> dict[str, object]:
    """The rules of joining in force."""
    return queries.rules()._asdict() | {"most_branches": queries.most_branches()}


@router.post("/joining-rules", response=JoiningRulesOut)
def set_joining_rules(request: TypedRequest, payload: JoiningRulesIn, key: Key) -> HttpResponse:
    """The operator puts a new version into force; what is decided stays."""

    def do(at: datetime) -> tuple[int, JoiningRulesOut]:
        made = ruling.set_rules(actor=request.actor, **payload.model_dump(), at=at)
        return 200, JoiningRulesOut.from_orm(made)

    return write(request, key, payload, do)


@router.get("/invitations", response=Page[InvitationOut])
def list_invitations(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """Whom the asker's house has invited, newest first."""
    rows = queries.invitations(request.actor)
    by = ("-made_at", "-id")
    return page(request, response, rows, paging, by=by, show=InvitationOut.from_orm)


@router.post("/invitations", response=InvitationOut)
def invite_dealer(request: TypedRequest, payload: InvitationIn, key: Key) -> HttpResponse:
    """A seller invites a dealer by mail; once admitted it may order at once."""

    def do(at: datetime) -> tuple[int, InvitationOut]:
        made = invitations.invite(actor=request.actor, **payload.model_dump(), at=at)
        return 200, InvitationOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/invitations/{invitation}/withdraw", response=InvitationOut)
def withdraw_invitation(request: TypedRequest, invitation: UUID, key: Key) -> HttpResponse:
    """It holds no more."""

    def do(at: datetime) -> tuple[int, InvitationOut]:
        done = invitations.withdraw(invitation, actor=request.actor, at=at)
        return 200, InvitationOut.from_orm(done)

    return write(request, key, None, do)


@router.get("/welcome", response=WelcomeOut)
def get_welcome(request: TypedRequest) -> object:
    """How the asker's house takes newcomers that come by themselves."""
    return queries.welcome_of(request.actor)


@router.put("/welcome", response=WelcomeOut)
def set_welcome(request: TypedRequest, payload: WelcomeIn, key: Key) -> HttpResponse:
    """Say whether newcomers may order at once, for which prices, and where financed goods go."""

    def do(at: datetime) -> tuple[int, WelcomeOut]:
        kept = joining.set_welcome(actor=request.actor, **payload.model_dump(), at=at)
        return 200, WelcomeOut.from_orm(kept)

    return write(request, key, payload, do)


@router.get("/colleagues", response=Page[ColleagueOut])
def list_colleagues(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """Who is invited to the asker's house or asks to be let in."""
    rows = queries.colleagues(request.actor)
    by = ("made_at", "id")
    return page(request, response, rows, paging, by=by, show=ColleagueOut.from_orm)


@router.post("/colleagues", response=ColleagueOut)
def invite_colleague(request: TypedRequest, payload: ColleagueIn, key: Key) -> HttpResponse:
    """Ask somebody by mail to work with the asker's house."""

    def do(at: datetime) -> tuple[int, ColleagueOut]:
        made = people.invite(actor=request.actor, **payload.model_dump(), at=at)
        return 200, ColleagueOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/colleagues/{colleague}/end", response=ColleagueOut)
def end_colleague(request: TypedRequest, colleague: UUID, key: Key) -> HttpResponse:
    """Take an invitation back, or say no to somebody who asks."""

    def do(at: datetime) -> tuple[int, ColleagueOut]:
        done = people.withdraw(colleague, actor=request.actor, at=at)
        return 200, ColleagueOut.from_orm(done)

    return write(request, key, None, do)
