"""Several seeds in one: how they are named, and what is told of all of them together."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from heliu.kernel.errors import Invalid
from heliu_world.play import Report
from heliu_world.seeds import as_json, never_reached, numbered, tell
from heliu_world.states import watched

SCHEMA = Path(__file__).parents[2] / "docs" / "simulate.schema.json"


def report(seed: int, reached: list[str], fired: dict[str, int]) -> Report:
    states = ["OPEN", "CLOSED", "LOST"]
    found = {"reached": reached, "missed": [one for one in states if one not in reached]}
    return Report(
        seed, 3, ["bank-late", "tax-lost"], states={"deal": found}, faults=fired, digest="0" * 64
    )


REPORTS = [report(1, ["OPEN"], {}), report(2, ["OPEN", "CLOSED"], {"bank-late": 2})]


@pytest.mark.parametrize(
    ("text", "seeds"), [("7", [7]), ("1..4", [1, 2, 3, 4]), ("9,1..2, 2", [1, 2, 9])]
)
def test_seeds_are_numbers_and_stretches(text: str, seeds: list[int]) -> None:
    assert numbered(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "3..1", "1..9999"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        numbered(text)


def test_what_no_seed_reached_is_told() -> None:
    assert never_reached(REPORTS) == {"deal": ["LOST"], "fault": ["tax-lost"]}
    said: list[str] = []
    tell(REPORTS, said.append)
    assert said[1].split() == ["deal", "2", "of", "3", "LOST"]
    assert said[2].split() == ["fault", "1", "of", "2", "tax-lost"]


def test_one_seed_or_several_are_as_documented() -> None:
    schema = json.loads(SCHEMA.read_text())
    for reports in (REPORTS[:1], REPORTS):
        jsonschema.validate(json.loads(json.dumps(as_json(reports))), schema)


def test_every_document_with_a_table_of_moves_is_watched() -> None:
    names = {one.name for one in watched()}
    assert {"loan", "pledge", "invoice", "case", "return", "approval", "margin call",
            "lodging", "order change", "purchase request", "period", "incoming"} <= names  # fmt: skip
    assert len(names) == len(watched())
