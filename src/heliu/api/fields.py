"""The shapes of values that come in and go out, bounded so that nothing too large goes further."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict
from pydantic_core import PydanticCustomError

LARGEST = 2**63 - 1  # what a column of the database holds
MOST_LINES = 10_000
PRINTABLE = r"^[^\x00]*$"  # PostgreSQL keeps every character but this one

Amount = Annotated[
    int, Field(strict=True, ge=1, le=LARGEST, description="Minor units of the currency (fen)")
]
Quantity = Annotated[
    int, Field(strict=True, ge=1, le=10**9, description="In the smallest unit of the SKU")
]
Counted = Annotated[
    int, Field(strict=True, ge=0, le=10**9, description="In the smallest unit of the SKU")
]
Number = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
Flag = Annotated[bool, Field(strict=True)]
Currency = Annotated[Literal["CNY"], Field(description="The only currency so far")]
Line = Annotated[str, Field(max_length=80, pattern=PRINTABLE)]
Text = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
Share = Annotated[
    Decimal,
    Field(ge=0, lt=1, max_digits=5, decimal_places=4, description='From 0 to 1, such as "0.20"'),
]
Ref = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="Its id, or the number people see")
]
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="The number people see")]

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _in_our_time(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise PydanticCustomError("moment_out_of_range", "Not between 2000 and 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


class Sent(Schema):
    """Base of every body: a field that is not known is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid")


class Goods(Schema):
    """A SKU as documents name it."""

    id: UUID
    code: str = Field(description="The seller's code")
    name: str
    name_zh: str


def id_or_number(ref: str) -> UUID | str:
    """What a path names a document by."""
    try:
        return UUID(ref)
    except ValueError:
        return ref.upper()
