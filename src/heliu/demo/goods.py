"""What the demo tells of the sample's articles, by rules from their names; pictures are drawn.

Colour, pattern, material and how many pieces a set has are read from the real English names, the
tree groups the families; packs are invented. Variants are articles whose names differ in colour, or
in colour and pattern, alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.models import Kind, Role
from heliu.commerce.catalogue.operations import NewAttribute, NewPack, NewProduct
from heliu.demo.drawings import draw
from heliu.demo.sample import Family, Sku
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import UnitOfMeasure

SYSTEM = Actor.system()
MOST_PICTURES = 160
BOXES_ON_A_PALLET = 40

# word in the name: (code, name, Chinese name, and the Chinese words that say it)
COLOURS = {
    "red": ("red", "red", "红色"), "blue": ("blue", "blue", "蓝色"),
    "green": ("green", "green", "绿色"), "pink": ("pink", "pink", "粉色"),
    "white": ("white", "white", "白色"), "black": ("black", "black", "黑色"),
    "silver": ("silver", "silver", "银色"), "gold": ("gold", "gold", "金色"),
    "cream": ("cream", "cream", "奶油色"), "ivory": ("ivory", "ivory", "象牙白"),
    "purple": ("purple", "purple", "紫色"), "orange": ("orange", "orange", "橙色"),
    "yellow": ("yellow", "yellow", "黄色"), "grey": ("grey", "grey", "灰色"),
    "natural": ("natural", "natural", "原色"), "brown": ("brown", "brown", "棕色"),
}  # fmt: skip
PATTERNS = {
    "spotty": ("spots", "spots", "波点"), "retrospot": ("spots", "spots", "波点"),
    "spot": ("spots", "spots", "波点"), "dots": ("spots", "spots", "波点"),
    "stripe": ("stripes", "stripes", "条纹"), "striped": ("stripes", "stripes", "条纹"),
    "gingham": ("checks", "checks", "格子"), "rose": ("flowers", "flowers", "花卉"),
    "flower": ("flowers", "flowers", "花卉"), "daisy": ("flowers", "flowers", "花卉"),
    "paisley": ("paisley", "paisley", "佩斯利"), "heart": ("hearts", "hearts", "爱心"),
    "hearts": ("hearts", "hearts", "爱心"), "skull": ("skulls", "skulls", "骷髅"),
    "star": ("stars", "stars", "星星"), "strawberry": ("fruit", "fruit", "水果"),
    "pears": ("fruit", "fruit", "水果"), "woodland": ("animals", "animals", "动物"),
    "owl": ("animals", "animals", "动物"), "butterfly": ("animals", "animals", "动物"),
}  # fmt: skip
MATERIALS = {
    "metal": ("metal", "metal", "金属"), "tin": ("metal", "metal", "金属"),
    "ceramic": ("ceramic", "ceramic", "陶瓷"), "glass": ("glass", "glass", "玻璃"),
    "wooden": ("wood", "wood", "木"), "wood": ("wood", "wood", "木"),
    "felt": ("felt", "felt", "毛毡"), "paper": ("paper", "paper", "纸"),
    "silk": ("silk", "silk", "丝绸"), "knitted": ("wool", "wool", "针织"),
}  # fmt: skip
SET = re.compile(r"(?:set|pack|box) of (\d+)|set/(\d+)", re.IGNORECASE)
# branch: (name, Chinese name, its families)
TREE = {
    "eat": ("Table and kitchen", "餐桌厨房", ("tableware", "kitchen", "bags")),
    "feast": ("Parties and presents", "派对礼品", ("party", "cards", "toys")),
    "living": ("House and garden", "居家园艺", ("home", "decor", "lights", "doormats", "garden")),
    "body": ("To wear and take along", "随身用品", ("comfort",)),
}
PACKS = {"doormats": 6, "garden": 4, "lights": 12, "tableware": 12, "cards": 48, "party": 24}
USUAL_PACK = 12

Told = Mapping[str, dict[str, str]]


def describe(
    *, seller: UUID, families: Sequence[Family], skus: Sequence[Sku], ids: Mapping[str, UUID],
    at: datetime,
) -> None:  # fmt: skip
    """Tell all there is to tell, and make the goods findable by it."""
    attributes = [
        _choices("colour", "Colour", "颜色", COLOURS),
        _choices("pattern", "Pattern", "图案", PATTERNS),
        _choices("material", "Material", "材质", MATERIALS),
        NewAttribute("pieces", "Pieces in a set", Kind.NUMBER, "每套件数", "pcs", "件"),
    ]
    for family in families:
        catalogue.define(actor=SYSTEM, seller=seller, family=family.code, attributes=attributes)
    told = {sku.code: _read(sku.name) for sku in skus}
    catalogue.tell(
        actor=SYSTEM, seller=seller, reindex=False,
        values={ids[code]: values for code, values in told.items() if values},
    )  # fmt: skip
    names = {family.code: family for family in families}
    branches = []
    for code, (name, name_zh, below) in TREE.items():
        branches.append((code, "", name, name_zh))
        branches += [
            (f"c-{one}", code, names[one].name, names[one].name_zh) for one in below if one in names
        ]
    grown = catalogue.grow(actor=SYSTEM, seller=seller, branches=branches)
    catalogue.place(
        actor=SYSTEM, seller=seller, reindex=False,
        categories={ids[s.code]: f"c-{s.family}" for s in skus if f"c-{s.family}" in grown},
    )  # fmt: skip
    catalogue.gather(
        actor=SYSTEM, seller=seller, reindex=False, products=list(_products(skus, told, ids))
    )
    _packs(seller, skus, ids)
    _pictures(seller, skus, told, ids, at)
    catalogue.index(ids.values())


def _choices(
    code: str, name: str, name_zh: str, words: Mapping[str, tuple[str, str, str]]
) -> NewAttribute:
    return NewAttribute(
        code, name, Kind.CHOICE, name_zh, choices=list(dict.fromkeys(words.values()))
    )


def _read(name: str) -> dict[str, str]:
    """The values a name tells."""
    words = re.findall(r"[a-z]+", name.lower())
    found = {}
    for code, table in (("colour", COLOURS), ("pattern", PATTERNS), ("material", MATERIALS)):
        if word := next((word for word in words if word in table), ""):
            found[code] = table[word][0]
    if many := SET.search(name):
        found["pieces"] = many[1] or many[2]
    return found


def _without(name: str, *tables: Mapping[str, object]) -> str:
    """A name without the first word of each table that stands in it."""
    words = name.split()
    for table in tables:
        place = next((n for n, word in enumerate(words) if word.lower() in table), None)
        if place is not None:
            words.pop(place)
    return " ".join(words)


def _products(skus: Sequence[Sku], told: Told, ids: Mapping[str, UUID]) -> Iterable[NewProduct]:
    """Articles that differ in colour and pattern alone, in every cell one; else in colour."""
    taken: set[str] = set()
    for axes, tables in ((("colour", "pattern"), (COLOURS, PATTERNS)), (("colour",), (COLOURS,))):
        groups: dict[tuple[str, str], list[Sku]] = defaultdict(list)
        for sku in skus:
            if sku.code not in taken and all(axis in told[sku.code] for axis in axes):
                groups[sku.family, _without(sku.name, *tables).lower()].append(sku)
        for (family, name), members in groups.items():
            cells = {tuple(told[one.code][axis] for axis in axes) for one in members}
            if len(cells) < len(members) or len(members) < len(axes) + 1:
                continue
            if len(axes) == 2 and any(len({cell[n] for cell in cells}) < 2 for n in (0, 1)):
                continue
            taken |= {one.code for one in members}
            yield NewProduct(
                code=f"P-{members[0].code}",
                name=name.capitalize(),
                name_zh=_common(
                    [one.name_zh for one in members], [told[one.code] for one in members]
                ),
                family=family,
                axes=axes,
                variants=[ids[one.code] for one in members],
            )


def _common(names: Sequence[str], values: Sequence[Mapping[str, str]]) -> str:
    """The first Chinese name without what is said of its colour and pattern."""
    name = names[0]
    said = {code: zh for table in (COLOURS, PATTERNS) for code, _, zh in table.values()}
    for axis in ("colour", "pattern"):
        word = said.get(values[0].get(axis, ""), "\n")
        name = name.replace(word if word in name else f" {word[0]}", "", 1)
    return " ".join(name.split()) or names[0]


def _packs(seller: UUID, skus: Sequence[Sku], ids: Mapping[str, UUID]) -> None:
    for code, name, name_zh in (("BOX", "box", "箱"), ("PALLET", "pallet", "托盘")):
        UnitOfMeasure.objects.get_or_create(code=code, defaults={"name": name, "name_zh": name_zh})
    packs = []
    for sku in skus:
        box = PACKS.get(sku.family, USUAL_PACK)
        packs.append(NewPack(ids[sku.code], "BOX", box))
        packs.append(NewPack(ids[sku.code], "PALLET", box * BOXES_ON_A_PALLET))
    catalogue.pack(actor=SYSTEM, seller=seller, packs=packs, reindex=False)


def _pictures(
    seller: UUID, skus: Sequence[Sku], told: Told, ids: Mapping[str, UUID], at: datetime
) -> None:
    """Drawings of the articles whose names say what they look like."""
    telling = [sku for sku in skus if {"colour", "pattern"} & set(told[sku.code])]
    for sku in telling[:MOST_PICTURES]:
        values = told[sku.code]
        catalogue.attach(
            draw(sku.family, values.get("colour", ""), values.get("pattern", "")),
            actor=SYSTEM, seller=seller, sku=ids[sku.code], role=Role.PICTURE,
            name=f"{sku.code}.png", at=at,
        )  # fmt: skip
