"""The house's tax data: the title of the invoices it gets and gives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_http_methods

from heliu.capital.vat import operations, queries
from heliu.capital.vat.operations import TaxData
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.parts import Ask, Sheet, Will

FIELDS = (
    ("name", N_("Name on the licence")),
    ("number", N_("Tax number")),
    ("address", N_("Address")),
    ("phone", N_("Phone")),
    ("bank", N_("Bank")),
    ("account", N_("Account")),
)


@require_http_methods(["GET", "POST"])
@desk_page
def data(request: HttpRequest) -> HttpResponse:
    """The sheet on which the house gives its tax data, once."""
    actor, at = actor_of(request), now(request)
    actor.require("manage")
    stands = queries.data_of(actor)

    def value(name: str) -> str:
        return str(getattr(stands, name, ""))

    def do() -> str:
        typed = {name: request.POST.get(name, "").strip() for name, _label in FIELDS}
        operations.set_data(
            TaxData(
                **typed,
                wants=request.POST.get("wants", ""),
                is_auto=request.POST.get("is_auto") == "yes",
            ),
            actor=actor,
            at=at,
        )
        say(request, _("The tax data is kept."))
        return reverse("company")

    sheet = Sheet(
        heading=_("Tax data"),
        crumbs=((_("Company"), reverse("company")),),
        asks=(
            *(
                Ask(name, _(label), value(name), is_needed=name in ("name", "number"))
                for name, label in FIELDS
            ),
            Ask(
                "wants",
                _("Which invoice you ask for as a buyer"),
                value("wants"),
                "choice",
                options=tuple((str(kind), str(kind.label)) for kind in queries.KINDS),
                help=_("By a special invoice you deduct the tax; it needs all fields."),
            ),
            Ask(
                "is_auto",
                _("As a seller: write the invoice when goods leave"),
                "yes" if stands and stands.is_auto else "",
                "check",
            ),
        ),
        will=(
            Will(_("Your sellers write invoices with this title")),
            Will(_("Invoices there are keep theirs")),
        ),
        button=_("Keep"),
    )
    return sheets.answer(request, sheet, do, here="company")
