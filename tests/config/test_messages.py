"""The catalogues: every text of the product is in them, translated, with the same places."""

from __future__ import annotations

import ast
import gettext
import re
import shutil

import polib
import pytest
from django.apps import apps
from django.utils.translation import override
from scripts.make_messages import (
    Message,
    bring_up,
    in_python,
    in_source,
    in_template,
    message_of,
    places,
    speakers_of,
)

from heliu.config.messages import LOCALES, compile_catalogues
from heliu.kernel.errors import Refused

CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))
CHINESE = LOCALES / "zh_Hans" / "LC_MESSAGES" / "django.po"
HAN = "[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(f"{HAN}[,;:!?()]|[,;:!?()]{HAN}|{HAN}\\.(?:\\s|$)|[，。：；]{{2}}")


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request) -> polib.POFile:
    return polib.pofile(str(request.param))


@pytest.fixture(scope="module")
def chinese() -> polib.POFile:
    return polib.pofile(str(CHINESE))


@pytest.fixture(scope="module")
def said() -> dict[Message, set[str]]:
    return in_source()


def module_of(source: str) -> list[Message]:
    module = ast.parse(source)
    return list(in_python(module, speakers_of([module])))


class TestReading:
    def test_gettext_under_any_name(self):
        source = """
from django.utils.translation import gettext as _, gettext_noop as N_, ngettext, pgettext_lazy
a = _("One") + N_("Two" " parts") + ngettext("a day", "days", n) + pgettext_lazy("nav", "Open")
b = other("Not said")
"""
        assert set(module_of(source)) == {
            Message("One"),
            Message("Two parts"),
            Message("a day", plural="days"),
            Message("Open", context="nav"),
        }

    def test_refusals_need_no_mark(self):
        source = """
class Refused(Exception):
    def __init__(self, code, message, *, help="", **params): ...
class Invalid(Refused): ...
class Gone(Refused):
    def __init__(self, message="Gone."):
        super().__init__("gone", message)
class Short(Refused):
    def __init__(self, key):
        super().__init__("short", "Too short.", help="Add some.")
raise Invalid("a", "One way." if x else "Another.", field="b", help="Do this.")
raise Gone("Gone for good.")
raise Short("not a text")
raise Refused("a", message)
"""
        assert set(module_of(source)) == {
            Message(text)
            for text in (
                "One way.",
                "Another.",
                "Do this.",
                "Gone.",
                "Gone for good.",
                "Too short.",
                "Add some.",
            )
        }

    def test_a_dataclass_that_speaks(self):
        source = """
@dataclass(frozen=True)
class Verdict:
    go: bool
    code: str
    message: str
class Wider(Verdict): ...
Verdict(True, "go", "Take it.")
Wider(False, "no", "Leave it.")
"""
        assert set(module_of(source)) == {Message("Take it."), Message("Leave it.")}

    @pytest.mark.parametrize("text", ['f"{n} days"', '"a " + b', '"%s days" % n'])
    def test_a_text_put_together_is_refused(self, text):
        with pytest.raises(ValueError, match="one literal"):
            module_of(f"from django.utils.translation import gettext\ngettext({text})")

    def test_templates(self):
        source = """{% load i18n %}{% trans "One" %} {% translate 'Two, 5%' %}
{% blocktranslate with n=x|thousands %}Of {{ n }} at 5%{% endblocktranslate %}
{% blocktrans count n=days trimmed %}
  {{ n }} day
{% plural %}
  {{ n }} days
{% endblocktrans %}
{% pill _("Late")|pair:"due" %}{{ _("Bare") }}{# trans "No" #}
{% trans "Open" context "verb" %}{{ a|default:_("None") }}"""
        assert set(in_template(source)) == {
            Message("One"),
            Message("Two, 5%%"),
            Message("Of %(n)s at 5%%"),
            Message("%(n)s day", plural="%(n)s days"),
            Message("Late"),
            Message("Bare"),
            Message("Open", context="verb"),
            Message("None"),
        }

    def test_the_product_speaks_in_all_its_ways(self, said):
        """One text of each kind, so that a reader gone blind is seen."""
        for text, file in (
            ("There is nothing here that you may see.", "kernel/errors.py"),
            ("Reload and look again.", "kernel/errors.py"),
            ("Take %(quantity)s from bin", "logistics/warehousing/policies.py"),
            ("New order %(number)s from", "kernel/events/notices.py"),
            ("Sign in", "portal/ui/templates/shell/sign_in.html"),
        ):
            assert any(text in one.text and file in files for one, files in said.items()), text


