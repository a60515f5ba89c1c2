"""Every planted mistake is found within twenty seeds, and by the command that was printed again, at
the same step.

Part of the long proofs: collected with `-p tests.long_proofs` only.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from tests.world.planting import PATCHES, look_for, planted, play

SEEDS, DAYS = range(1, 21), 8


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(path.stem for path in PATCHES.glob("*.patch")))
def test_it_is_found_and_found_again(name: str, tmp_path: Path) -> None:
    with planted(PATCHES / f"{name}.patch", tmp_path) as source:
        found = look_for(source, seeds=SEEDS, days=DAYS)
        assert found is not None, f"nobody found {name}"
        command, *options = shlex.split(found["replay"])[1:]
        assert command == "simulate"
        again = play(source, *options)
        assert again.returncode == 1
        where = f"BROKEN on day {found['day']}, step {found['step']}: {found['law']}"
        assert f"{where}\n  {found['offender']}" in again.stdout
