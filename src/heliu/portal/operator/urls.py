"""The operator's addresses."""

from __future__ import annotations

from django.urls import path

from heliu.portal.operator import (
    books,
    checks,
    cockpit,
    exceptions,
    jobs,
    newcomers,
    parties,
    reports,
    roles,
)

urlpatterns = [
    path("operator/", cockpit.cockpit, name="operator_cockpit"),
    path("operator/exceptions", exceptions.queue, name="operator_exceptions"),
    path("operator/exceptions/<str:number>", exceptions.queue, name="operator_exception"),
    path("operator/parties", parties.index, name="operator_parties"),
    path("operator/parties/<str:code>", parties.detail, name="operator_party"),
    path("operator/newcomers", newcomers.index, name="operator_newcomers"),
    path("operator/newcomers/rules", newcomers.rules, name="operator_newcomer_rules"),
    path("operator/newcomers/<uuid:application>", newcomers.newcomer, name="operator_newcomer"),
    path("operator/roles", roles.index, name="operator_roles"),
    path("operator/checks", checks.index, name="operator_checks"),
    path("operator/checks/now", checks.check_now, name="operator_check_now"),
    *reports.urls(),
    path("operator/books", books.index, name="operator_books"),
    path("operator/jobs", jobs.index, name="operator_jobs"),
]