class TestCatalogue:
    def test_holds_exactly_what_the_code_says(self, catalogue, said):
        before = {message_of(entry) for entry in catalogue}
        bring_up(after := polib.POFile(), said)
        wanted = {message_of(entry) for entry in after}
        assert before - wanted == set(), "no code says these: run scripts/make_messages.py"
        assert wanted - before == set(), "new texts: run scripts/make_messages.py and translate"

    def test_everything_is_translated(self, catalogue):
        assert [entry.msgid for entry in catalogue if not entry.translated()] == []
        assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []

    def test_places_are_the_same(self, catalogue):
        for entry in catalogue:
            wanted = places(entry.msgid_plural or entry.msgid)
            for text in texts(entry):
                assert places(text) == wanted, entry.msgid

    def test_every_text_can_be_filled(self, catalogue):
        """A lone % in a text with places breaks where it is filled, for one language only."""
        for entry in catalogue:
            names = re.findall(r"%\((\w+)\)", entry.msgid + entry.msgid_plural)
            if names:
                for text in texts(entry):
                    assert text % dict.fromkeys(names, 1), entry.msgid

    def test_every_text_can_be_a_refusal(self, catalogue):
        """A text without places may say 100% in one language and 100 percent in another."""
        for entry in catalogue:
            if entry.msgid_plural or "%(" in entry.msgid:
                continue
            with override("zh-hans"):
                assert Refused("no", entry.msgid, help=entry.msgid, some="param").text()
                assert Refused("no", "", help=entry.msgid, some="param").help()

    def test_what_opens_another_sheet_says_so(self, catalogue):
        for entry in catalogue:
            for text in texts(entry):
                assert text.endswith("…") == entry.msgid.endswith("…"), entry.msgid

    def test_is_sorted_so_that_changes_are_small(self, catalogue):
        assert [message_of(one) for one in catalogue] == sorted(map(message_of, catalogue))

    def test_choices_of_all_models_are_in_it(self, catalogue):
        known = {entry.msgid for entry in catalogue}
        ours = [model for model in apps.get_models() if model.__module__.startswith("heliu.")]
        shown = {
            str(label)
            for model in ours
            for field in model._meta.fields
            for _value, label in field.choices or ()
            if field.name not in ("language", "protocol")  # their own names
        }
        assert len(shown) > 50
        assert shown - known == set()


class TestChinese:
    def test_one_form_for_every_number(self, chinese):
        assert chinese.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
        assert [
            one.msgid for one in chinese if one.msgid_plural and len(one.msgstr_plural) != 1
        ] == []

    def test_punctuation_is_full_width(self, chinese):
        wrong = [text for one in chinese for text in texts(one) if HALF_WIDTH.search(text)]
        assert wrong == []

    def test_tone(self, chinese):
        """Short verbs; nobody is begged and nobody is flattered."""
        wrong = [
            text for one in chinese for text in texts(one) if re.search("^请(?!求)|您|！", text)
        ]
        assert wrong == []

    def test_states_fit_their_pill(self, chinese):
        """A pill has room for four signs."""
        states = {
            str(label)
            for model in apps.get_models()
            if model.__module__.startswith("heliu.") and hasattr(model, "tone")
            for field in model._meta.fields
            if field.name in ("status", "outcome")
            for _value, label in field.choices or ()
        }
        known = {one.msgid: one.msgstr for one in chinese}
        assert len(states) > 20
        assert [known[state] for state in states if len(known[state]) > 4] == []

    def test_compiles_to_what_gettext_reads(self, tmp_path):
        shutil.copytree(LOCALES, tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
        written = compile_catalogues(tmp_path / "locale")
        assert [path.name for path in written] == ["django.mo"] * len(CATALOGUES)
        chinese = gettext.translation("django", tmp_path / "locale", ["zh_Hans"])
        assert chinese.gettext("Order pad") == "订货单"
        assert chinese.ngettext("%(n)d day", "%(n)d days", 3) % {"n": 3} == "3天"


class TestBringingUp:
    def test_keeps_what_is_translated_and_drops_what_is_not_said(self):
        catalogue = polib.POFile()
        catalogue.append(polib.POEntry(msgid="Kept", msgstr="留"))
        catalogue.append(polib.POEntry(msgid="Gone", msgstr="走"))
        missing = bring_up(catalogue, {Message("New"): {"b.py"}, Message("Kept"): {"a.py"}})
        assert missing == [Message("New")]
        assert [(one.msgid, one.msgstr) for one in catalogue] == [("Kept", "留"), ("New", "")]
        assert catalogue[0].occurrences == [("a.py", "")]
