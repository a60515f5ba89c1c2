"""Tables of the catalogue: what is told of goods, who sees them, how they are found."""

from heliu.commerce.catalogue.models.circles import Circle, CircleGoods, CircleMember
from heliu.commerce.catalogue.models.described import Attribute, Choice, Kind, Value
from heliu.commerce.catalogue.models.entry import Entry, Ring, Word
from heliu.commerce.catalogue.models.imports import BadSheetRow, SheetImport, SheetKind
from heliu.commerce.catalogue.models.papers import Paper, Role
from heliu.commerce.catalogue.models.placed import Category, Pack, Placement, Product, Shop

__all__ = [
    "Attribute",
    "BadSheetRow",
    "Category",
    "Choice",
    "Circle",
    "CircleGoods",
    "CircleMember",
    "Entry",
    "Kind",
    "Pack",
    "Paper",
    "Placement",
    "Product",
    "Ring",
    "Role",
    "SheetImport",
    "SheetKind",
    "Shop",
    "Value",
    "Word",
]
