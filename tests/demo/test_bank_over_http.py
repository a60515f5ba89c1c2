"""`heliu demo` with a bank in a process of its own: one setting, the same deal."""

from __future__ import annotations

from pathlib import Path

from tests.config.test_cli import free_port, heliu
from tests.demo.test_demo import Started
from tests.demo.test_walk import validate

OVER_HTTP = {"HELIU_BANK": "heliu.capital.bank.http"}


def test_one_setting_and_the_same_deal(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = Started(data, **OVER_HTTP)
    assert first.status == 0, first.trouble
    validate(first.written)
    assert first.written["is_closed"]
    assert first.written["check"]["is_sound"]
    assert (data / "sandbox-bank.sqlite3").exists()
    # What was laid at one bank does not go on at another.
    other = heliu(data, "demo", "--once", "--port", str(free_port()))
    assert other.returncode == 1
    assert "are at another bank" in other.stderr
