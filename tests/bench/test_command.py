"""The command as a person runs it: a cluster of its own, a table, a file; or one clear sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from tests.bench.test_benches import SCHEMA


def heliu(*words: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELIU_")}
    return subprocess.run(
        [sys.executable, "-m", "heliu.cli", "bench", *words],
        env=kept | {"HELIU_DATA": str(data)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bench_from_nothing(tmp_path: Path) -> None:
    file = tmp_path / "ledger.json"
    ran = heliu(
        "ledger", "--seconds", "0.1", "--rounds", "1", "--accounts", "20", "--size", "5",
        "--json", str(file), data=tmp_path / "data",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    document = json.loads(file.read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["options"] == {"seconds": 0.1, "rounds": 1, "accounts": 20, "size": 5}
    assert "single journals" in ran.stdout
    assert document["machine"]["fsync"] == "on"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ledger"], "unset HELIU_DATABASE_URL"),
        (["place-order", "--clients", "1,x"], "whole numbers with commas"),
        (["place-order", "--door", "window"], "lane, django or both"),
        (["place-order", "--hot", "15"], "a multiple of ten"),
    ],
)
def test_what_cannot_be_is_told(words: list[str], said: str, tmp_path: Path) -> None:
    ran = heliu(*words, data=tmp_path, HELIU_DATABASE_URL="postgresql://a@localhost/b")
    assert ran.returncode != 0
    assert said in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
