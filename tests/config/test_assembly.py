"""How the parts are put together: addresses, secrets, words, checks, static names."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

import heliu
from heliu.config import database, messages, secrets, soundness
from heliu.config.database import BadAddress

SOURCE = Path(heliu.__file__).parent


class TestAddress:
    def test_our_own_database_is_reached_by_its_socket(self, tmp_path: Path) -> None:
        entry = database.settings_for("web", {}, tmp_path)
        assert (entry["USER"], entry["NAME"], entry["HOST"]) == (
            "heliu_web",
            "heliu",
            str(tmp_path / "pg"),
        )
        assert "PASSWORD" not in entry
        entry = database.settings_for(
            "worker", {"HELIU_DATABASE": "x", "HELIU_PG_HOST": "/s"}, tmp_path
        )
        assert (entry["USER"], entry["NAME"], entry["HOST"]) == ("heliu_worker", "x", "/s")

    def test_one_of_somebody_elses_is_used_in_our_role(self, tmp_path: Path) -> None:
        kept = secrets.ensure(tmp_path, "heliu_web")
        url = {
            "HELIU_DATABASE_URL": "postgresql://admin:p%40ss@db.example:6543/trade?sslmode=require"
        }
        entry = database.settings_for("web", url, tmp_path)
        assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example", "6543", "trade")
        # Never the administrator of the address.
        assert (entry["USER"], entry["PASSWORD"]) == ("heliu_web", kept["heliu_web"])
        pool = {**database.POOL, "max_size": database.POOL_SIZE}
        assert entry["OPTIONS"] == {"pool": pool, "sslmode": "require"}
        # A connection for every thread, health and metrics.
        many = database.settings_for("web", {**url, "HELIU_THREADS": "20"}, tmp_path)
        assert many["OPTIONS"]["pool"]["max_size"] == 22
        given = database.settings_for("web", {**url, "HELIU_DATABASE_PASSWORD": "given"}, tmp_path)
        assert given["PASSWORD"] == "given"

    @pytest.mark.parametrize(
        "address", ["mysql://h/x", "postgresql://h", "postgresql://h:port/x", "x"]
    )
    def test_what_is_none_is_told(self, address: str, tmp_path: Path) -> None:
        with pytest.raises(BadAddress, match="HELIU_DATABASE_URL"):
            database.settings_for("web", {"HELIU_DATABASE_URL": address}, tmp_path)

    def test_a_role_that_is_none_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(BadAddress, match="one of owner, worker, web"):
            database.settings_for("root", {}, tmp_path)


class TestSecrets:
    def test_they_are_made_once(self, tmp_path: Path) -> None:
        assert secrets.read(tmp_path / "data") == {}
        first = secrets.ensure(tmp_path / "data", "a", "b")
        assert secrets.ensure(tmp_path / "data", "b", "c") == {
            **first,
            "c": secrets.read(tmp_path / "data")["c"],
        }
        assert len(set(secrets.read(tmp_path / "data").values())) == 3

    def test_they_are_read_by_their_owner_only(self, tmp_path: Path) -> None:
        secrets.ensure(tmp_path, "a")
        assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


class TestWords:
    PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Deal"\nmsgstr "交易"\n'

    def test_what_is_newer_is_compiled(self, tmp_path: Path) -> None:
        folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(self.PO)
        assert messages.compile_catalogues(tmp_path) == [folder / "django.mo"]
        assert "交易".encode() in (folder / "django.mo").read_bytes()
        assert messages.compile_catalogues(tmp_path) == []

    def test_a_catalogue_that_changed_is_compiled_again(self, tmp_path: Path) -> None:
        self.test_what_is_newer_is_compiled(tmp_path)
        source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
        source.write_text(self.PO.replace("交易", "买卖"))
        os.utime(source, (2**31, 2**31))
        assert len(messages.compile_catalogues(tmp_path)) == 1


def test_every_room_that_has_laws_is_checked() -> None:
    asked = {room for room, _ in soundness.checks()}
    lawful = {
        ".".join(file.relative_to(SOURCE).parent.parts)
        for file in SOURCE.rglob("*.py")
        if re.search(r"^def check\(\) -> list\[str\]:", file.read_text(), re.MULTILINE)
    }
    assert "kernel.posting" in lawful
    assert lawful <= asked


def test_every_static_name_in_a_template_is_there() -> None:
    named = {
        (name, template.name)
        for template in SOURCE.rglob("templates/**/*.html")
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", template.read_text())
    }
    assert named
    assert [(name, where) for name, where in sorted(named) if not finders.find(name)] == []


def test_the_demonstrations_key_is_known_as_such() -> None:
    assert settings.SECRET_KEY in (secrets.DEMO_KEY, secrets.read(settings.DATA).get("secret_key"))
