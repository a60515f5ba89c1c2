"""The house's rings of synonyms, as they are shipped; a seller adds its own (`models.Ring`)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def of_the_house() -> tuple[tuple[str, ...], ...]:
    """All rings, in the order of the file."""
    text = files("heliu.commerce.catalogue").joinpath("data/synonyms.txt").read_text("utf-8")
    return tuple(
        tuple(word.strip() for word in line.split(","))
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    )
