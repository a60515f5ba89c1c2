"""Make the demo's sample of real wholesale orders: `make_sample.py SOURCE_DIR`.

SOURCE_DIR holds the two parquet files of "Online Retail II" (see src/heliu/demo/data/README.md).
Needs `pyarrow` to read them; install it in an environment of its own, the product does not use it.
The result is the same on every run. Names of dealers and Chinese names of goods are written by
hand in sample_dealers.tsv and sample_goods.tsv beside this file.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pyarrow.parquet

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "heliu" / "demo" / "data"

FAMILIES = {
    "bags": ("Bags and lunch boxes", "包袋餐盒"),
    "tableware": ("Tableware and tea", "餐具茶具"),
    "kitchen": ("Kitchen and baking", "厨房烘焙"),
    "party": ("Party and paper", "派对纸品"),
    "cards": ("Cards and wrapping", "贺卡包装"),
    "lights": ("Candles and lights", "烛台灯饰"),
    "doormats": ("Doormats", "门垫"),
    "decor": ("Signs and decoration", "挂牌装饰"),
    "home": ("Home and storage", "居家收纳"),
    "comfort": ("Comfort and travel", "保暖随身"),
    "toys": ("Toys, crafts and writing", "玩具手工文具"),
    "garden": ("Garden and picnic", "园艺野餐"),
}
TRADES = {  # what a dealer deals in: (long, short) in English, then in Chinese
    "home": ("Home Goods", "Home", "家居用品", "家居"),
    "gift": ("Gifts", "Gifts", "礼品", "礼品"),
    "culture": ("Creative Goods", "Creative", "文化创意", "文创"),
    "trade": ("Trading", "Trading", "商贸", "商贸"),
    "goods": ("General Goods", "Goods", "百货", "百货"),
}
BEHAVIOURS = {"prompt": 33, "mostly-prompt": 15, "slow": 7, "irregular": 5}  # 60 dealers

# Words of the descriptions: what the sheet's capitals and short forms mean.
SPELLING = [
    (r"\bset\s*/?\s*(\d+)\b(?! piece)", r"set of \1"),
    (r"\bs/(\d+)\b", r"set of \1"),
    (r"\bof(\d)", r"of \1"),
    (r"\bof of\b", "of"),
    (r"\bt-lights?\b", lambda m: "T-light" + ("s" if m[0].endswith("s") else "")),
    (r"\basstd\b", "assorted"),
    (r"\bant white\b", "antique white"),
    (r"\bblack board\b", "blackboard"),
    (r"\bdes\b", "design"),
    (r"\bstra?wberr?y\b", "strawberry"),
    (r"\bretro ?spots?\b", "retrospot"),
    (r"\bgaolers\b", "gaoler's"),
    (r"\bfiligris\b", "filigree"),
    (r", birthday card", " birthday card"),
    (r"\bchocolatecandle\b", "chocolate candle"),
    (r"\bchildrens\b", "children's"),
    (r"\bchilds\b", "child's"),
    (r"\bcandleholder\b", "candle holder"),
    (r"\b11 pc\b", "11 pieces"),
    (r",(?=\w)", ", "),
    (r"\+", " + "),
    (r"\bfeltcraft\b", "felt craft"),
    (r"\bassorted colours?\b", "assorted colour"),
    (r"\bdoor mat\b", "doormat"),
    (r"[.,]+$", ""),
    (r"\. ", " "),
    (r"\s+", " "),
]
PROPER = (
    "Edwardian|Victorian|Regency|English|Charlotte|Charlie|Lola|Rex|Suki|Scandinavian|Tokyo|London"
    "|French|Christmas|Easter|Union Jack|Union|Rosie|Molly|Emily|Poppy's|New England|Guns|Roses"
    "|Cupid|Indians|Scottie|Scotty|World War|Spaceboy|Dolly Girl|LED|A7|I|I'm"
)


class Line(NamedTuple):
    """One real invoice line."""

    invoice: str
    sku: str
    description: str
    quantity: int
    at: datetime
    price: Decimal  # GBP
    customer: int

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


type Invoice = list[Line]


def read(source: Path) -> list[Line]:
    """The usable lines: a known customer, a real article, a positive quantity and whole pence."""
    columns = ("invoice", "sku", "description", "qty", "ts", "price", "customer_id")
    lines = []
    for file in sorted(source.glob("*.parquet")):
        table = pyarrow.parquet.read_table(file, columns=list(columns))
        for row in zip(*(table[name].to_pylist() for name in columns), strict=True):
            line = Line(*row[:5], Decimal(str(row[5])), row[6])
            if (
                line.customer
                and line.description
                and re.fullmatch(r"\d{5}[A-Z]{0,2}", line.sku)
                and 0 < line.quantity <= 2000
                and line.price > 0
                and line.price == round(line.price, 2)
                and not line.invoice.startswith("C")
            ):
                lines.append(line)
    return lines


def businesses(lines: Iterable[Line]) -> dict[int, list[Invoice]]:
    """Customers who buy like firms: often, for long, without long gaps, not in single pieces."""
    lines = list(lines)
    invoices: dict[str, Invoice] = defaultdict(list)
    for line in lines:
        invoices[line.invoice].append(line)
    buyers: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in invoices.values():
        buyers[invoice[0].customer].append(invoice)
    end = max(line.at for line in lines)
    return {
        customer: sorted(bought, key=lambda invoice: (invoice[0].at, invoice[0].invoice))
        for customer, bought in buyers.items()
        if _has_rhythm([invoice[0].at for invoice in bought], end)
        and median(sum(line.amount for line in invoice) for invoice in bought) >= 150
    }


def _has_rhythm(moments: list[datetime], end: datetime) -> bool:
    moments = sorted(moments)
    gaps = [(later - earlier).days for earlier, later in pairwise(moments)]
    return (
        len(moments) >= 20
        and (moments[-1] - moments[0]).days >= 400
        and (end - moments[-1]).days <= 60
        and max(gaps) <= 150
    )


def orders_of(bought: Sequence[Invoice], goods: set[str]) -> list[Invoice]:
    """A customer's invoices cut to the chosen goods; those of which too little is left drop out."""
    cut = [_merged([line for line in invoice if line.sku in goods]) for invoice in bought]
    return [order for order in cut if len(order) >= 2 and sum(line.amount for line in order) >= 60]


