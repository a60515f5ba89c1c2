"""The API's one application: its resources, its errors, its document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from heliu.api import (
    addresses,
    applications,
    approvals,
    articles,
    bank,
    behalf,
    books,
    caps,
    carriages,
    carts,
    cases,
    catalogue,
    checkout,
    consents,
    consignments,
    contracts,
    controls,
    conversations,
    corrections,
    credit,
    currencies,
    deals,
    describing,
    exchanges,
    files,
    freezes,
    goods_prices,
    invoices,
    lists,
    loans,
    lodgings,
    looks,
    marks,
    newcomer_terms,
    notices,
    order_changes,
    order_payments,
    order_rules,
    orders,
    oversight,
    pads,
    parties,
    payments,
    periods,
    pledges,
    price_lists,
    prices,
    problems,
    programmes,
    promotions,
    purchases,
    quotes,
    reach,
    receipts,
    registry,
    returns,
    roles,
    rules,
    sales,
    sheets,
    shipments,
    signing_in,
    spending,
    stock,
    stock_loans,
    supply,
    terms,
    terms_payments,
    tiers,
    todos,
    trade_asks,
    vat,
    webhooks,
)
from heliu.api.auth import Page, Token
from heliu.api.told import groups, marked
from heliu.kernel.errors import Refused, unfit

# One line per resource: (tag, router). Their paths stand in the routers.
RESOURCES: list[tuple[str, Router]] = [
    ("Parties", parties.router),
    ("Parties", applications.router),
    ("Parties", trade_asks.router),
    ("Parties", addresses.router),
    ("Parties", consents.router),
    ("Parties", looks.router),
    ("Parties", behalf.router),
    ("Parties", roles.router),
    ("Parties", signing_in.router),
    ("Parties", tiers.router),
    ("Approvals", approvals.router),
    ("Catalogue", catalogue.router),
    ("Catalogue", prices.router),
    ("Catalogue", articles.router),
    ("Catalogue", describing.router),
    ("Catalogue", sheets.router),
    ("Pricing", price_lists.router),
    ("Pricing", promotions.router),
    ("Pricing", contracts.router),
    ("Cart", carts.router),
    ("Cart", pads.router),
    ("Cart", lists.router),
    ("Orders", checkout.router),
    ("Orders", orders.router),
    ("Orders", consignments.router),
    ("Orders", order_payments.router),
    ("Orders", order_changes.router),
    ("Orders", purchases.router),
    ("Orders", cases.router),
    ("Orders", returns.router),
    ("Quotes", quotes.router),
    ("Orders", order_rules.router),
    ("Orders", currencies.router),
    ("Spending", spending.router),
    ("Deals", deals.router),
    ("Deals", sales.router),
    ("Deals", registry.router),
    ("Deals", controls.router),
    ("Deals", oversight.router),
    ("Deals", exchanges.router),
    ("Shipments", shipments.router),
    ("Shipments", carriages.router),
    ("Warehouse", receipts.router),
    ("Warehouse", files.router),
    ("Warehouse", stock.router),
    ("Warehouse", supply.router),
    ("Warehouse", marks.router),
    ("Pledges", pledges.router),
    ("Credit", loans.router),
    ("Credit", corrections.router),
    ("Credit", credit.router),
    ("Credit", programmes.router),
    ("Credit", stock_loans.router),
    ("Credit", lodgings.router),
    ("Credit", goods_prices.router),
    ("Credit", caps.router),
    ("Credit", rules.router),
    ("Money", payments.router),
    ("Money", freezes.router),
    ("Money", terms.router),
    ("Money", invoices.router),
    ("Money", terms_payments.router),
    ("Money", newcomer_terms.router),
    ("Money", vat.router),
    ("Money", books.router),
    ("Money", periods.router),
    ("Money", bank.router),
    ("Conversations", conversations.router),
    ("Conversations", todos.router),
    ("Notices and facts", notices.router),
    ("Notices and facts", reach.router),
    ("Webhooks", webhooks.router),
]
DESCRIPTION = """\
Amounts are integers in minor units (fen), rates are decimals per cent a year, times are UTC.
Every write takes an `Idempotency-Key`: the same key with the same content is answered with the
first answer and `Idempotent-Replayed: true`. Lists are read by `limit` and `cursor`. Errors are
`application/problem+json` in the language of `Accept-Language` or `?language=`; 429 and 503 say by
`Retry-After` in how many seconds to come again."""
DECLARED = (400, 401, 403, 404, 409, 422, 429, 500, 503)


class PlainDocs(DocsBase):
    """The document as a plain page: no script, nothing from elsewhere."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """All routes with what they take and answer; drawn once a language."""
        host = f"{request.scheme}://{request.get_host()}"
        told = _told(api, get_language() or "en")
        return render(request, "api/docs.html", {**told, "host": host})


@cache
def _told(api: NinjaAPI, language: str) -> dict[str, Any]:
    """What the page says in this language: hundreds of routes, the same for everybody."""
    schema = api.get_openapi_schema()
    info, found = schema["info"], groups(schema)
    routes = render_to_string("api/routes.html", {"groups": found})
    return {"info": info, "told": marked(info["description"]), "groups": found, "routes": routes}


class Exact(BaseRenderer):
    """Answers as `writes` writes them: times to the microsecond, decimals as text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The answer's bytes."""
        return to_json(data)


class Api(NinjaAPI):
    """Declares for every route the errors that any route may answer with."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the view: short in the clients that are made from the document."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(**kwargs)
        components = schema["components"].setdefault("schemas", {})
        shape = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components |= shape.pop("$defs") | {"Problem": shape}
        answer = {"schema": {"$ref": "#/components/schemas/Problem"}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status in DECLARED:
                    operation["responses"][status] = {
                        "description": problems.WORDS[status][1],
                        "content": {problems.CONTENT_TYPE: answer},
                    }
        return schema


def build(resources: Sequence[tuple[str, Router]], namespace: str) -> Api:
    """An application of these resources that says no in our shape."""
    made = Api(
        title="Heliu",
        version="1.0.0",
        description=DESCRIPTION,
        urls_namespace=namespace,
        auth=[Token(), Page()],
        docs=PlainDocs(),
        renderer=Exact(),
    )
    for tag, router in resources:
        made.add_router("", router, tags=[tag])
    made.exception_handler(Refused)(_refused)
    made.exception_handler(DataError)(_unfit)
    made.exception_handler(ValidationError)(_not_valid)
    made.exception_handler(HttpError)(_by_status)
    made.exception_handler(AuthenticationError)(_by_status)
    made.exception_handler(Http404)(_not_found)
    return made


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problems.refused(error)


def _unfit(request: HttpRequest, error: DataError) -> HttpResponse:
    return problems.refused(unfit(error))


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.not_valid(error.errors)


def _by_status(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.for_status(error.status_code)


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.for_status(404)


api = build(RESOURCES, "api")
