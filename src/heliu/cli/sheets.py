"""Sheets of other systems: read a row as named fields, keep what does not fit in a reject file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from heliu.config.postgres import Trouble
from heliu.kernel import money
from heliu.kernel.errors import Invalid
from heliu.kernel.tables import cells_of
from heliu.kernel.workbooks import Unreadable

# What a column may be called, folded: our name for it.
COLUMNS = {
    "code": "code", "sku": "code", "model": "code", "item": "code", "编码": "code", "编号": "code",
    "型号": "code", "货号": "code", "商品编码": "code",
    "name": "name", "english name": "name", "英文名": "name", "英文名称": "name",
    "name_zh": "name_zh", "chinese name": "name_zh", "名称": "name_zh", "中文名": "name_zh",
    "商品名称": "name_zh",
    "roles": "roles", "role": "roles", "角色": "roles",
    "city": "city", "城市": "city", "address": "address", "地址": "address",
    "tax number": "tax_number", "tax_number": "tax_number", "税号": "tax_number",
    "email": "email", "邮箱": "email", "person": "person", "contact": "person", "联系人": "person",
    "sellers": "sellers", "buys from": "sellers", "供应商": "sellers", "上游": "sellers",
    "barcode": "barcode", "ean": "barcode", "条码": "barcode",
    "family": "family", "category": "family", "类别": "family", "品类": "family",
    "unit": "unit", "单位": "unit",
    "case": "case_quantity", "case quantity": "case_quantity", "case_quantity": "case_quantity",
    "箱规": "case_quantity",
    "order minimum": "order_minimum", "order_minimum": "order_minimum", "最小起订": "order_minimum",
    "order multiple": "order_multiple", "order_multiple": "order_multiple",
    "起订倍数": "order_multiple",
    "external id": "external_id", "external_id": "external_id", "外部编号": "external_id",
    "list": "list", "price list": "list", "价目": "list", "价格表": "list",
    "from": "from", "from quantity": "from", "起订量": "from",
    "price": "price", "unit price": "price", "价格": "price", "单价": "price",
    "currency": "currency", "ccy": "currency", "币种": "currency", "货币": "currency",
    "warehouse": "warehouse", "仓库": "warehouse",
    "quantity": "quantity", "qty": "quantity", "数量": "quantity", "库存": "quantity",
    "lot": "lot", "批次": "lot",
    "mark": "mark", "serial": "mark", "serial number": "mark", "批号": "mark", "序列号": "mark",
    "bank": "bank", "银行": "bank", "开户行": "bank", "kind": "kind", "账户类型": "kind",
    "number": "number", "account": "number", "账号": "number",
    "opening": "opening", "balance": "opening", "余额": "opening",
}  # fmt: skip


class Unfit(ValueError):
    """A row that cannot be taken in; the message says why."""


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its number there, its fields by our names, and as it was."""

    number: int
    fields: Mapping[str, str]
    cells: Sequence[str]

    def text(self, name: str, default: str = "") -> str:
        """A field, or the default when it is empty."""
        return self.fields.get(name, "") or default

    def needed(self, name: str) -> str:
        """A field that must be there."""
        if not (value := self.text(name)):
            raise Unfit(f"{name} is missing")
        return value

    def whole(self, name: str, default: int | None = None, *, least: int = 1) -> int:
        """A whole number; `1,200` and `12.0` are understood."""
        value = self.text(name).replace(",", "")
        if not value and default is not None:
            return default
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise Unfit(f"{name} is no number: {value or 'empty'}") from None
        if number != number.to_integral_value() or number < least:
            raise Unfit(f"{name} must be a whole number of at least {least}, not {value}")
        return int(number)

    def minor(self, name: str) -> int:
        """An amount above zero with at most two decimals, in minor units of our currency."""
        value = self.needed(name)
        try:
            money.require_in(money.CURRENCY, self.text("currency"))
            amount = money.typed(value)
        except money.OtherCurrency:
            raise
        except Invalid:
            raise Unfit(f"{name} is no amount with at most two decimals: {value}") from None
        if amount <= 0:
            raise Unfit(f"{name} must be above zero, not {value}")
        return amount


@dataclass(frozen=True)
class Reject:
    """A row that was left out, and why."""

    row: Row
    reason: str


@dataclass
class Intake:
    """What became of a sheet."""

    taken: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def reject(self, row: Row, reason: object) -> None:
        """Leave a row out."""
        self.rejects.append(Reject(row, str(reason)))


def read(sheet: Path) -> tuple[list[str], list[Row]]:
    """The head and the rows of the first page of a sheet. Raises `Trouble` if it cannot be read."""
    if not sheet.is_file():
        raise Trouble(f"There is no file {sheet}.")
    try:
        head, *cells = [*cells_of(sheet.read_bytes())] or [[]]
    except Unreadable as error:
        raise Trouble(f"{sheet} is no sheet that can be read: {error}.") from error
    names = [COLUMNS.get(name.strip().casefold(), "") for name in head]
    if not any(names):
        raise Trouble(f"The first row of {sheet} names no column that is known: {', '.join(head)}.")
    rows = [
        Row(number, {name: cell for name, cell in zip(names, row, strict=False) if name}, row)
        for number, row in enumerate(cells, start=2)
        if any(row)
    ]
    return head, rows


def write_rejects(sheet: Path, head: Sequence[str], rejects: Sequence[Reject]) -> Path:
    """The rows left out, as they were, with the reason in front; to be mended and sent again."""
    target = sheet.with_suffix(".rejects.csv")
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["reason", *head])
        writer.writerows([reject.reason, *reject.row.cells] for reject in rejects)
    return target