def _merged(invoice: Invoice) -> Invoice:
    """One line per article: equal prices are added up, of two prices the larger quantity stays."""
    sums: dict[tuple[str, Decimal], int] = defaultdict(int)
    for line in invoice:
        sums[line.sku, line.price] += line.quantity
    best: dict[str, Line] = {}
    for line in invoice:
        whole = line._replace(quantity=sums[line.sku, line.price])
        if line.sku not in best or whole.quantity > best[line.sku].quantity:
            best[line.sku] = whole
    return list(best.values())


def price_of(lines: Sequence[Line]) -> tuple[Decimal, str, str]:
    """An article's list price and, when its buyers show one, the break: (price, from, lower price).

    The two commonest prices of its last year are a break when a quantity parts them in at least
    85 of 100 lines.
    """
    recent = [line for line in lines if line.at.date() >= date(2010, 9, 1)]
    ranked = Counter(line.price for line in recent).most_common(2)
    if len(ranked) == 2 and ranked[1][1] >= len(recent) * 0.12:
        low, high = sorted(price for price, _ in ranked)
        pair = [line for line in recent if line.price in (low, high)]
        for start in (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 36, 48, 50, 64, 72, 96, 100, 144, 200):
            right = sum((line.quantity >= start) == (line.price == low) for line in pair)
            if right >= len(pair) * 0.85 and low >= high * Decimal("0.6"):
                return high, str(start), str(low)
    return ranked[0][0], "", ""


