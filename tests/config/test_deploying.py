"""What stands between the product and a machine: settings, units, secrets."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.config.test_cli import CLEAN, children_of, free_port, heliu
from typer.main import get_command

from heliu.cli import main
from heliu.config import secrets

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "packaging" / "systemd").glob("*.service"))
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
CHECK = (
    "import django; django.setup();"
    "from django.core.management import call_command;"
    "call_command('check', deploy=True, fail_level='DEBUG', databases=[])"
)


def test_djangos_deploy_checks_find_nothing(tmp_path: Path) -> None:
    secrets.ensure(tmp_path, "secret_key")
    clean = {name: value for name, value in CLEAN.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        env={
            **clean, "HELIU_DATA": str(tmp_path), "HELIU_BEHIND_TLS": "1",
            "HELIU_HOSTS": "heliu.example.com", "HELIU_MAIL": "smtp://mail.example.com", "DJANGO_SETTINGS_MODULE": "heliu.config.settings",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # Silenced are only the two whose headers `middleware.Hardened` sets.
    assert done.stdout == "System check identified no issues (2 silenced).\n"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_verb_that_there_is(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    service = parser["Service"]
    words = shlex.split(service["ExecStart"])
    if words[0] == "/bin/sh":
        words = shlex.split(words[2].removeprefix("exec ").replace("$(date +%%a)", "Mon"))
    program, verb, *arguments = words
    assert program == "/opt/heliu/.venv/bin/heliu"
    command = get_command(main).commands[verb]  # type: ignore[attr-defined]
    command.make_context(verb, list(arguments))
    assert service["User"] == "heliu"
    for hard in ("NoNewPrivileges", "ProtectHome", "PrivateTmp"):
        assert service[hard] == "yes"
    assert service["UMask"] == "0077"


def test_every_setting_of_the_example_and_of_the_settings_is_told() -> None:
    example = (ROOT / "packaging" / "systemd" / "environment.example").read_text()
    code = (ROOT / "src" / "heliu" / "config").glob("*.py")
    known = {name for path in code for name in re.findall(r"HELIU_[A-Z_]+", path.read_text())}
    named = set(re.findall(r"^#?(HELIU_[A-Z_]+)=", example, flags=re.MULTILINE))
    assert named <= known
    for name in named:
        assert f"`{name}" in DEPLOY or f"{name}=" in DEPLOY, name


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606, 0o660])
def test_secrets_that_others_may_use_are_refused(tmp_path: Path, mode: int) -> None:
    secrets.ensure(tmp_path, "secret_key")
    assert len(secrets.read(tmp_path)["secret_key"]) >= 50
    (tmp_path / "secrets.json").chmod(mode)
    with pytest.raises(secrets.Exposed, match=f"mode {mode:o}"):
        secrets.read(tmp_path)


def test_exposed_secrets_are_told_in_one_line(tmp_path: Path) -> None:
    secrets.ensure(tmp_path, "secret_key")
    (tmp_path / "secrets.json").chmod(0o644)
    done = heliu(tmp_path, "check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{tmp_path}/secrets.json may be used by others (mode 644):"
        f" chmod 600 {tmp_path}/secrets.json\n"
    )


def test_no_verb_takes_a_secret_as_an_argument() -> None:
    for name, command in get_command(main).commands.items():  # type: ignore[attr-defined]
        for parameter in command.params:
            assert not re.search("password|secret_key|token", parameter.name or ""), name


def test_a_part_of_a_password_is_not_told(tmp_path: Path) -> None:
    done = heliu(tmp_path, "check", HELIU_DATABASE_URL="postgresql://u:hush/hush@host/name")
    assert done.returncode == 1
    assert done.stderr.startswith("HELIU_DATABASE_URL cannot be read")
    assert "hush" not in done.stderr


def test_secrets_are_neither_in_logs_nor_on_command_lines(data: Path) -> None:
    hidden = {
        "HELIU_SECRET_KEY": "hush-key-" * 6,
        "HELIU_METRICS_TOKEN": "hush-metrics",
        "HELIU_DATABASE_PASSWORD": "hush-database",
    }
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "heliu.cli", "serve", "--no-worker", "--port", str(port)],
        env={**CLEAN, "HELIU_DATA": str(data), **hidden},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("Heliu is at")
        address = f"http://127.0.0.1:{port}"
        bearer = {"Authorization": "Bearer hush-token"}
        assert httpx.get(f"{address}/api/v1/me?x=hush-query", headers=bearer).status_code == 401
        assert httpx.get(
            f"{address}/metrics", headers={"Authorization": "Bearer hush-metrics"}
        ).is_success
        assert httpx.post(
            f"{address}/sign-in/", data={"username": "boss@x.example", "password": "hush"}
        ).status_code in (403, 200)
        # The web alone.
        (web,) = children_of(process.pid)
        for number in (process.pid, web, *children_of(web)):
            assert b"hush" not in Path(f"/proc/{number}/cmdline").read_bytes()
    finally:
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert '"status":401' in said
    assert "hush" not in said
    assert "boss@x.example" not in said
    kept = [path for path in data.rglob("*.json") if path.name != "secrets.json"]
    assert not any("hush" in path.read_text() for path in kept)
    assert os.environ.get("HELIU_METRICS_TOKEN") is None
