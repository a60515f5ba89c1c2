"""Files: what is kept is what is read, by those who may, and nothing else is taken."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Door, be
from tests.pictures import JPEG, PDF, WEBP, png

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.files import kinds, queries, store, sweeping
from heliu.kernel.files.models import StoredFile
from heliu.kernel.files.operations import keep, share
from heliu.kernel.files.serving import answer
from heliu.kernel.files.soundness import check
from heliu.kernel.ids import new_id

AT = datetime(2026, 11, 2, tzinfo=UTC)
HOUSE, BUYER, STRANGER = new_id(), new_id(), new_id()
SUBJECT = new_id()


def at_desk(org: UUID) -> Actor:
    return Actor(None, "Somebody", org, (org,), frozenset())


def kept(content: bytes, name: str = "box.png", *, readers: tuple[UUID, ...] = ()) -> StoredFile:
    return keep(
        content, actor=at_desk(HOUSE), org=HOUSE, name=name, subject=SUBJECT, readers=readers, at=AT
    )


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of one's own."""
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def seen(db: None, as_worker: Door) -> object:
    """Everything inside one worker's door."""
    with as_worker():
        yield


class TestStore:
    @given(content=st.binary(max_size=4096))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_is_put_is_what_is_read(self, content: bytes) -> None:
        digest = store.put(content)
        assert store.read(digest) == content
        assert store.put(content) == digest
        assert store.path_of(digest) in list(store.stored_paths())

    def test_the_same_bytes_lie_there_once_and_nothing_else_does(self, place: Path) -> None:
        digests = {store.put(content) for content in (b"one", b"two", b"one")}
        assert {path.name for path in store.stored_paths()} == digests
        assert {path.name for path in place.rglob("*") if path.is_file()} == digests

    def test_a_broken_write_leaves_nothing(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(handle: int) -> None:
            raise OSError("no space")

        monkeypatch.setattr(store.os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            store.put(b"one")
        assert [path for path in place.rglob("*") if path.is_file()] == []

    def test_damaged_bytes_are_not_read_and_made_good_when_they_come_again(self) -> None:
        digest = store.put(b"one")
        store.path_of(digest).write_bytes(b"eno")
        with pytest.raises(store.Lost, match="altered"):
            store.read(digest)
        store.put(b"one")
        assert store.read(digest) == b"one"
        store.path_of(digest).unlink()
        with pytest.raises(store.Lost, match="missing"):
            store.read(digest)


class TestKinds:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (png(), "image/png"),
            (JPEG, "image/jpeg"),
            (WEBP, "image/webp"),
            (PDF, "application/pdf"),
            (b" " + PDF, None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"<!doctype html><script>1</script>", None),
            (b"GIF89a" + bytes(20), None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"RIFF\0\0\0\0WAVEfmt ", None),
            (b"\xff\xd8\xff", None),
            (b"MZ" + png(), None),
        ],
    )
    def test_the_content_says_what_it_is(self, content: bytes, kind: str | None) -> None:
        found = kinds.kind_of(content)
        assert (found and found.content_type) == kind

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("box.png", "box.png"),
            ("BOX.PNG", "BOX.png"),
            ("C:\\photos\\box.png", "box.png"),
            ("../../etc/passwd", "passwd.png"),
            ("evil.html", "evil.html.png"),
            ("a\u202egnp.exe", "a gnp.exe.png"),
            ("破损 的 箱子.png", "破损 的 箱子.png"),
            ("a\r\nSet-Cookie: x.png", "a Set-Cookie x.png"),
            (".png", "file.png"),
            ("", "file.png"),
            ("x" * 300 + ".png", "x" * 116 + ".png"),
        ],
    )
    def test_a_name_is_safe_and_ends_as_its_kind(self, given: str, shown: str) -> None:
        assert kinds.clean_name(given, kinds.KINDS[1]) == shown

    @given(name=st.text(max_size=300), kind=st.sampled_from(kinds.KINDS))
    def test_any_name_fits_its_column(self, name: str, kind: kinds.Kind) -> None:
        shown = kinds.clean_name(name, kind)
        assert len(shown) <= kinds.LONGEST_NAME
        assert shown.endswith(kind.endings)
        assert shown.isprintable()
        assert kinds.clean_name(shown, kind) == shown


