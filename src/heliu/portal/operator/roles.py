"""What houses of each kind may put into roles of their own, and what must be in two hands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import role_editing
from heliu.kernel.access.may import MAY, words_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import ROLES
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, say, show
from heliu.portal.ui.parts import Chip
from heliu.trade.tiers import TIERS


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """One row for each kind of house; a post sets the row, or a pair."""
    actor = actor_of(request)
    actor.require("operate")
    kinds, tiers = dict(ROLES), dict(TIERS)
    tier = request.GET.get("tier", "")
    tier = tier if tier in tiers else ""

    def do() -> str:
        act, post = request.POST.get("act", ""), request.POST
        if act == "limits" and post.get("kind") in kinds:
            known = [one for one in post.getlist("permission") if one in MAY]
            role_editing.set_limits(post["kind"], known, actor=actor, tier=tier)
        elif act in ("pair", "unpair") and {post.get("first"), post.get("second")} <= set(MAY):
            role_editing.set_apart(post["first"], post["second"], actor=actor, on=act == "pair")
        else:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        say(request, _("Saved."))
        return reverse("operator_roles") + (f"?tier={tier}" if tier else "")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer is not None:
        return answer
    limits = role_editing.limits(actor)
    offered = [one for one in MAY if one not in role_editing.ALONE]
    context = {
        "kinds": [
            (
                kind,
                name,
                [(may, words_of(may), may in limits.get((kind, tier), [])) for may in offered],
            )
            for kind, name in ROLES
        ],
        "apart": [(a, words_of(a), b, words_of(b)) for a, b in role_editing.apart()],
        "tiers": [
            Chip(_("All houses"), reverse("operator_roles"), on=not tier),
            *(Chip(str(label), f"?tier={one}", on=one == tier) for one, label in TIERS),
        ],
        "tier": tiers.get(tier, ""),
        "offered": [(may, words_of(may)) for may in offered],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "operator/roles.html", context, here="operator_roles", status=status)
