"""Every write of the catalogue."""

from heliu.commerce.catalogue.operations.circles import draw_circle, set_goods, set_members
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
from heliu.commerce.catalogue.operations.indexing import index
from heliu.commerce.catalogue.operations.papers import attach

__all__ = [
    "NewAttribute",
    "NewPack",
    "NewProduct",
    "add_ring",
    "attach",
    "define",
    "draw_circle",
    "gather",
    "grow",
    "index",
    "pack",
    "place",
    "set_goods",
    "set_members",
    "tell",
]
