"""Reading a workbook that somebody sends, in a process of its own.

A cell at the far corner makes the reader lay out all cells before it, which may be more than there
is memory; whoever sends that ends this process and no other.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator

from python_calamine import CalamineWorkbook

MEMORY = 1 << 30  # bytes
SECONDS = 20


class Unreadable(ValueError):
    """This is no sheet that can be read; the message says why."""


def rows_in(content: bytes) -> Iterator[list[str]]:
    """The rows of the first page, each a list of texts without spaces around. Raises
    `Unreadable`."""
    try:
        read = subprocess.run(
            [sys.executable, "-m", __name__], input=content, capture_output=True, check=True,
            timeout=SECONDS,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Unreadable("the reader could not cope with this workbook") from error
    for line in read.stdout.splitlines():
        yield json.loads(line)


def _cell(value: object) -> str:
    # A workbook keeps 12 as 12.0, and codes that look like numbers too.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def main() -> None:
    """Read a workbook from the input and write its rows as lines of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = io.BytesIO(sys.stdin.buffer.read())
    for row in CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python():
        sys.stdout.write(json.dumps([_cell(cell) for cell in row]) + "\n")


if __name__ == "__main__":
    main()
