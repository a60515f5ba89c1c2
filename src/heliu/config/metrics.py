"""Figures of the running install, in Prometheus' text format (version 0.0.4).

Written here and not by prometheus-client: the web processes are several and one of them is asked.
Its way for many processes adds up memory-mapped files, also those of the dead, and knows no gauges
that are worked out when asked. Here each process keeps its own figures under a label of its own,
as Prometheus would see them if it asked each, and lays them into a small file beside the data;
whoever is asked tells its own and those of the living. A sum over `process` is the whole install.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200)
EVERY = 2  # seconds between two files


class Family(msgspec.Struct):
    """Figures of one name. A histogram's sample is its buckets' counts, then the sum."""

    name: str
    kind: str
    help: str
    bounds: tuple[float, ...] = ()
    samples: dict[str, list[float]] = {}


class Figures:
    """The figures of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._families: dict[str, Family] = {}
        self._watched: dict[str, Callable[[], float]] = {}

    def counter(self, name: str, help: str) -> Callable[..., None]:
        """A counter; calling what is returned adds one under the given labels."""
        family = self._add(Family(name, "counter", help, samples={}))

        def count(**labels: str) -> None:
            with self._lock:
                family.samples.setdefault(_written(tuple(labels.items())), [0.0])[0] += 1

        return count

    def histogram(self, name: str, help: str, bounds: tuple[float, ...]) -> Callable[..., None]:
        """A histogram; calling what is returned notes a value under the given labels."""
        family = self._add(Family(name, "histogram", help, bounds, samples={}))
        width = len(bounds) + 2

        def note(value: float, **labels: str) -> None:
            with self._lock:
                sample = family.samples.setdefault(_written(tuple(labels.items())), [0.0] * width)
                sample[bisect_left(bounds, value)] += 1
                sample[-1] += value

        return note

    def watch(self, name: str, help: str, value: Callable[[], float]) -> None:
        """A gauge that is worked out whenever it is told."""
        self._add(Family(name, "gauge", help, samples={}))
        self._watched[name] = value

    def now(self) -> list[Family]:
        """All families as they are now."""
        for name, value in self._watched.items():
            self._families[name].samples[""] = [value()]
        with self._lock:
            return deepcopy([*self._families.values()])

    def _add(self, family: Family) -> Family:
        return self._families.setdefault(family.name, family)


class Shared:
    """The figures of all processes that serve from one data folder."""

    def __init__(self, folder: Path, figures: Figures) -> None:
        self._folder, self._figures = folder, figures
        self._writer: threading.Thread | None = None

    def begin(self) -> None:
        """Lay this process's figures down every few seconds from now on."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_on, name="metrics", daemon=True)
            self._writer.start()

    def all(self) -> dict[int, list[Family]]:
        """The figures of this process and of every other that lives, by its number."""
        found = {os.getpid(): self._figures.now()}
        for path in self._folder.glob("*.json"):
            number = int(path.stem)
            if not Path(f"/proc/{number}").exists():
                path.unlink(missing_ok=True)
            elif number not in found:
                found[number] = msgspec.json.decode(path.read_bytes(), type=list[Family])
        return dict(sorted(found.items()))

    def write(self) -> None:
        """Lay the figures down as they are now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{os.getpid()}.json"
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(self._figures.now()))
        fresh.replace(path)

    def _write_on(self) -> None:
        while True:
            with suppress(OSError):  # on a full disk the figures of the others are missing, no more
                self.write()
            time.sleep(EVERY)


def text(processes: dict[int, list[Family]]) -> str:
    """Everything in Prometheus' words, each family once."""
    lines: list[str] = []
    names = {family.name: family for families in processes.values() for family in families}
    for name, head in names.items():
        lines += [f"# HELP {name} {head.help}", f"# TYPE {name} {head.kind}"]
        for number, families in processes.items():
            for family in families:
                if family.name == name:
                    lines += _lines(family, f'process="{number}"' if number else "")
    return "\n".join(lines) + "\n"


def gauges(rows: Iterable[tuple[str, str, dict[str, str], float]]) -> list[Family]:
    """Gauges of the whole install from (name, help, labels, value)."""
    families: dict[str, Family] = {}
    for name, help, labels, value in rows:
        family = families.setdefault(name, Family(name, "gauge", help, samples={}))
        family.samples[_written(tuple(labels.items()))] = [value]
    return [*families.values()]


def _lines(family: Family, process: str) -> list[str]:
    lines = []
    for labels, sample in family.samples.items():
        own = ",".join(part for part in (process, labels) if part)
        if family.kind != "histogram":
            lines.append(f"{family.name}{_braced(own)} {_number(sample[0])}")
            continue
        count = 0.0
        for bound, more in zip((*family.bounds, "+Inf"), sample, strict=False):
            count += more
            edge = ",".join(part for part in (own, f'le="{bound}"') if part)
            lines.append(f"{family.name}_bucket{_braced(edge)} {_number(count)}")
        lines.append(f"{family.name}_sum{_braced(own)} {_number(sample[-1])}")
        lines.append(f"{family.name}_count{_braced(own)} {_number(count)}")
    return lines


def _braced(labels: str) -> str:
    return f"{{{labels}}}" if labels else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


@lru_cache(maxsize=4096)  # the same few again and again
def _written(labels: tuple[tuple[str, Any], ...]) -> str:
    return ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
