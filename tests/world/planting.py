"""Planting a mistake into a copy of the source, and looking for it as anybody would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import CLUSTER

PATCHES = Path(__file__).with_name("planted")
SOURCE = Path(__file__).parents[2] / "src"


@contextmanager
def planted(patch: Path, folder: Path) -> Iterator[Path]:
    """A copy of the source with the mistake in it, in a folder that is thrown away."""
    shutil.copytree(SOURCE, folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with patch.open() as change:
        subprocess.run(["patch", "-p1", "--quiet"], stdin=change, cwd=folder, check=True)
    data = folder / "data"
    data.mkdir()
    (data / "pg").symlink_to(CLUSTER)  # the cluster of the tests, which runs
    yield folder
    shutil.rmtree(folder / "src")


def fits(patch: Path) -> subprocess.CompletedProcess[str]:
    """Whether a patch can be put into the source as it is today, line for line; nothing is
    written."""
    return subprocess.run(
        ["patch", "-p1", "--dry-run", "--fuzz=0", "-i", str(patch)],
        cwd=SOURCE.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def look_for(folder: Path, *, seeds: Sequence[int], days: int) -> dict[str, Any] | None:
    """The first violation that one of the seeds finds in a planted copy; None when none does."""
    for seed in seeds:
        told = folder / "report.json"
        done = play(folder, "--seed", str(seed), "--days", str(days), "--json", str(told))
        if done.returncode:
            report = json.loads(told.read_text())
            assert report["violations"], done.stderr
            found: dict[str, Any] = report["violations"][0]
            return found
    return None


def play(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`heliu simulate` on a planted copy."""
    return subprocess.run(
        [sys.executable, "-m", "heliu.cli", "simulate", *options],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("HELIU_")},
            "PYTHONPATH": str(folder / "src"),
            "HELIU_DATA": str(folder / "data"),
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
