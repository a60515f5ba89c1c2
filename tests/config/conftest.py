"""An install made once, by the command as it is used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.config.test_cli import heliu


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh install with its operator, to be copied."""
    data = tmp_path_factory.mktemp("install") / "data"
    done = heliu(
        data, "init", "--email", "Boss@x.example", HELIU_OPERATOR_PASSWORD="a long password"
    )
    assert done.stdout.startswith("Ready. Sign in as boss@x.example, the password you gave\n")
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A copy of the fresh install."""
    shutil.copytree(made, tmp_path / "data", symlinks=True)
    return tmp_path / "data"
