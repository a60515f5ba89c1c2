"""How the product says no, in the language of its reader."""

from __future__ import annotations

from django.utils.translation import override

from heliu.kernel.errors import Refused


def test_two_sentences_stand_as_the_language_has_it() -> None:
    refused = Refused(
        "currency-set",
        "The seller has set another currency since.",
        help="Look at the prices again, and order once more.",
    )
    with override("en"):
        assert refused.whole() == (
            "The seller has set another currency since."
            " Look at the prices again, and order once more."
        )
        assert Refused("stale", "Short.").whole() == "Short."
    with override("zh-hans"):
        assert " " not in refused.whole()
        assert refused.whole() == refused.text() + refused.help()
