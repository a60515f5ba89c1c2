"""How the people of the asker's house sign in: what the house asks, and its own provider."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Flag, Sent, Text
from heliu.api.writes import Key, write
from heliu.kernel.access import second_factor
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.sso import operations

router = Router()


class SignInRules(Schema):
    """Of whom the house asks a second factor on its pages, and where its people sign in."""

    everybody: bool
    permissions: list[str] = Field(description="Only of whoever uses one of these")
    protocol: Literal["", "OIDC", "SAML"] = Field(description="Of the house's own provider, if any")
    issuer: str = Field(description="Of the house's own provider (by SAML its entity id), or empty")
    client_id: str
    provider_is_on: bool


class DemandIn(Sent):
    """Of whom a second factor is asked; programs, which have tokens, are not."""

    everybody: Flag = False
    permissions: list[Text] = Field([], max_length=40)


class ProtectedOut(Schema):
    """Somebody of the house, and whether more than a password is asked of them."""

    person: UUID
    name: str
    email: str
    has_factor: bool


class ProviderIn(Sent):
    """Where the house's people sign in; it needs a domain of mail that is the house's."""

    issuer: str = Field(min_length=8, max_length=300)
    client_id: Text = Field(min_length=1)
    secret: str = Field("", max_length=300, description="Empty: the one that is kept stays")
    is_on: Flag = True


class SamlProviderIn(Sent):
    """Where the house's people sign in by SAML 2.0, as its provider's metadata say."""

    metadata: str = Field(
        "", max_length=200_000, description="XML. Empty: what is kept of a SAML provider stays"
    )
    entity: Text = Field("", description="Which provider, where the metadata tell of several")
    is_on: Flag = True


@router.get("/sign-in-rules", response=SignInRules)
def sign_in_rules(request: TypedRequest) -> dict[str, object]:
    """How the people of the asker's house sign in. For whoever manages it."""
    request.actor.require("manage")
    return _rules(request.actor)


@router.get("/sign-in-rules/people", response=list[ProtectedOut])
def list_protected(request: TypedRequest) -> object:
    """Who of the asker's house has a second factor, for whoever manages it. It is set up by the
    person alone, on its own page."""
    return second_factor.of_house(request.actor)


@router.put("/sign-in-rules", response=SignInRules)
def set_sign_in_rules(request: TypedRequest, payload: DemandIn, key: Key) -> HttpResponse:
    """Ask a second factor of everybody, or of whoever uses some permissions."""

    def do(at: datetime) -> tuple[int, SignInRules]:
        second_factor.demand(actor=request.actor, at=at, **payload.model_dump())
        return 200, SignInRules(**_rules(request.actor))

    return write(request, key, payload, do)


@router.put("/identity-provider", response=SignInRules)
def set_identity_provider(request: TypedRequest, payload: ProviderIn, key: Key) -> HttpResponse:
    """Say where the house's people sign in. The secret is never shown again."""

    def do(at: datetime) -> tuple[int, SignInRules]:
        operations.set_provider(actor=request.actor, at=at, **payload.model_dump())
        return 200, SignInRules(**_rules(request.actor))

    return write(request, key, payload, do)


@router.put("/identity-provider/saml", response=SignInRules)
def set_saml_provider(request: TypedRequest, payload: SamlProviderIn, key: Key) -> HttpResponse:
    """Say where the house's people sign in by SAML 2.0. What the provider is to be told of us is
    read at `/sign-in/saml/{house}/metadata`."""

    def do(at: datetime) -> tuple[int, SignInRules]:
        operations.set_saml_provider(actor=request.actor, at=at, **payload.model_dump())
        return 200, SignInRules(**_rules(request.actor))

    return write(request, key, payload, do)


def _rules(actor: Actor) -> dict[str, Any]:
    demand, provider = second_factor.demanded(actor), operations.provider(actor)
    return {
        "everybody": bool(demand and demand.everybody),
        "permissions": demand.permissions if demand else [],
        "protocol": provider.protocol if provider else "",
        "issuer": provider.issuer if provider else "",
        "client_id": provider.client_id if provider else "",
        "provider_is_on": bool(provider and provider.is_on),
    }
