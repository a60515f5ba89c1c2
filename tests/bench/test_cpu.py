"""CPU accounting, on processes of which it is known what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from heliu_bench import cpu

BURN = "import time\nwhile time.process_time() < {0}: pass\nprint('done', flush=True)\ninput()"
BELOW = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {0!r}])\nprint('over', flush=True)\ninput()"
BURNT = 0.5  # CPU seconds


@contextmanager
def started(code: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs this, until the block ends, however it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline()


def test_what_a_process_burnt_is_counted() -> None:
    with started(BURN.format(BURNT)) as process:
        wait_for(process)
        found = cpu.seconds([process.pid])
    assert BURNT - 0.05 <= found <= BURNT + 0.2


def test_a_living_child_and_one_that_ended_are_counted_once() -> None:
    with started(BELOW.format(BURN.format(BURNT))) as process:
        end = time.monotonic() + 30
        while cpu.seconds([process.pid]) < BURNT:  # the child burns
            assert time.monotonic() < end
            time.sleep(0.02)
        assert process.stdin is not None
        alive = cpu.seconds([process.pid])
        process.stdin.write("\n")  # the child reads it and ends
        process.stdin.flush()
        said = process.stdout.read(len("done\nover\n")) if process.stdout else ""
        ended = cpu.seconds([process.pid])
    assert said == "done\nover\n"
    assert alive - 0.02 <= ended <= alive + 0.3


def test_a_sleeper_costs_nearly_nothing() -> None:
    with started("print('ready', flush=True)\ninput()") as process:
        wait_for(process)
        before = cpu.seconds([process.pid])
        time.sleep(0.3)
        assert cpu.seconds([process.pid]) - before <= 0.02


def test_a_process_that_is_gone_is_an_error_and_no_zero() -> None:
    with started("pass") as process:
        process.wait()
    with pytest.raises(ProcessLookupError):
        cpu.seconds([process.pid])


def test_children_that_come_and_go_never_lower_the_sum() -> None:
    # Each child lives some 20 ms: long beside a reading, short beside all of them.
    burn = "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done"
    churn = f"import subprocess\nprint('ready', flush=True)\nwhile True: subprocess.run({burn!r}, shell=True)"
    with started(churn) as process:
        wait_for(process)
        end = time.monotonic() + 60
        readings = [cpu.seconds([process.pid])]
        while readings[-1] < readings[0] + BURNT:  # many children
            assert time.monotonic() < end
            readings.append(cpu.seconds([process.pid]))
    assert readings == sorted(readings)


def test_children_are_found() -> None:
    with started("print('ready', flush=True)\ninput()") as process:
        wait_for(process)
        assert process.pid in cpu.children(os.getpid())
