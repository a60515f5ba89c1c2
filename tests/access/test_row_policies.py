"""The second lock: what the web role gets by raw SQL when no filter helps it."""

from __future__ import annotations

import ast
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from tests.conftest import CLUSTER
from tests.trade import life
from tests.trade.conftest import World

import heliu

# Tables without a policy, and why each may be read by whoever is signed in, or by nobody at all.
OPEN = {
    "books_totalmark": "how far the worker is",
    "events_concernmark": "how far the worker is",
    "access_failedsignin": "counted before it is known who asks; holds keyed digests only",
    "access_factor": "asked before it is known for whom somebody acts; secrets are sealed",
    "access_recoverycode": "asked before it is known for whom somebody acts; keyed digests only",
    "access_signin": "of a person, whatever the desk; says that and how somebody signed in",
    "access_user": "a log-in is looked up before it is known for whom it acts",
    "access_user_groups": "Django's own, unused",
    "access_user_user_permissions": "Django's own, unused",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "auth_permission": "Django's own, unused",
    "clock_demo": "by how many days a demo's clock runs ahead",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "django_session": "found by an unguessable key only, before it is known for whom it acts",
    "goods_family": "words of the catalogue",
    "goods_unitofmeasure": "words of the catalogue",
}


@pytest.fixture
def lived(world: World) -> World:
    """A deal has been through everything, so that most tables hold something."""
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    life.pick_up(world)
    return world


def tables(link: psycopg.Connection) -> dict[str, bool]:
    """Every table and whether it has a row policy; a view that asks as its reader has theirs."""
    found = link.execute(
        "select relname, relrowsecurity or 'security_invoker=true' = any (reloptions)"
        " from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where nspname = 'public' and relkind in ('r', 'p', 'v', 'm')"
    )
    return dict(found.fetchall())


def may_read(link: psycopg.Connection, table: str) -> bool:
    row = link.execute("select has_table_privilege('heliu_web', %s, 'select')", [table]).fetchone()
    assert row is not None
    return bool(row[0])


def open_link(user: str) -> psycopg.Connection:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(host=str(CLUSTER), user=user, dbname=name, autocommit=True)


def test_without_an_organisation_no_row_of_anybody_is_seen(lived: World) -> None:
    with open_link("heliu_web") as web, open_link("heliu_worker") as worker:
        seen, filled = [], 0
        for table, is_policed in tables(worker).items():
            if table.startswith("procrastinate") or not may_read(worker, table):
                continue
            assert is_policed or table in OPEN, f"{table} has no row policy"
            if is_policed:
                count = worker.execute(f'select count(*) from "{table}"').fetchone()
                filled += bool(count and count[0])
                seen += [table for _ in web.execute(f'select 1 from "{table}" limit 1').fetchall()]
        assert seen == []
        assert filled > 40, "the deal should have filled most tables"


def test_a_strangers_organisation_sees_nothing_of_the_deal(lived: World) -> None:
    stranger = lived.chain.dealers["D002"]
    columns = (
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and udt_name = 'uuid' and column_name = any(%s)"
    )
    names = ["buyer", "borrower", "dealer", "owner", "pledgor", "payer", "org"]
    with open_link("heliu_web") as web, open_link("heliu_worker") as worker:
        web.execute("select set_config('heliu.orgs', %s, false)", [f"{{{stranger}}}"])
        dealer = lived.chain.dealers["D001"]
        for table, column in worker.execute(columns, [names]).fetchall():
            if table in OPEN or not may_read(worker, table):
                continue
            leaked = web.execute(
                f'select count(*) from "{table}" where "{column}" = %s', [dealer]
            ).fetchone()
            assert leaked == (0,), f"{table}.{column}"


@pytest.mark.parametrize(
    "table", ["catalogue_entry", "sandbox_account", "procrastinate_jobs", "posting_seal"]
)
def test_what_answers_only_through_functions_cannot_be_read(lived: World, table: str) -> None:
    with open_link("heliu_web") as web:
        exists = web.execute("select to_regclass(%s)", [table]).fetchone()
        assert exists != (None,), table
        try:
            rows = web.execute(f'select 1 from "{table}" limit 1').fetchall()
        except psycopg.errors.InsufficientPrivilege:
            return
        assert rows == []


def test_only_stories_widen_the_door() -> None:
    root = Path(heliu.__file__).parent
    users = set()
    for path in root.rglob("*.py"):
        calls = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom))
        if any(
            call.module == "heliu.kernel.access.door"
            and any(a.name == "widened" for a in call.names)
            for call in calls
        ):
            users.add(path.relative_to(root))
    # The demo shows the names of its houses to everybody who looks for a log-in.
    elsewhere = {path for path in users if path.parts[0] != "trade"}
    assert elsewhere == {Path("portal/shell/demo.py")}


def test_definer_functions_have_a_fixed_search_path(lived: World) -> None:
    with open_link("heliu_worker") as worker:
        loose = worker.execute(
            "select proname from pg_proc p join pg_namespace n on n.oid = pronamespace"
            " where nspname = 'public' and prosecdef and not exists ("
            "  select from unnest(proconfig) c where c like 'search_path=%')"
        ).fetchall()
        assert loose == []
