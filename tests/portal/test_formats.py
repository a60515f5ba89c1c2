"""Words between things, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

import heliu
from heliu.portal.ui.formats import colon, listed

TRANSLATED = re.compile(r"{% blocktrans.*?{% endblocktrans %}", re.DOTALL)
SET_APART = re.compile(r"(?:}}|%}|</\w+>): ")


@pytest.mark.parametrize(("language", "said"), [("en", "bags, mugs"), ("zh-hans", "bags、mugs")])
def test_a_list_is_set_apart_as_the_language_does(language: str, said: str) -> None:
    with override(language):
        assert listed(["bags", "", "mugs"]) == said
        page = Template("{% load heliu_ui %}{{ things|listed }}")
        assert page.render(Context({"things": ["bags", "mugs"]})) == said
        assert listed([]) == ""


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Remark: soon"), ("zh-hans", "Remark：soon")]
)
def test_a_label_is_set_apart_as_the_language_does(language: str, said: str) -> None:
    with override(language):
        assert f"Remark{colon()}soon" == said
        page = Template("{% load heliu_ui %}Remark{% colon %}{{ words }}")
        assert page.render(Context({"words": "soon"})) == said


def test_no_page_sets_a_label_apart_in_one_language_only() -> None:
    found = [
        place.name
        for place in Path(heliu.__file__).parent.rglob("*.html")
        if SET_APART.search(TRANSLATED.sub("", place.read_text()))
    ]
    assert found == []
