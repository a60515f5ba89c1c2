"""Words between things, in both languages."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.translation import override

from heliu.portal.ui.formats import listed


@pytest.mark.parametrize(("language", "said"), [("en", "bags, mugs"), ("zh-hans", "bags、mugs")])
def test_a_list_is_set_apart_as_the_language_does(language: str, said: str) -> None:
    with override(language):
        assert listed(["bags", "", "mugs"]) == said
        page = Template("{% load heliu_ui %}{{ things|listed }}")
        assert page.render(Context({"things": ["bags", "mugs"]})) == said
        assert listed([]) == ""