def test_a_file_comes_back_as_it_was_brought(seen: None) -> None:
    file = kept(png(), "C:\\box.png", readers=(BUYER,))
    assert (file.name, file.content_type, file.size) == ("box.png", "image/png", len(png()))
    assert queries.open_bytes(queries.get(at_desk(BUYER), file.pk)) == png()
    assert kept(png(), "again.png").pk == file.pk
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"<svg/>", "file-kind"),
        (png() + bytes(kinds.LARGEST), "file-too-large"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(
    seen: None, content: bytes, code: str, language: str
) -> None:
    with pytest.raises(Invalid) as refused, translation.override(language):
        kept(content)
    assert (refused.value.code, refused.value.status) == (code, 422)
    with translation.override(language):
        words = refused.value.text()
    assert words.isascii() == (language == "en")
    assert list(store.stored_paths()) == []


def test_the_largest_file_is_taken(seen: None) -> None:
    content = png() + bytes(kinds.LARGEST - len(png()))
    assert queries.open_bytes(kept(content)) == content


def test_others_may_read_when_it_is_shared(seen: None) -> None:
    file = kept(png())
    with pytest.raises(NotFound):
        queries.get(at_desk(BUYER), file.pk)
    assert share(SUBJECT, readers=[BUYER]) == 1
    assert share(SUBJECT, readers=[BUYER, HOUSE]) == 1
    assert sorted(queries.get(at_desk(BUYER), file.pk).readers) == sorted([BUYER, HOUSE])
    with pytest.raises(NotFound):
        queries.get(at_desk(STRANGER), file.pk)
    assert share(new_id(), readers=[BUYER]) == 0


def test_the_database_itself_hides_it(own_db: str, place: Path) -> None:
    with acting_for([HOUSE]):
        kept(png(), readers=(BUYER,))
    for org, number in ((HOUSE, 1), (BUYER, 1), (STRANGER, 0)):
        with acting_for([org]):
            assert StoredFile.objects.count() == number


def test_lost_and_altered_bytes_are_named(seen: None) -> None:
    one, other = kept(png()), kept(png(mark=False))
    assert check() == []
    store.path_of(one.digest).unlink()
    store.path_of(other.digest).write_bytes(b"?")
    assert check() == [
        f"the bytes of every file are there: {one.digest} (1)",
        f"they are what was kept: {other.digest} (1)",
    ]
    for file, words in ((one, "missing"), (other, "no longer what was kept")):
        with pytest.raises(Refused, match=words) as lost:
            queries.open_bytes(file)
        assert (lost.value.code, lost.value.status) == ("file-lost", 500)


def test_it_is_served_so_that_no_browser_runs_it(seen: None) -> None:
    ask = RequestFactory()
    picture, paper = kept(png(), "破损.png"), kept(PDF, "note.pdf")
    said = answer(ask.get("/"), picture)
    assert said.content == png()
    assert said["Content-Type"] == "image/png"
    assert said["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert said["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in said["Content-Security-Policy"]
    assert answer(ask.get("/"), paper)["Content-Disposition"] == 'attachment; filename="note.pdf"'
    again = answer(ask.get("/", headers={"If-None-Match": said["ETag"]}), picture)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"] == said["Content-Security-Policy"]


def old() -> None:
    """Everything in the store has lain there for two days."""
    for path in store.all_paths():
        os.utime(path, times=((AT - timedelta(days=2)).timestamp(),) * 2)


def swept() -> int:
    """How much the worker throws away."""
    be("heliu_worker")
    return sweeping.sweep(AT)


def swept_beside() -> int:
    """The same over a connection of its own."""
    try:
        return sweeping.sweep(AT)
    finally:
        connection.close()


def test_bytes_whose_row_was_rolled_back_are_swept_after_a_day(own_db: str, place: Path) -> None:
    be("heliu_web")
    with acting_for([HOUSE]):
        named = kept(png())
    with suppress(ZeroDivisionError), acting_for([HOUSE]):
        kept(PDF, "paper.pdf")
        raise ZeroDivisionError
    (place / named.digest[:2] / ".new-broken").write_bytes(b"half")
    assert len(list(store.all_paths())) == 3
    for path in store.all_paths():
        os.utime(path, times=(AT.timestamp(),) * 2)
    assert swept() == 0
    old()
    assert swept() == 2
    assert [path.name for path in store.all_paths()] == [named.digest]


def test_bytes_of_a_row_that_is_just_written_are_not_swept(own_db: str) -> None:
    """They may lie there for long: brought before, and rolled back then."""
    store.put(png())
    old()
    be("heliu_web")
    with acting_for([HOUSE]):
        file = kept(png())
        with ThreadPoolExecutor(1) as beside:
            assert beside.submit(swept_beside).result() == 0
    assert swept() == 0
    assert store.read(file.digest) == png()


def test_while_a_backup_is_taken_nothing_is_swept(own_db: str) -> None:
    store.put(png())
    old()
    be("heliu_worker")
    with sweeping.nothing_swept(), ThreadPoolExecutor(1) as beside:
        assert beside.submit(swept_beside).result() == 0
    assert swept() == 1
