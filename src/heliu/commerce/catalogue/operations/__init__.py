"""Every write of the catalogue."""

from heliu.commerce.catalogue.operations.articles import (
    Article,
    begin_family,
    switch,
    vary,
    write_articles,
)
from heliu.commerce.catalogue.operations.circles import (
    draw_circle,
    rename_circle,
    set_goods,
    set_members,
)
from heliu.commerce.catalogue.operations.describing import (
    NewAttribute,
    NewPack,
    NewProduct,
    add_ring,
    define,
    gather,
    grow,
    pack,
    place,
    tell,
)
from heliu.commerce.catalogue.operations.imports import bring, cancel
from heliu.commerce.catalogue.operations.indexing import index
from heliu.commerce.catalogue.operations.papers import attach
from heliu.commerce.catalogue.operations.shop import set_shop
from heliu.commerce.catalogue.operations.taking import (
    detach,
    drop_attribute,
    drop_category,
    drop_circle,
    drop_ring,
    unpack,
)

__all__ = [
    "Article",
    "NewAttribute",
    "NewPack",
    "NewProduct",
    "add_ring",
    "attach",
    "begin_family",
    "bring",
    "cancel",
    "define",
    "detach",
    "draw_circle",
    "drop_attribute",
    "drop_category",
    "drop_circle",
    "drop_ring",
    "gather",
    "grow",
    "index",
    "pack",
    "place",
    "rename_circle",
    "set_goods",
    "set_members",
    "set_shop",
    "switch",
    "tell",
    "unpack",
    "vary",
    "write_articles",
]
