"""Every route of the API: its owner first, then a stranger, with foreign ids in path and body.

The list of operations is the OpenAPI document's own: one without an example here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
from tests.access.conftest import Lived
from tests.access.saml_provider import Provider
from tests.pictures import png

from heliu.api.app import api
from heliu.capital.bank import port
from heliu.kernel import clock
from heliu.kernel.clock import day_of
from heliu.kernel.dispatch import push

There = dict[str, Any]
Body = Callable[[There], Any]


@dataclass(frozen=True)
class Example:
    """Who may do it, with which names of `there` in the path, and what it sends.

    `is_shared`: a stranger may do the same with its own things, so the answer must only be free
    of the owner's; else the stranger must be refused.
    """

    desk: str
    path: dict[str, str] | None = None
    body: Body | None = None
    query: Body | None = None
    is_shared: bool = False
    raw: bool = False
    content_type: str = "application/json"


def own_order(there: There) -> Any:
    return {
        "seller": str(there["open_seller"]),
        "pay_by": "TRANSFER",
        "lines": [{"code": "M1", "quantity": 2}],
    }


def quoted(there: There) -> Any:
    return [{"sku": str(there["open_sku"]), "quantity": 24}]


def own_purchase(there: There) -> Any:
    return own_order(there) | {"reason": "stock is low"}


def own_basket(there: There) -> Any:
    return {name: value for name, value in own_order(there).items() if name != "pay_by"}


def one_bag(there: There) -> Any:
    return {"goods": [{"sku": str(there["open_bag"]), "quantity": 1}]}


def a_bag_for_another(there: There) -> Any:
    (bag,) = one_bag(there)["goods"]
    return {"goods_in": [bag], "goods_out": [bag]}


def proposed(there: There) -> Any:
    names = ("least_score", "deposit_floor", "coverage", "outcome")
    rules = there["open_rules"]
    grades = [
        {"grade": letter, **dict(zip(names, rule, strict=True))}
        for letter, rule in rules["grades"].items()
    ]
    day = there["open_today"]
    return rules | {"grades": grades, "effective_on": day, "reason": "Our own"}


mine = "dealer"
EXAMPLES = {
    "GET /me": Example(mine, is_shared=True),
    "GET /organizations": Example(mine, is_shared=True),
    "GET /organizations/{organization_id}": Example(mine, {"organization_id": "dealer"}),
    "GET /applications": Example("operator", is_shared=True),
    "GET /applications/{application}": Example("operator", {"application": "open_application"}),
    "POST /applications/{application}/decision": Example(
        "operator",
        {"application": "open_application"},
        lambda t: {"act": "approve", "reason": "known"},
    ),
    "POST /applications/{application}/hand-in": Example(
        "newcomer", {"application": "open_application"}, lambda t: {"name": "Another name"}
    ),
    "GET /applications/{application}/papers": Example(
        "operator", {"application": "open_application"}
    ),
    "POST /applications/{application}/papers": Example(
        "newcomer",
        {"application": "open_application"},
        lambda t: png(mark=False),
        content_type="image/png",
    ),
    "GET /sellers-to-ask": Example(mine, is_shared=True),
    "GET /trade-asks": Example(mine, is_shared=True),
    "POST /trade-asks": Example(
        mine, body=lambda t: {"seller": str(t["open_third_seller"])}, is_shared=True
    ),
    "POST /trade-asks/{ask}/answer": Example(
        "seller", {"ask": "asked_of_seller"}, lambda t: {"agrees": True}
    ),
    "POST /trade-asks/{ask}/withdraw": Example(mine, {"ask": "trade_ask"}),
    "POST /organizations/{code}/standing": Example(
        "operator", {"code": "open_code"}, lambda t: {"act": "close", "reason": "Wound up"}
    ),
    "GET /branches": Example(mine, is_shared=True),
    "POST /branches": Example(
        mine, body=lambda t: {"code": "s9", "name": "Shop", "city": "Ningbo"}, is_shared=True
    ),
    "GET /joining-rules": Example(mine, is_shared=True),
    "POST /joining-rules": Example(
        "operator",
        body=lambda t: {"door": "OPEN", "sellers": "ONE", "by_rule": True, "reason": "as ever"},
    ),
    "GET /invitations": Example("seller", is_shared=True),
    "POST /invitations": Example("seller", body=lambda t: {"email": "new@shop.example"}),
    "POST /invitations/{invitation}/withdraw": Example("seller", {"invitation": "invitation"}),
    "GET /welcome": Example("seller", is_shared=True),
    "PUT /welcome": Example("seller", body=lambda t: {"is_open": True}),
    "GET /colleagues": Example(mine, is_shared=True),
    "POST /colleagues": Example(
        mine,
        body=lambda t: {"email": "clerk@d.example", "name": "Clerk", "role": "purchaser"},
        is_shared=True,
    ),
    "POST /colleagues/{colleague}/end": Example(mine, {"colleague": "colleague"}),
    "GET /roles": Example(mine, is_shared=True),
    "PUT /roles/{code}": Example(
        mine,
        {"code": "open_code"},
        lambda t: {"name": "Orders and pays", "permissions": ["order", "pay"]},
        is_shared=True,
    ),
    "DELETE /roles/{code}": Example(mine, {"code": "own_role"}),
    "GET /members": Example(mine, is_shared=True),
    "PUT /members/{member}/roles": Example(
        mine, {"member": "member"}, lambda t: {"roles": ["owner"]}
    ),
    "GET /role-limits": Example(mine, is_shared=True),
    "POST /role-limits": Example(
        "operator", body=lambda t: {"party_role": "CARRIER", "permissions": ["carry", "manage"]}
    ),
    "POST /role-limits/pairs": Example(
        "operator", body=lambda t: {"first": "pay", "second": "consent"}
    ),
    "GET /sign-in-rules": Example(mine, is_shared=True),
    "GET /sign-in-rules/people": Example(mine, is_shared=True),
    "PUT /sign-in-rules": Example(mine, body=lambda t: {"permissions": ["pay"]}, is_shared=True),
    "PUT /identity-provider/saml": Example(
        mine, body=lambda t: {"metadata": Provider().metadata, "is_on": False}, is_shared=True
    ),
    "PUT /identity-provider": Example(
        mine,
        body=lambda t: {
            "issuer": "https://id.d001.demo",
            "client_id": "heliu",
            "secret": "s",
            "is_on": False,
        },
        is_shared=True,
    ),
    "GET /tier-offers": Example("seller", is_shared=True),
    "PUT /tier-offers/{tier}": Example(
        "seller", {"tier": "open_tier"}, lambda t: {"service": "Answered at once"}
    ),
    "GET /tier-standings": Example(mine, is_shared=True),
    "PUT /customers/{buyer}/tier": Example(
        "seller", {"buyer": "dealer"}, lambda t: {"tier": "SME"}
    ),
    "PUT /organizations/{organization_id}/tier": Example(
        "operator", {"organization_id": "dealer"}, lambda t: {"tier": "LARGE"}
    ),
    "GET /mandates": Example(mine, is_shared=True),
    "POST /mandates": Example(
        "other", body=lambda t: {"seller": str(t["open_seller"])}, is_shared=True
    ),
    "POST /mandates/{mandate}/end": Example(mine, {"mandate": "mandate"}),
    "POST /mandate-requests": Example("seller", body=lambda t: {"buyer": str(t["dealer"])}),
    "GET /on-behalf/acts": Example(mine, is_shared=True),
    "GET /consents": Example(mine, is_shared=True),
    "POST /consents/{consent}/withdraw": Example(mine, {"consent": "consent"}),
    "GET /relationships": Example(mine, is_shared=True),
    "GET /catalogue": Example(mine, is_shared=True),
    "GET /catalogue/facets": Example(
        mine, query=lambda t: {"seller": t["open_seller"]}, is_shared=True
    ),
    "GET /catalogue/{sku}": Example(mine, {"sku": "restricted_sku"}),
    "GET /catalogue/papers/{paper}": Example(mine, {"paper": "paper"}),
    "GET /families": Example(mine, is_shared=True),
    "POST /families": Example("seller", body=lambda t: {"code": "lamps", "name": "Lamps"}),
    "GET /articles": Example("seller", is_shared=True),
    "PUT /articles": Example(
        "seller", body=lambda t: {"articles": [{"code": "R1", "name": "Called otherwise"}]}
    ),
    "GET /articles/{sku}": Example("seller", {"sku": "restricted_sku"}),
    "PUT /articles/{sku}/variant": Example(
        "seller", {"sku": "restricted_sku"}, lambda t: {"product": t["product"], "position": 1}
    ),
    "PUT /articles/{sku}/packs": Example(
        "seller", {"sku": "restricted_sku"}, lambda t: {"unit": "PCS", "pieces": 12}
    ),
    "DELETE /articles/{sku}/packs/{unit}": Example(
        "seller", {"sku": "restricted_sku", "unit": "open_unit"}
    ),
    "POST /articles/{sku}/papers": Example(
        "seller",
        {"sku": "restricted_sku"},
        lambda t: png(mark=False),
        content_type="application/octet-stream",
    ),
    "DELETE /articles/{sku}/papers/{paper}": Example(
        "seller", {"sku": "restricted_sku", "paper": "paper"}
    ),
    "GET /catalogue-imports": Example("seller", is_shared=True),
    "POST /catalogue-imports": Example(
        "seller",
        body=lambda t: b"code,name\nR2,Rare\n",
        query=lambda t: {"kind": "ARTICLES"},
        content_type="application/octet-stream",
    ),
    "GET /catalogue-imports/{sheet}": Example("seller", {"sheet": "sheet_file"}),
    "GET /catalogue-imports/{sheet}/left-out": Example("seller", {"sheet": "sheet_file"}),
    "POST /catalogue-imports/{sheet}/cancel": Example("seller", {"sheet": "sheet_file"}),
    "GET /catalogue-exports/{kind}": Example("seller", {"kind": "open_sheet"}, is_shared=True),
    "GET /price-lists": Example("seller", is_shared=True),
    "POST /price-lists": Example("seller", body=lambda t: {"code": "SOUTH-7", "name": "South"}),
    "GET /price-lists/{price_list}": Example("seller", {"price_list": "list_id_of_prices"}),
    "GET /price-lists/{price_list}/prices": Example("seller", {"price_list": "price_version"}),
    "PUT /price-lists/{price_list}/prices": Example(
        "seller",
        {"price_list": "list_id_of_prices"},
        lambda t: {"prices": [{"sku": str(t["open_sku"]), "unit_price": 900}]},
    ),
    "POST /price-lists/{price_list}/buyers": Example(
        "seller", {"price_list": "list_id_of_prices"}, lambda t: {"buyer": str(t["dealer"])}
    ),
    "POST /price-lists/{price_list}/versions": Example(
        "seller", {"price_list": "list_id_of_prices"}, lambda t: {"factor": "1.1"}
    ),
    "PUT /price-versions/{version}/schedule": Example(
        "seller", {"version": "price_version"}, lambda t: {"live_from": "2030-01-01T00:00:00Z"}
    ),
    "GET /price-lists/{price_list}/sheet": Example("seller", {"price_list": "list_id_of_prices"}),
    "POST /price-lists/{price_list}/files": Example(
        "seller",
        {"price_list": "list_id_of_prices"},
        lambda t: b"code,price\nM2,12.00\n",
        content_type="application/octet-stream",
    ),
    "GET /price-files/{file}": Example("seller", {"file": "price_file"}),
    "GET /price-files/{file}/left-out": Example("seller", {"file": "price_file"}),
    "POST /price-files/{file}/cancel": Example("seller", {"file": "price_file"}),
    "GET /promotions": Example("seller", is_shared=True),
    "POST /promotions": Example(
        "seller",
        body=lambda t: {
            "code": "MAY-7",
            "name": "May",
            "effect": "PERCENT",
            "percent": "5",
            "starts_at": "2026-01-01T00:00:00Z",
            "ends_at": "2030-01-01T00:00:00Z",
        },
    ),
    "POST /promotions/{promotion}/stop": Example("seller", {"promotion": "promotion_id"}),
    "GET /contracts": Example(mine, is_shared=True),
    "POST /contracts": Example(
        "seller",
        body=lambda t: {
            "buyer": str(t["dealer"]),
            "code": "CT-9",
            "name": "Mugs",
            "valid_from": t["open_today"],
            "valid_to": t["open_today"],
            "prices": [{"sku": str(t["open_sku"]), "unit_price": 900}],
        },
    ),
    "GET /contracts/{contract}": Example(mine, {"contract": "contract"}),
    "POST /contracts/{contract}/decision": Example(
        mine, {"contract": "contract"}, lambda t: {"agrees": True}
    ),
    "POST /contracts/{contract}/prices": Example(
        "seller",
        {"contract": "quiet_contract"},
        lambda t: {
            "live_on": t["open_today"],
            "prices": [{"sku": str(t["open_sku"]), "unit_price": 1}],
        },
    ),
    "POST /contracts/{contract}/end": Example(
        "seller", {"contract": "quiet_contract"}, lambda t: {"last": str(t["open_last"])}
    ),
    "POST /contract-changes/{change}/answer": Example(
        mine, {"change": "contract_change"}, lambda t: {"agrees": False}
    ),
    "POST /contract-changes/{change}/take-back": Example("seller", {"change": "contract_change"}),
    "GET /attributes": Example("seller", is_shared=True),
    "PUT /attributes/{family}": Example(
        "seller",
        {"family": "open_family"},
        lambda t: {"attributes": [{"code": "rim", "name": "Rim", "kind": "BOOL"}]},
    ),
    "DELETE /attributes/{family}/{code}": Example(
        "seller", {"family": "open_family", "code": "open_attribute"}
    ),
    "GET /categories": Example("seller", is_shared=True),
    "PUT /categories": Example(
        "seller", body=lambda t: {"categories": [{"code": "rare", "name": "Very rare"}]}
    ),
    "DELETE /categories/{code}": Example("seller", {"code": "open_category"}),
    "GET /products": Example("seller", is_shared=True),
    "PUT /products": Example(
        "seller", body=lambda t: {"code": t["product"], "name": "Mugs", "family": "mugs"}
    ),
    "GET /circles": Example("seller", is_shared=True),
    "PUT /circles": Example(
        "seller", body=lambda t: {"code": t["spare_circle"], "name": "To spare"}
    ),
    "DELETE /circles/{code}": Example("seller", {"code": "spare_circle"}),
    "GET /public-pages": Example("seller", is_shared=True),
    "PUT /public-pages": Example("seller", body=lambda t: {"is_public": True}),
    "GET /synonyms": Example("seller", is_shared=True),
    "POST /synonyms": Example("seller", body=lambda t: {"words": ["mug", "tankard"]}),
    "DELETE /synonyms/{ring}": Example("seller", {"ring": "open_ring"}),
    "GET /prices": Example(
        mine,
        query=lambda t: {"seller": t["open_seller"], "sku": t["open_sku"], "buyer": t["dealer"]},
    ),
    "GET /prices/why": Example(
        mine,
        query=lambda t: {"seller": t["open_seller"], "sku": t["open_sku"], "buyer": t["dealer"]},
    ),
    "GET /carts/{seller}": Example(mine, {"seller": "open_seller"}, is_shared=True),
    "DELETE /carts/{seller}": Example(mine, {"seller": "open_seller"}, is_shared=True),
    "GET /lists": Example(mine, is_shared=True),
    "POST /lists": Example(
        mine,
        body=lambda t: {
            "seller": str(t["open_seller"]),
            "name": "For the shop",
            "lines": [{"sku": str(t["open_sku"]), "quantity": 2}],
        },
        is_shared=True,
    ),
    "GET /lists/{list_id}": Example(mine, {"list_id": "list"}),
    "PUT /lists/{list_id}": Example(
        mine,
        {"list_id": "list"},
        lambda t: {"name": "Weekly", "lines": [{"sku": str(t["open_sku"]), "quantity": 3}]},
    ),
    "DELETE /lists/{list_id}": Example(mine, {"list_id": "spare_list"}),
    "GET /bought/{seller}": Example(mine, {"seller": "open_seller"}, is_shared=True),
    "GET /orders/{ref}/again": Example(mine, {"ref": "pledged_order"}),
    "GET /addresses": Example(mine, is_shared=True),
    "POST /addresses": Example(
        mine,
        body=lambda t: {"name": "Depot", "receiver": "Li", "phone": "1", "street": "Road 2"},
        is_shared=True,
    ),
    "GET /addresses/{address}": Example(mine, {"address": "address"}),
    "PUT /addresses/{address}": Example(
        mine,
        {"address": "address"},
        lambda t: {"name": "Depot", "receiver": "Li", "phone": "1", "street": "Road 2"},
    ),
    "POST /addresses/{address}/act": Example(
        mine, {"address": "address"}, lambda t: {"act": "default"}
    ),
    "GET /address-imports": Example(mine, is_shared=True),
    "POST /address-imports": Example(
        mine,
        body=lambda t: b"name,receiver,phone,street\nDepot,Li,1,Road 2\n",
        content_type="application/octet-stream",
        is_shared=True,
    ),
    "GET /address-imports/{sheet}": Example(mine, {"sheet": "address_sheet"}),
    "GET /address-imports/{sheet}/left-out": Example(mine, {"sheet": "address_sheet"}),
    "POST /address-imports/{sheet}/cancel": Example(mine, {"sheet": "address_sheet"}),
    "GET /recurring-orders": Example(mine, is_shared=True),
    "POST /recurring-orders": Example(
        mine,
        body=lambda t: {
            "list_id": str(t["list"]),
            "pay_by": "TRANSFER",
            "every": 2,
            "unit": "WEEK",
            "first_on": t["open_today"],
        },
    ),
    "GET /recurring-orders/{recurring_id}": Example(mine, {"recurring_id": "recurring"}),
    "POST /recurring-orders/{recurring_id}/act": Example(
        mine, {"recurring_id": "recurring"}, lambda t: {"act": "skip"}
    ),
    "POST /order-pad/check": Example(
        mine,
        body=lambda t: {
            "seller": str(t["open_seller"]),
            "rows": [{"code": "M1", "quantity": "2"}],
        },
        is_shared=True,
    ),
    "GET /order-pads/{seller}": Example(mine, {"seller": "open_seller"}, is_shared=True),
    "POST /order-pads/{seller}/changes": Example(
        mine,
        {"seller": "open_seller"},
        lambda t: {"changes": [{"after": {"code": "M1", "quantity": "2"}}]},
        is_shared=True,
    ),
    "PUT /carts/{seller}/lines/{sku}": Example(
        mine,
        {"seller": "open_seller", "sku": "open_sku"},
        lambda t: {"quantity": 3},
        is_shared=True,
    ),
    "GET /own-money": Example(mine, is_shared=True),
    "POST /own-money": Example(mine, body=lambda t: {"rate": "4.5"}, is_shared=True),
    "GET /caps": Example("lender", is_shared=True),
    "POST /caps": Example(
        "lender",
        body=lambda t: {"kind": "cap_borrower", "party": str(t["dealer"]), "limit": 10**9},
    ),
    "POST /caps/{cap}/lift": Example("lender", {"cap": "cap"}),
    "GET /freezes": Example("lender", is_shared=True),
    "GET /freezes/{number}": Example("lender", {"number": "freeze"}),
    "POST /freezes": Example(
        "lender",
        body=lambda t: {
            "org": str(t["dealer"]),
            "authority": "COURT",
            "paper": "7",
            "reason": "Told",
        },
    ),
    "POST /freezes/{number}/file": Example(
        "lender", {"number": "freeze"}, lambda t: png(), content_type="image/png"
    ),
    "POST /freezes/{number}/lift": Example(
        "lender", {"number": "freeze"}, lambda t: {"paper": "8", "reason": "Settled"}
    ),
    "GET /groups": Example("lender", is_shared=True),
    "POST /groups": Example(
        "lender", body=lambda t: {"name": "One house", "members": [str(t["dealer"])]}
    ),
    "GET /rule-sets": Example("lender", is_shared=True),
    "GET /rule-sets/in-force": Example("lender", is_shared=True),
    "GET /rule-sets/{number}": Example("lender", {"number": "open_number"}),
    "POST /rule-sets": Example("lender", body=proposed, is_shared=True),
    "GET /spending": Example(mine, is_shared=True),
    "POST /spending": Example(mine, body=lambda t: {"keeps_days": 7}, is_shared=True),
    "GET /cost-centres": Example(mine, is_shared=True),
    "POST /cost-centres": Example(
        mine, body=lambda t: {"code": "N", "name": "North"}, is_shared=True
    ),
    "POST /spenders": Example(
        mine,
        body=lambda t: {"person": str(t["open_colleague"]), "cost_centre": str(t["cost_centre"])},
    ),
    "GET /budgets": Example(mine, is_shared=True),
    "POST /budgets": Example(
        mine, body=lambda t: {"period": "YEAR", "amount": 10**12}, is_shared=True
    ),
    "POST /budgets/{budget}/end": Example(mine, {"budget": "budget"}),
    "GET /purchase-rules": Example(mine, is_shared=True),
    "POST /purchase-rules": Example(
        mine, body=lambda t: {"from_amount": 10**14, "levels": [{}]}, is_shared=True
    ),
    "GET /purchase-requests": Example(mine, is_shared=True),
    "POST /purchase-requests": Example(
        mine, body=lambda t: own_purchase(t) | {"cost_centre": str(t["ruled_centre"])}
    ),
    "GET /purchase-requests/{ref}": Example(mine, {"ref": "purchase"}),
    "POST /purchase-requests/{ref}/strike": Example(
        mine, {"ref": "strikable"}, lambda t: {"position": 1, "reason": "not now"}
    ),
    "POST /purchase-requests/{ref}/change": Example(
        mine, {"ref": "purchase"}, lambda t: {"lines": [{"position": 1, "quantity": 1}]}
    ),
    "POST /purchase-requests/{ref}/withdraw": Example(mine, {"ref": "purchase"}),
    "POST /purchase-requests/{ref}/place": Example(mine, {"ref": "agreed_purchase"}),
    "GET /todos": Example(mine, is_shared=True),
    "POST /todos": Example(
        mine, body=lambda t: {"text": "Ring", "kind": "order", "ref": t["placed_order"]}
    ),
    "PUT /todos/{todo}": Example(mine, {"todo": "todo"}, lambda t: {"text": "Ring again"}),
    "POST /todos/{todo}/done": Example(mine, {"todo": "todo"}),
    "POST /todos/{todo}/undo": Example(mine, {"todo": "todo"}),
    "GET /cases": Example(mine, is_shared=True),
    "GET /cases/{ref}": Example(mine, {"ref": "case"}),
    "POST /orders/{ref}/cases": Example(
        mine, {"ref": "came_order"}, lambda t: {"kind": "QUALITY", "text": "Pale"}
    ),
    "POST /cases/{ref}/act": Example("seller", {"ref": "case"}, lambda t: {"act": "solve"}),
    "GET /service-level": Example("seller", is_shared=True),
    "PUT /service-level": Example("seller", body=lambda t: {"answer_hours": 4, "solve_hours": 48}),
    "GET /returns": Example(mine, is_shared=True),
    "GET /returns/{ref}": Example(mine, {"ref": "return"}),
    "POST /orders/{ref}/returns": Example(
        mine,
        {"ref": "came_order"},
        lambda t: {
            "remedy": "CREDIT",
            "lines": [{"position": 1, "quantity": 1}],
            "reason": "pale",
        },
    ),
    "POST /returns/{ref}/act": Example("seller", {"ref": "return"}, lambda t: {"act": "agree"}),
    "POST /returns/{ref}/receipt": Example(
        "seller",
        {"ref": "return_sent"},
        lambda t: {"lines": [{"position": 1, "good": 2, "damaged": 0, "accepted": 2}]},
    ),
    "GET /quote-rules": Example("seller", is_shared=True),
    "POST /quote-rules": Example(
        "seller", body=lambda t: {"min_quantity": 900, "percent": "5", "days": 7}, is_shared=True
    ),
    "POST /quote-rules/{min_quantity}/drop": Example("seller", {"min_quantity": "open_auto_from"}),
    "GET /quotes": Example(mine, is_shared=True),
    "POST /quotes": Example(
        mine, body=lambda t: {"seller": str(t["open_seller"]), "lines": quoted(t)}, is_shared=True
    ),
    "POST /quote-offers": Example(
        "seller",
        body=lambda t: {
            "buyer": str(t["dealer"]),
            "lines": [{"sku": str(t["open_sku"]), "quantity": 24, "price": 900}],
            "valid_until": day_of(clock.now()).isoformat(),
        },
    ),
    "GET /quotes/{ref}": Example(mine, {"ref": "quote"}),
    "POST /quotes/{ref}/ask": Example(
        mine, {"ref": "quote_offered"}, lambda t: {"lines": quoted(t)}
    ),
    "POST /quotes/{ref}/answer": Example(
        "seller",
        {"ref": "quote"},
        lambda t: {
            "lines": [{"position": 1, "price": 900}],
            "valid_until": day_of(clock.now()).isoformat(),
        },
    ),
    "POST /quotes/{ref}/decline": Example("seller", {"ref": "quote"}, lambda t: {"reason": "no"}),
    "POST /quotes/{ref}/withdraw": Example(mine, {"ref": "quote"}, lambda t: {}),
    "POST /quotes/{ref}/accept": Example(
        mine, {"ref": "quote_offered"}, lambda t: {"pay_by": "TRANSFER"}
    ),
    "POST /quotes/{ref}/purchase-request": Example(
        mine,
        {"ref": "quote_offered"},
        lambda t: {"pay_by": "TRANSFER", "reason": "low", "cost_centre": str(t["ruled_centre"])},
    ),
    "GET /conversations": Example(mine, is_shared=True),
    "GET /conversations/{kind}/{ref}/messages": Example(
        mine, {"kind": "open_kind", "ref": "placed_order"}
    ),
    "POST /conversations/{kind}/{ref}/messages": Example(
        mine, {"kind": "open_kind", "ref": "placed_order"}, lambda t: {"text": "Ring twice"}
    ),
    "POST /conversations/{kind}/{ref}/files": Example(
        mine,
        {"kind": "open_kind", "ref": "placed_order"},
        lambda t: png(),
        content_type="application/octet-stream",
    ),
    "POST /conversations/{kind}/{ref}/read": Example(
        mine, {"kind": "open_kind", "ref": "placed_order"}
    ),
    "POST /messages/{message}/take-back": Example(mine, {"message": "message"}),
    "GET /delegations": Example(mine, is_shared=True),
    "POST /delegations": Example(
        mine,
        body=lambda t: {
            "deputy": str(t["open_colleague"]),
            "starts": t["open_today"],
            "ends": t["open_today"],
        },
        is_shared=True,
    ),
    "POST /delegations/{delegation}/end": Example(mine, {"delegation": "delegation"}),
    "POST /orders/preview": Example(mine, body=own_basket, is_shared=True),
    "GET /orders": Example(mine, is_shared=True),
    "POST /orders": Example(mine, body=own_order, is_shared=True),
    "GET /orders/{ref}": Example(mine, {"ref": "placed_order"}),
    "GET /orders/{ref}/changes": Example(mine, {"ref": "to_change_order"}),
    "POST /orders/{ref}/changes/preview": Example(
        mine, {"ref": "placed_order"}, lambda t: {"remark": "Ring twice"}
    ),
    "POST /orders/{ref}/changes": Example(
        mine, {"ref": "placed_order"}, lambda t: {"remark": "Ring twice"}
    ),
    "POST /orders/{ref}/changes/answer": Example(
        "seller", {"ref": "to_change_order"}, lambda t: {"agrees": False, "reason": "packed"}
    ),
    "POST /orders/{ref}/changes/withdraw": Example(mine, {"ref": "to_change_order"}, lambda t: {}),
    "GET /order-rules": Example("seller", is_shared=True),
    "PUT /order-rules": Example("seller", body=lambda t: {"least_order": 0}, is_shared=True),
    "GET /currencies": Example("seller", is_shared=True),
    "PUT /currencies/{buyer}": Example(
        "seller", {"buyer": "dealer"}, lambda t: {"currency": "CNY"}
    ),
    "GET /order-rules/buyers": Example("seller", is_shared=True),
    "PUT /order-rules/buyers/{buyer}": Example(
        "seller", {"buyer": "dealer"}, lambda t: {"least_order": None}
    ),
    "GET /order-rules/goods": Example("seller", is_shared=True),
    "PUT /order-rules/goods/{sku}": Example(
        "seller", {"sku": "open_sku"}, lambda t: {"order_minimum": 1, "order_multiple": 1}
    ),
    "POST /orders/{ref}/confirm": Example("seller", {"ref": "placed_order"}, lambda t: {}),
    "POST /orders/{ref}/cancel": Example(
        mine, {"ref": "placed_order"}, lambda t: {"reason": "changed my mind"}
    ),
    "POST /orders/{ref}/ship": Example(
        "seller", {"ref": "to_ship_order"}, lambda t: {"carrier": "Shunda"}
    ),
    "POST /orders/{ref}/strike": Example(
        "seller",
        {"ref": "placed_order"},
        lambda t: {
            "reason": "no longer made",
            "lines": [{"line": t["open_placed_line"], "quantity": 1}],
        },
    ),
    "GET /reach/push-key": Example(mine, is_shared=True),
    "GET /reach/devices": Example(mine, is_shared=True),
    "POST /reach/devices": Example(
        mine,
        body=lambda t: {
            "endpoint": f"https://93.184.215.14/push/{uuid4()}",
            "public": push.public_key(),
            "secret": "A" * 22,
        },
        is_shared=True,
    ),
    "POST /reach/devices/{device}/end": Example(mine, {"device": "device"}),
    "GET /oversight/deals": Example("operator", is_shared=True),
    "GET /oversight/exposure": Example("operator", is_shared=True),
    "GET /oversight/ageing": Example("operator", is_shared=True),
    "GET /oversight/volume": Example("operator", is_shared=True),
    "GET /orders/{ref}/refunds": Example("seller", {"ref": "refunded_order"}),
    "POST /orders/{ref}/refunds/take-back": Example(
        "seller", {"ref": "refunded_order"}, lambda t: {"refund": t["open_refund"]}
    ),
    "GET /orders/{ref}/consignments": Example(mine, {"ref": "on_terms_order"}),
    "POST /orders/{ref}/payments": Example(
        "seller", {"ref": "on_terms_order"}, lambda t: {"amount": 1_000}
    ),
    "GET /newcomer-terms": Example("seller", is_shared=True),
    "PUT /newcomer-terms": Example(
        "seller", body=lambda t: {"is_on": True, "ceiling": 500_000, "total": 5_000_000}
    ),
    "GET /terms": Example(mine, is_shared=True),
    "PUT /terms/{buyer}": Example("seller", {"buyer": "dealer"}, lambda t: {"ceiling": 3_000_000}),
    "POST /terms/{buyer}/stop": Example("seller", {"buyer": "dealer"}),
    "POST /terms/{buyer}/pass": Example("seller", {"buyer": "dealer"}, lambda t: {"reason": "ok"}),
    "GET /reminder-ladder": Example("seller", is_shared=True),
    "PUT /reminder-ladder": Example(
        "seller", body=lambda t: {"levels": [{"days": 3, "kind": "REMIND"}]}
    ),
    "GET /receivables": Example(mine, is_shared=True),
    "GET /receivables/{seller}/{buyer}/statement": Example(
        mine, {"seller": "open_seller", "buyer": "dealer"}
    ),
    "GET /invoices": Example(mine, is_shared=True),
    "GET /invoices/{ref}": Example(mine, {"ref": "invoice"}),
    "POST /invoices/{ref}/dispute": Example(
        mine, {"ref": "invoice"}, lambda t: {"amount": 100, "reason": "wrong"}
    ),
    "POST /invoices/{ref}/credit": Example(
        "seller", {"ref": "invoice"}, lambda t: {"amount": 100, "reason": "wrong"}
    ),
    "POST /invoices/{ref}/write-off": Example(
        "seller", {"ref": "invoice"}, lambda t: {"reason": "gone"}
    ),
    "GET /terms-payments": Example(mine, is_shared=True),
    "POST /terms-payments": Example(
        "seller", body=lambda t: {"buyer": str(t["dealer"]), "amount": 100}
    ),
    "POST /terms-payments/{ref}/take-back": Example("seller", {"ref": "terms_payment"}),
    "GET /incoming": Example("seller", is_shared=True),
    "POST /incoming/{row}/settle": Example(
        "seller", {"row": "incoming"}, lambda t: {"note": "a deposit"}
    ),
    "GET /periods": Example(mine, is_shared=True),
    "GET /periods/next": Example(mine, is_shared=True),
    "GET /periods/{period}": Example(mine, {"period": "period"}),
    "POST /periods": Example("seller", body=lambda t: {"month": "2026-10"}, is_shared=True),
    "POST /periods/{period}/reopen": Example(
        mine, {"period": "period"}, lambda t: {"reason": "a fee is missing"}
    ),
    "GET /loans/{ref}/replays": Example(mine, {"ref": "pledged_loan"}),
    "POST /loans/{ref}/pay-out/value-day": Example(
        "lender",
        {"ref": "pledged_loan"},
        lambda t: {"value_day": t["open_repaid_on"], "reason": "the bank says so"},
    ),
    "POST /loans/{ref}/repayments/{payment}/value-day": Example(
        "lender",
        {"ref": "pledged_loan", "payment": "repaid_key"},
        lambda t: {"value_day": t["open_repaid_on"], "reason": "the bank says so"},
    ),
    "POST /loans/{ref}/repayments/{payment}/take-back": Example(
        "lender",
        {"ref": "pledged_loan", "payment": "repaid_key"},
        lambda t: {"reason": "meant for another loan"},
    ),
    "GET /deals": Example(mine, is_shared=True),
    "GET /deals/{ref}": Example(mine, {"ref": "pledged"}),
    "GET /deals/{ref}/agreement": Example(mine, {"ref": "pledged"}),
    "POST /deals/{ref}/sign": Example(
        mine, {"ref": "to_sign"}, lambda t: {"agreement_digest": t["digest"], "consent": True}
    ),
    "POST /deals/{ref}/decide": Example(
        "lender", {"ref": "to_decide"}, lambda t: {"approve": True, "reason": "known dealer"}
    ),
    "POST /deals/{ref}/repay": Example(mine, {"ref": "pledged"}, lambda t: {"percent": "30"}),
    "GET /deals/{ref}/lodgings": Example(mine, {"ref": "exchanging"}),
    "POST /deals/{ref}/lodgings": Example(mine, {"ref": "short"}, one_bag),
    "POST /deals/{ref}/exchanges/preview": Example(mine, {"ref": "pledged"}, a_bag_for_another),
    "POST /deals/{ref}/exchanges": Example(mine, {"ref": "pledged"}, a_bag_for_another),
    "POST /deals/{ref}/lodgings/{lodging_number}/shipment": Example(
        mine, {"ref": "exchanging", "lodging_number": "open_first"}, lambda t: {"carrier": "Shunda"}
    ),
    "POST /deals/{ref}/lodgings/{lodging_number}/call-off": Example(
        mine, {"ref": "exchanging", "lodging_number": "open_first"}
    ),
    "POST /deals/{ref}/set-off": Example(mine, {"ref": "on_margin"}),
    "POST /deals/{ref}/duty": Example("seller", {"ref": "forgone"}, lambda t: {"amount": 1}),
    "POST /deals/{ref}/default-notice": Example("lender", {"ref": "late"}),
    "POST /deals/{ref}/enforcement": Example(
        "lender", {"ref": "late"}, lambda t: {"reason": "does not answer"}
    ),
    "POST /deals/{ref}/write-off": Example(
        "lender", {"ref": "hopeless"}, lambda t: {"reason": "nothing left"}
    ),
    "GET /approval-rules": Example(mine, is_shared=True),
    "POST /approval-rules": Example(
        mine, body=lambda t: {"act": "sign", "levels": [{"permission": "sign"}]}, is_shared=True
    ),
    "GET /sales": Example("lender", is_shared=True),
    "GET /sales/{ref}": Example("lender", {"ref": "sale"}),
    "POST /deals/{ref}/sales": Example(
        "lender",
        {"ref": "to_sell"},
        lambda t: {"buyer_name": "Traders", "price": 10_000_00, "reason": "best offer"},
    ),
    "POST /sales/{ref}/payment": Example("seller", {"ref": "sale_to_seller"}),
    "POST /sales/{ref}/receipt": Example("lender", {"ref": "sale"}, lambda t: {"reference": "TT"}),
    "POST /sales/{ref}/call-off": Example(
        "lender", {"ref": "sale"}, lambda t: {"reason": "does not pay"}
    ),
    "GET /deals/{ref}/registration": Example(mine, {"ref": "pledged"}),
    "POST /deals/{ref}/claim": Example(
        "lender", {"ref": "claimed"}, lambda t: {"go_on": False, "reason": "not ours first"}
    ),
    "POST /filings/{filing}/again": Example("lender", {"filing": "filing"}, lambda t: {}),
    "GET /looks": Example(mine, is_shared=True),
    "GET /deals/{ref}/invoices": Example(mine, {"ref": "doubted"}),
    "POST /deals/{ref}/invoices": Example(
        mine,
        {"ref": "doubted"},
        lambda t: {"number": "FP-2", "amount": 1_000, "issued_on": "2026-11-02"},
    ),
    "POST /laid-invoices/{invoice}/file": Example(
        mine, {"invoice": "laid_invoice"}, lambda t: png(), content_type="image/png"
    ),
    "GET /deals/{ref}/findings": Example("lender", {"ref": "doubted"}),
    "POST /deals/{ref}/findings/decision": Example(
        "lender", {"ref": "doubted"}, lambda t: {"reason": "the papers are good"}
    ),
    "POST /programmes/{programme}/release-cap": Example(
        "lender", {"programme": "open_programme"}, lambda t: {"cap": 1_000_00}
    ),
    "POST /deals/{ref}/release": Example(
        "lender", {"ref": "held"}, lambda t: {"reason": "counted again"}
    ),
    "GET /parties/{code}/ties": Example("operator", {"code": "open_code"}),
    "POST /parties/{code}/ties": Example(
        "operator",
        {"code": "open_code"},
        lambda t: {"kind": "OWNER", "name": "Li", "number": "33010619", "share": "0.4"},
    ),
    "POST /ties/{tie}/end": Example("operator", {"tie": "open_tie"}),
    "GET /approvals": Example("lender", is_shared=True),
    "GET /approvals/{approval}": Example("lender", {"approval": "approval"}),
    "POST /approvals/{approval}/withdraw": Example("lender", {"approval": "withdrawable"}),
    "POST /approvals/{approval}/votes": Example(
        "lender", {"approval": "approval"}, lambda t: {"agrees": True}
    ),
    "GET /shipments": Example(mine, is_shared=True),
    "GET /shipments/{ref}": Example(mine, {"ref": "shipment"}),
    "GET /shipments/{ref}/marks": Example(mine, {"ref": "shipment"}),
    "GET /marks": Example("seller", query=lambda t: {"code": "TRACE-7"}, is_shared=True),
    "GET /marks/{mark}": Example("seller", {"mark": "mark"}),
    "POST /shipments/{ref}/arrived": Example("keeper", {"ref": "shipment"}, lambda t: {}),
    "POST /shipments/{ref}/receive": Example(
        "keeper", {"ref": "shipment"}, lambda t: {"counts": t["open_counts"]}
    ),
    "GET /carriages": Example("carrier", is_shared=True),
    "GET /carriages/{ref}": Example("carrier", {"ref": "shipment"}),
    "POST /carriages/{ref}/milestones": Example(
        "carrier", {"ref": "given"}, lambda t: {"kind": "PICKED_UP"}
    ),
    "POST /carriages/{ref}/exceptions": Example(
        "carrier", {"ref": "given"}, lambda t: {"kind": "LATE"}
    ),
    "POST /carriages/{ref}/exceptions/{exception}/photos": Example(
        "carrier",
        {"ref": "shipment", "exception": "exception"},
        lambda t: png(mark=False),
        content_type="image/png",
    ),
    "POST /carriages/{ref}/exceptions/{exception}/settle": Example(
        "carrier", {"ref": "shipment", "exception": "exception"}
    ),
    "POST /carriages/{ref}/proof": Example(
        "carrier",
        {"ref": "shipment"},
        lambda t: png(),
        query=lambda t: {"receiver": "Zhou"},
        content_type="image/png",
    ),
    "GET /receipts": Example(mine, is_shared=True),
    "GET /receipts/{number}": Example(mine, {"number": "receipt"}),
    "GET /receipts/{number}/pdf": Example(mine, {"number": "receipt"}),
    "POST /receipts/{ref}/files": Example(
        "keeper", {"ref": "receipt"}, lambda t: png(mark=False), content_type="image/png"
    ),
    "GET /files/{file}": Example(mine, {"file": "photo"}),
    "GET /stock": Example("keeper", is_shared=True),
    "GET /tax-data": Example(mine, is_shared=True),
    "PUT /tax-data": Example(
        mine, body=lambda t: {"name": "New", "number": "91330100MA27XYZ124"}, is_shared=True
    ),
    "GET /tax-rates": Example("seller", is_shared=True),
    "POST /tax-rates": Example(
        "seller", body=lambda t: {"rate": "6", "from_day": "2026-11-01"}, is_shared=True
    ),
    "GET /vat-invoices": Example(mine, is_shared=True),
    "POST /vat-invoices": Example("seller", body=lambda t: {"shipment": t["open_shipment"]}),
    "GET /vat-invoices/{invoice}": Example(mine, {"invoice": "vat_invoice"}),
    "GET /vat-invoices/{invoice}/pdf": Example(mine, {"invoice": "vat_invoice"}),
    "POST /vat-invoices/{invoice}/again": Example("seller", {"invoice": "vat_invoice"}),
    "POST /vat-invoices/{invoice}/red-letter": Example(
        "seller",
        {"invoice": "vat_issued"},
        lambda t: {
            "reason": "returned",
            "parts": [{"line": t["open_vat_line"], "quantity": 1, "gross": 1_000}],
        },
    ),
    "GET /availability": Example(
        mine, query=lambda t: {"seller": t["open_seller"], "sku": t["open_goods"]}, is_shared=True
    ),
    "GET /orders/{ref}/waiting": Example(mine, {"ref": "placed_order"}),
    "GET /to-send": Example("seller", is_shared=True),
    "GET /back-orders": Example("seller", is_shared=True),
    "GET /back-orders/queue": Example("seller", is_shared=True),
    "PUT /back-orders/{sku}": Example("seller", {"sku": "open_goods"}, lambda t: {"most": 7}),
    "GET /expected-goods": Example("seller", is_shared=True),
    "POST /expected-goods": Example(
        "seller", body=lambda t: {"sku": str(t["open_goods"]), "quantity": 5, "day": "2027-01-05"}
    ),
    "POST /expected-goods/{expected}/arrived": Example(
        "seller", {"expected": "expected"}, lambda t: {"quantity": 5}
    ),
    "POST /expected-goods/{expected}/postpone": Example(
        "seller", {"expected": "expected"}, lambda t: {"day": "2027-02-05"}
    ),
    "POST /expected-goods/{expected}/call-off": Example("seller", {"expected": "expected"}),
    "GET /bins": Example("keeper", is_shared=True),
    "GET /houses": Example("seller", is_shared=True),
    "POST /stock-moves": Example(
        "seller",
        body=lambda t: {"moves": [{"row": t["free_row"], "bin": t["free_bin"], "quantity": 1}]},
    ),
    "POST /stock/{row}/count": Example(
        "keeper",
        {"row": "quiet_row"},
        lambda t: {"counted": t["open_pieces"], "reason": "counted anew"},
    ),
    "POST /picks": Example("keeper", body=lambda t: {"row": str(t["row"]), "quantity": 1}),
    "GET /pledges": Example(mine, is_shared=True),
    "GET /pledges/{ref}": Example(mine, {"ref": "pledge"}),
    "GET /releases": Example(mine, is_shared=True),
    "POST /releases/{number}/code": Example(mine, {"number": "release"}, lambda t: {}),
    "POST /pick-ups": Example("keeper", body=lambda t: {"code": t["code"]}),
    "GET /loans": Example(mine, is_shared=True),
    "GET /loans/{ref}": Example(mine, {"ref": "pledged_loan"}),
    "POST /loans/{ref}/simulate-repayment": Example(
        mine, {"ref": "pledged_loan"}, lambda t: {"percent": "30"}
    ),
    "GET /loans/{ref}/agreement/pdf": Example(mine, {"ref": "pledged_loan"}),
    "GET /loans/{ref}/statement/pdf": Example(mine, {"ref": "pledged_loan"}),
    "GET /loans/{ref}/repayments/{place}/pdf": Example(
        mine, {"ref": "pledged_loan", "place": "open_place"}
    ),
    "GET /dealers/{code}/statement/pdf": Example("lender", {"code": "open_code"}),
    "GET /credit-line": Example(mine, is_shared=True),
    "GET /facilities": Example(mine, is_shared=True),
    "GET /programmes": Example("lender", is_shared=True),
    "GET /programme-drafts": Example("lender", is_shared=True),
    "POST /programme-drafts": Example(
        "lender",
        body=lambda t: {
            "seller": str(t["open_seller"]),
            "programme": str(t["open_programme"]),
            "terms": {
                "name": "Pledged",
                "deposit_ratios": ["0.2"],
                "days_options": [30],
                "day_count": "ACT/360",
                "penalty_factor": "1.5",
                "instrument": "LOAN",
                "deposit_mode": "DOWN_PAYMENT",
                "release_mode": "PROPORTIONAL",
                **dict.fromkeys(
                    ("fee_rate", "base_rate", "opex_rate", "hurdle_rate", "rate_cap"), "3"
                ),
                **dict.fromkeys(
                    (
                        "capital_share",
                        "loss_given_default",
                        "price_fall",
                        "sale_cost",
                        "refund_share",
                        "seller_default",
                        "sale_floor",
                        "quota_share",
                    ),
                    "0.1",
                ),
                "seller_duty": "NONE",
                "buy_back_share": "1",
                "single_name_cap": 50_000_00,
                "auto_approve_cap": 10_000_00,
            },
        },
    ),
    "POST /programme-drafts/{draft}/send": Example(
        "lender", {"draft": "programme_draft"}, lambda t: {}
    ),
    "POST /programme-drafts/{draft}/withdraw": Example(
        "lender", {"draft": "programme_draft"}, lambda t: {}
    ),
    "POST /programme-drafts/{draft}/answer": Example(
        "seller", {"draft": "programme_offer"}, lambda t: {"agrees": True}
    ),
    "POST /programmes/{programme}/modes": Example(
        "lender",
        {"programme": "open_programme"},
        lambda t: {
            "instrument": "ACCEPTANCE_BILL",
            "deposit_mode": "CASH_MARGIN",
            "release_mode": "DEPOSIT_FIRST",
            "seller_duty": "BUY_BACK",
            "buy_back_share": "0.6",
        },
    ),
    "GET /facilities/{number}": Example(mine, {"number": "facility"}),
    "GET /assessments": Example(mine, is_shared=True),
    "GET /assessments/{number}": Example(mine, {"number": "assessment"}),
    "GET /payments": Example(mine, is_shared=True),
    "GET /payments/{ref}": Example(mine, {"ref": "payment"}),
    "GET /books/trial-balance": Example(mine, is_shared=True),
    "GET /books/accounts": Example(mine, is_shared=True),
    "GET /books/accounts/{account}/statement": Example(mine, {"account": "open_account"}),
    "POST /bank/notices": Example("bank", raw=True),
    "GET /bank/notices": Example("lender", is_shared=True),
    "GET /notices": Example(mine, is_shared=True),
    "POST /notices/{notice}/read": Example(mine, {"notice": "notice"}, lambda t: {}),
    "GET /reach": Example(mine, is_shared=True),
    "POST /reach": Example(
        mine,
        body=lambda t: {
            "mail": "DAILY",
            "phone": "13800000000",
            "kinds": [{"kind": "repaid", "mail": False, "sms": True}],
        },
        is_shared=True,
    ),
    "GET /facts": Example(mine, is_shared=True),
    "GET /webhooks": Example(mine, is_shared=True),
    "POST /webhooks": Example(
        mine,
        body=lambda t: {"name": "ERP", "url": "https://erp.example.com/in"},
        is_shared=True,
    ),
    "GET /stock-programmes": Example(mine, is_shared=True),
    "POST /programmes/{programme}/margins": Example(
        "lender",
        {"programme": "open_stock_programme"},
        lambda t: {
            "opening_ratio": "0.6",
            "warn_ratio": "0.65",
            "call_ratio": "0.7",
            "liquidation_ratio": "0.8",
            "haircut": "0.1",
            "concentration": "1",
            "cure_days": 3,
            "stale_days": 7,
            "max_age_days": 180,
        },
    ),
    "POST /stock-loans/preview": Example(
        mine,
        body=lambda t: {
            "programme": str(t["open_stock_programme"]),
            "goods": [{"sku": str(t["open_bag"]), "quantity": 1}],
        },
        is_shared=True,
    ),
    "POST /stock-loans": Example(
        "other",  # the first dealer is overdue
        body=lambda t: {
            "programme": str(t["open_stock_programme"]),
            "goods": [{"sku": str(t["open_bag"]), "quantity": 1}],
            "amount": 5_00,
            "days": 30,
        },
        is_shared=True,
    ),
    "GET /stock-loans": Example(mine, is_shared=True),
    "GET /stock-loans/{ref}": Example(mine, {"ref": "pool"}),
    "GET /stock-loans/{ref}/marks": Example(mine, {"ref": "pool"}),
    "POST /stock-loans/{ref}/lodgings": Example(
        mine,
        {"ref": "pool"},
        lambda t: {"goods": [{"sku": str(t["open_bag"]), "quantity": 1}]},
    ),
    "POST /stock-loans/{ref}/swaps": Example(
        mine,
        {"ref": "pool"},
        lambda t: {
            "goods_in": [{"sku": str(t["open_bag"]), "quantity": 2}],
            "goods_out": [{"sku": str(t["open_bag"]), "quantity": 1}],
        },
    ),
    "POST /stock-loans/{ref}/lodgings/{lodging_number}/shipment": Example(
        mine, {"ref": "pool", "lodging_number": "open_lodging"}, lambda t: {"carrier": "Shunda"}
    ),
    "POST /stock-loans/{ref}/lodgings/{lodging_number}/call-off": Example(
        mine, {"ref": "pool", "lodging_number": "open_lodging"}
    ),
    "POST /stock-loans/{ref}/take-out": Example(
        mine,
        {"ref": "pool"},
        lambda t: {"goods": [{"sku": str(t["open_bag"]), "quantity": 1}]},
    ),
    "POST /stock-loans/{ref}/call-off": Example(
        mine, {"ref": "stock_to_sign"}, lambda t: {"reason": "no need"}
    ),
    "GET /margin-calls": Example(mine, is_shared=True),
    "GET /goods-prices": Example("lender", is_shared=True),
    "POST /goods-prices": Example(
        "lender", body=lambda t: {"quotes": [{"code": "B1", "amount": 20_00}]}, is_shared=True
    ),
    "GET /webhooks/{webhook}": Example(mine, {"webhook": "webhook"}),
    "PUT /webhooks/{webhook}": Example(
        mine,
        {"webhook": "webhook"},
        lambda t: {"name": "ERP", "url": "https://erp.example.com/", "kinds": ["capital.repaid"]},
    ),
    "GET /webhooks/{webhook}/secret": Example(mine, {"webhook": "webhook"}),
    "POST /webhooks/{webhook}/rotate": Example(mine, {"webhook": "webhook"}),
    "POST /webhooks/{webhook}/pause": Example(mine, {"webhook": "webhook"}),
    "POST /webhooks/{webhook}/resume": Example(mine, {"webhook": "paused_webhook"}),
    "POST /webhooks/{webhook}/end": Example(mine, {"webhook": "webhook"}),
    "POST /webhooks/{webhook}/test": Example(mine, {"webhook": "webhook"}),
    "POST /webhooks/{webhook}/replay": Example(
        mine,
        {"webhook": "webhook"},
        lambda t: {"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
    ),
    "GET /webhooks/{webhook}/deliveries": Example(mine, {"webhook": "webhook"}),
    "GET /webhook-deliveries/{delivery}": Example(mine, {"delivery": "open_delivery"}),
    "POST /webhook-deliveries/{delivery}/replay": Example(mine, {"delivery": "open_delivery"}),
}


def operations() -> list[str]:
    """Every operation of the document, as `METHOD /path`."""
    paths = api.get_openapi_schema()["paths"]
    return [
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method in methods
    ]


def is_read(operation: str) -> bool:
    return operation.startswith("GET ")


@pytest.mark.parametrize("operation", filter(is_read, operations()))
def test_the_owner_may_read_and_a_stranger_may_not(looked_at: Lived, operation: str) -> None:
    is_for_its_owner(looked_at, operation)


@pytest.mark.parametrize("operation", filterfalse(is_read, operations()))
def test_the_owner_may_write_and_a_stranger_may_not(lived: Lived, operation: str) -> None:
    is_for_its_owner(lived, operation)


def is_for_its_owner(lived: Lived, operation: str) -> None:
    assert operation in EXAMPLES, "a route without an example here"
    example = EXAMPLES[operation]
    if example.raw:
        the_bank_door_asks_for_a_signature(lived)
        return
    stranger = ask(lived, "other", operation, example)
    if example.is_shared:
        assert stranger.status_code < 500
        text = stranger.content.decode()
        assert [word for word in lived.secrets().values() if word in text] == []
    else:
        assert refused(stranger), (stranger.status_code, stranger.content.decode()[:300])
    nobody = ask(lived, "nobody", operation, example)
    assert nobody.status_code == 401
    owner = ask(lived, example.desk, operation, example)
    assert 200 <= owner.status_code < 300, owner.content.decode()[:500]


def refused(answer: Any) -> bool:
    """403, 404, or an answer that says nothing (a price for somebody else's buyer)."""
    if answer.status_code in (403, 404):
        return True
    body = answer.json()
    return answer.status_code == 200 and body.get("items", [{}])[0].get("price", 0) is None


def ask(lived: Lived, desk: str, operation: str, example: Example) -> Any:
    """The operation as somebody at a desk, with the owner's ids in path, query and body."""
    method, path = operation.split(" ")
    for place, name in (example.path or {}).items():
        path = path.replace(f"{{{place}}}", str(lived.there[name]))
    hand = getattr(lived.hands, "dealer" if desk == "nobody" else desk)
    headers = {"Idempotency-Key": uuid5(NAMESPACE_URL, f"{desk} {operation}").hex}
    if desk != "nobody":
        headers["Authorization"] = f"Bearer {hand.token}"
    query = example.query(lived.there) if example.query else {}
    if method == "GET":
        return hand.client.get("/api/v1" + path, query, headers=headers)
    return getattr(hand.client, method.lower())(
        "/api/v1" + path + (f"?{urlencode(query)}" if query else ""),
        example.body(lived.there) if example.body else {},
        content_type=example.content_type,
        headers=headers,
    )


def the_bank_door_asks_for_a_signature(lived: Lived) -> None:
    """Who signs like the bank may leave a notice; who does not may not."""
    raw = (
        b'{"id": "n-1", "instruction": "01a212ad-efaa-7adc-8b87-8e64824953b3",'
        b' "outcome": "BOOKED", "amount": 1, "booked_at": "2026-11-02T02:00:00+00:00"}'
    )
    client = lived.hands.dealer.client
    for signature, expected in (("0" * 64, 403), (port.sign(raw), 202)):
        answer = client.post(
            "/api/v1/bank/notices",
            raw,
            content_type="application/json",
            headers={"X-Bank-Signature": signature},
        )
        assert answer.status_code == expected, answer.content.decode()
