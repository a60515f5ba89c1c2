"""A seed tells one story, nothing in it breaks a law, and a planted mistake does not stay hidden."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import jsonschema
import pytest
from django.db import connection, transaction
from tests.world.conftest import Playing
from tests.world.planting import PATCHES, fits, look_for, planted

from heliu.kernel.errors import Invalid
from heliu_world.faults import CHANCES, Faults, Torn, chosen
from heliu_world.play import Report

SCHEMA = Path(__file__).parents[2] / "docs" / "simulate.schema.json"
SEED, DAYS = 1, 2


@pytest.fixture(scope="module")
def lived(playing: Playing) -> Report:
    """A few days with everything that may go wrong."""
    return playing(SEED, DAYS)


def test_with_all_faults_no_law_is_broken(lived: Report) -> None:
    assert [(found.law, found.offender, found.trace) for found in lived.violations] == []
    assert lived.steps > 100
    assert len(lived.faults) > 5
    assert {"CONFIRMED", "SHIPPED", "COMPLETED", "CANCELLED"} <= set(
        lived.states["order"]["reached"]
    )


def test_the_report_is_as_documented(lived: Report) -> None:
    said = json.loads(json.dumps(lived.as_json()))
    jsonschema.validate(said, json.loads(SCHEMA.read_text()))


def test_the_same_seed_tells_the_same_story(lived: Report, playing: Playing) -> None:
    again = playing(SEED, DAYS)
    assert (again.digest, again.steps) == (lived.digest, lived.steps)
    assert (again.acts, again.faults, again.states) == (lived.acts, lived.faults, lived.states)


def test_without_faults_none_fires(playing: Playing) -> None:
    calm = playing(SEED + 1, 1, "none")
    assert (calm.faults, calm.violations) == ({}, [])


def test_faults_are_chosen_by_name() -> None:
    assert chosen("all") == set(CHANCES)
    assert chosen("bank-lost, goods-short") == {"bank-lost", "goods-short"}
    with pytest.raises(Invalid):
        chosen("bank-lots")


class Second(Random):
    """Chance that tears whatever comes second."""

    def randrange(self, *among: int) -> int:  # type: ignore[override]
        return 0

    def randint(self, a: int, b: int) -> int:
        return 2


def test_what_is_lost_on_the_way_back_to_a_savepoint_stays_lost(db: None) -> None:
    faults = Faults(Second(), frozenset({"act-aborted"}))
    torn = faults.tearing("act-aborted", lambda: Torn("the connection was lost"))

    def go_on() -> None:
        with torn, connection.cursor() as cursor:
            with transaction.atomic():
                transaction.set_rollback(True)
            cursor.execute("select 1")

    with pytest.raises(Torn), transaction.atomic():
        go_on()
    assert faults.fired["act-aborted"] == 1


@pytest.mark.parametrize("name", sorted(path.stem for path in PATCHES.glob("*.patch")))
def test_a_planted_mistake_fits_the_source(name: str) -> None:
    tried = fits(PATCHES / f"{name}.patch")
    assert tried.returncode == 0, tried.stdout


def test_a_planted_mistake_is_found(tmp_path: Path) -> None:
    with planted(PATCHES / "hold-kept-on-cancel.patch", tmp_path) as source:
        found = look_for(source, seeds=(SEED,), days=DAYS)
        assert found is not None
        assert found["law"] == "an order holds the goods and the credit that are open on it"
