"""Companies that the sandbox register knows in a demonstration; all invented."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from heliu.kernel.joining.policies import check_sign


class Sample(NamedTuple):
    """A company as it stands in the register."""

    number: str
    name: str
    founded_on: date
    representative: str
    address: str


def _code(signs: str) -> str:
    return signs + check_sign(signs)


SAMPLES = (
    Sample(
        _code("91330200MA2H00031"), "宁波夜航百货商行", date(2019, 4, 8), "林晓",
        "宁波市海曙区药行街 12 号",
    ),
    Sample(
        _code("91330212MA2H00047"), "宁波甬江厨具有限公司", date(2021, 9, 15), "何苗",
        "宁波市江北区人民路 88 号",
    ),
)  # fmt: skip
OPEN, OTHER = SAMPLES
"""One whom a visitor may sign up, and one that waits under another name."""
