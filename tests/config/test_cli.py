"""The command line as it is used: real processes on a real install."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from heliu.config import postgres

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("HELIU_")}


def heliu(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "heliu.cli", *arguments],
        env={**CLEAN, "HELIU_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on(data: Path, statement: str) -> None:
    """Run a statement as the administrator of a stopped install."""
    cluster = postgres.Cluster(data / "pg", postgres.wheel_binaries())
    cluster.start()
    with psycopg.connect(
        host=str(postgres.socket_folder(data / "pg")), user="heliu", dbname="heliu", autocommit=True
    ) as link:
        link.execute(statement.encode())
    cluster.stop()


def test_init_may_be_run_again(data: Path) -> None:
    done = heliu(data, "init")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        "Ready. The install has its operator already.",
    )


def test_init_keeps_its_secrets_to_itself(made: Path) -> None:
    assert (made / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (made / "pg").resolve().stat().st_mode & 0o777 == 0o700


def test_a_fresh_install_is_sound(data: Path) -> None:
    done = heliu(data, "check")
    assert done.returncode == 0, done.stdout
    assert "roles: sound" in done.stdout
    assert "kernel.posting: sound" in done.stdout
    assert done.stderr == ""


def test_check_names_the_walls_that_fell(data: Path) -> None:
    on(
        data,
        "grant heliu_worker to heliu_web with inherit false; alter role heliu_worker bypassrls;"
        "alter table events_notice disable row level security;"
        "grant select on procrastinate_jobs to heliu_web",
    )
    done = heliu(data, "check")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("roles")] == [
        "roles: heliu_web may become heliu_worker",
        "roles: heliu_worker passes by the row policies",
        "roles: the row policies of events_notice are switched off",
        "roles: heliu_web may read procrastinate_jobs, a table of jobs",
    ]


@pytest.fixture
def served(data: Path) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "heliu.cli", "serve", "--port", str(port)],
        env={**CLEAN, "HELIU_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    line = process.stdout.readline()
    assert line == f"Heliu is at http://127.0.0.1:{port} (Ctrl-C to stop)\n"
    yield f"http://127.0.0.1:{port}", process, data
    process.kill()
    process.wait()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_serve_answers_and_stops_in_order(served) -> None:
    address, process, data = served
    assert httpx.get(f"{address}/readyz").status_code == 200
    assert httpx.get(f"{address}/api/v1/me").status_code == 401
    # A second one says that the port is taken and harms nothing.
    second = heliu(data, "serve", "--port", address.rpartition(":")[2])
    assert second.returncode == 1
    assert "is taken" in second.stderr
    assert second.stderr.count("\n") == 1
    assert httpx.get(f"{address}/healthz").status_code == 200
    the_worker_takes_what_is_put_in(data)
    # While it runs the whole can be checked.
    assert heliu(data, "check").returncode == 0
    children = children_of(process.pid)
    assert len(children) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    for child in children:
        assert not Path(f"/proc/{child}").exists()
    assert not postgres.Cluster(data / "pg", postgres.wheel_binaries()).is_running()


def test_serve_ends_when_a_process_of_it_dies(served) -> None:
    _, process, _ = served
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    assert process.wait(30) == 1


def the_worker_takes_what_is_put_in(data: Path) -> None:
    with psycopg.connect(
        host=str(postgres.socket_folder(data / "pg")), user="heliu", dbname="heliu", autocommit=True
    ) as link:
        link.execute(
            """select procrastinate_defer_jobs_v1(array[row('default',
                 'builtin:procrastinate.builtin_tasks.remove_old_jobs', 0, null, null,
                 '{"max_hours": 1}', null)]::procrastinate_job_to_defer_v1[])"""
        )
        waiting = "select count(*) from procrastinate_jobs where task_name like 'builtin%'"
        end = time.monotonic() + 60
        # A job that succeeded is deleted; one that failed stays.
        while link.execute(waiting).fetchone() != (0,):
            assert time.monotonic() < end
            time.sleep(0.05)


def test_serve_killed_leaves_nobody_behind(served) -> None:
    address, process, _ = served
    children = children_of(process.pid)
    process.kill()
    process.wait()
    end = time.monotonic() + 30
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < end:
        if all(
            "Z" in Path(f"/proc/{child}/stat").read_text().rpartition(")")[2][:3]
            for child in children
            if Path(f"/proc/{child}").exists()
        ):
            break
        time.sleep(0.1)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{address}/healthz")


def test_serve_needs_an_install(tmp_path: Path) -> None:
    done = heliu(tmp_path / "none", "serve", "--port", str(free_port()))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This install has no key to sign cookies with: run heliu init.\n"


def test_a_demonstration_is_not_served_as_the_real_thing(data: Path) -> None:
    on(data, "update access_user set is_demo = true")
    done = heliu(data, "serve", "--port", str(free_port()))
    assert done.returncode == 1
    assert "holds the demonstration" in done.stderr


def test_a_newer_database_is_left_alone(data: Path) -> None:
    on(
        data,
        "insert into django_migrations (app, name, applied) values ('events', '0099_later', now())",
    )
    done = heliu(data, "init")
    assert done.returncode == 1
    assert (
        done.stderr
        == "The database was written by a newer Heliu (it knows events.0099_later): update Heliu.\n"
    )


def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    done = heliu(tmp_path, "check", HELIU_DATABASE_URL="mysql://x")
    assert done.returncode == 1
    assert (
        done.stderr
        == "HELIU_DATABASE_URL must look like postgresql://user:password@host:5432/name.\n"
    )


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = heliu(tmp_path, "init", HELIU_DATABASE_URL=f"postgresql://a:b@127.0.0.1:{free_port()}/x")
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be reached: ")
    assert done.stderr.count("\n") == 1


def test_a_server_of_ones_own_needs_no_superuser(tmp_path: Path) -> None:
    cluster = postgres.Cluster(tmp_path / "other", postgres.wheel_binaries())
    cluster.start()
    where = str(postgres.socket_folder(tmp_path / "other"))
    with psycopg.connect(host=where, user="heliu", dbname="postgres", autocommit=True) as link:
        link.execute("create role boss login createrole createdb")
        link.execute("create database trade owner boss")
    url = f"postgresql://boss@/trade?host={where}"
    try:
        for verb in ("init", "check"):
            done = heliu(tmp_path / "data", verb, HELIU_DATABASE_URL=url)
            assert done.returncode == 0, done.stderr
        assert not (tmp_path / "data" / "pg").exists()
        kept = (tmp_path / "data" / "secrets.json").read_text()
        assert "heliu_web" in kept
        done = heliu(tmp_path / "data", "reset", "--yes", HELIU_DATABASE_URL=url)
        assert done.stderr == "The database of HELIU_DATABASE_URL is not ours to throw away.\n"
    finally:
        cluster.stop()


def test_reset_asks_first(data: Path) -> None:
    done = heliu(data, "reset")
    assert done.returncode == 1
    assert (data / "pg").exists()
    assert heliu(data, "reset", "--yes").returncode == 0
    assert not data.exists()


def test_help_names_every_verb() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "heliu.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for verb in ("init", "import", "reset", "serve", "worker", "check", "demo"):
        assert verb in said