def english(description: str) -> str:
    """A description in sentence case, its short forms written out."""
    text = description.strip().lower()
    for pattern, plain in SPELLING:
        text = re.sub(pattern, plain, text)
    for word in PROPER.split("|"):
        text = re.sub(rf"\b{re.escape(word.lower())}(?![\w'])", word, text)
    text = text.strip()
    return text[0].upper() + text[1:]


def table(name: str) -> list[list[str]]:
    """A hand-written table beside this script."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def write(name: str, header: str, rows: Iterable[Sequence[object]]) -> None:
    """A gzipped sheet, the same bytes for the same rows."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(header.split())
    sheet.writerows(rows)
    with (
        (DATA / f"{name}.csv.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as out,
    ):
        out.write(text.getvalue().encode())


def dealer_rows(customers: Sequence[int]) -> list[list[object]]:
    """Invented names and payment behaviour for real customers, the busiest first, who is prompt."""
    drawn = [kind for kind, count in BEHAVIOURS.items() for _ in range(count)]
    by_lot = sorted(customers[1:], key=lambda number: hashlib.sha256(b"%d" % number).digest())
    behaviours = dict(zip([customers[0], *by_lot], drawn, strict=True))
    rows: list[list[object]] = []
    for number, (customer, name) in enumerate(
        zip(customers, table("sample_dealers.tsv"), strict=True), 1
    ):
        city_zh, city, brand_zh, brand, trade = name
        long, short, long_zh, short_zh = TRADES[trade]
        rows.append(
            [
                f"D{number:03d}",
                f"{city} {brand} {long} Co., Ltd.",
                f"{city_zh}{brand_zh}{long_zh}有限公司",
                f"{brand} {short}",
                f"{brand_zh}{short_zh}",
                city,
                city_zh,
                behaviours[customer],
                customer,
            ]
        )
    return rows


def main(source: Path) -> None:
    """Read, choose, write."""
    lines = read(source)
    buyers = businesses(lines)
    # The 400 articles these customers order most often and that were sold from start to end.
    goods = {code: (family, chinese) for code, family, chinese in table("sample_goods.tsv")}
    orders = {customer: orders_of(bought, set(goods)) for customer, bought in buyers.items()}
    dealers = sorted(orders, key=lambda customer: (-len(orders[customer]), customer))[:60]

    of_sku: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.sku in goods:
            of_sku[line.sku].append(line)
    named = {
        code: english(Counter(line.description for line in of_sku[code]).most_common(1)[0][0])
        for code in goods
    }
    rows = dealer_rows(dealers)
    codes = {row[-1]: row[0] for row in rows}
    chosen = sorted(
        (order for customer in dealers for order in orders[customer]),
        key=lambda order: (order[0].at, order[0].invoice),
    )

    DATA.mkdir(parents=True, exist_ok=True)
    write("families", "code name name_zh", [(code, *names) for code, names in FAMILIES.items()])
    write(
        "dealers",
        "code name name_zh short_name short_name_zh city city_zh behaviour source_customer",
        rows,
    )
    write(
        "skus",
        "code name name_zh family price tier_from tier_price",
        [
            (code, named[code], chinese, family, *price_of(of_sku[code]))
            for code, (family, chinese) in sorted(goods.items())
        ],
    )
    write(
        "orders",
        "number dealer placed_at",
        [
            (order[0].invoice, codes[order[0].customer], order[0].at.isoformat("T", "minutes"))
            for order in chosen
        ],
    )
    write(
        "lines",
        "order sku quantity price",
        [
            (line.invoice, line.sku, line.quantity, line.price)
            for order in chosen
            for line in sorted(order, key=lambda line: line.sku)
        ],
    )
    size = sum(file.stat().st_size for file in DATA.glob("*.csv.gz"))
    print(f"{len(dealers)} dealers, {len(goods)} goods, {len(chosen)} orders,", end=" ")
    print(f"{sum(map(len, chosen))} lines, {size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
