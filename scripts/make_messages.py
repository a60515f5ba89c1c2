"""Bring the catalogues of words in step with the code: `make_messages.py`.

Every text of the product is an English msgid in its Python or its templates. This reads them all
and writes them into each `src/heliu/locale/*/LC_MESSAGES/django.po`: new ones with nothing beside
them, for a person to translate; those that no code says any more are dropped. Entries are sorted
and name their files without lines, so that a change of code changes few lines here.

It reads Python with `ast` and templates with Django's own reader; gettext's tools are not needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "heliu"

# Which arguments of gettext's functions are what; the lazy and the marking ones take the same.
_SHAPES = {
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
GETTEXT = {name + end: shape for name, shape in _SHAPES.items() for end in ("", "_lazy", "_noop")}

# A class that takes one of these is made with msgids and translates them itself: `Refused(code,
# "…", help="…")`. So they need no mark where they are written.
SPOKEN = ("message", "help")

_STRING = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
_TEMPLATE_CALL = re.compile(rf"(?<!\w)(?:n?p?gettext|_)\((?:[^()'\"]|{_STRING})*\)")
_PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Message:
    """A text to translate: its msgid, with its plural and context where it has them."""

    text: str
    plural: str = ""
    context: str = ""


type Spoken = Mapping[str, int | None]
type Speakers = Mapping[str, Spoken]


def places(text: str) -> set[str]:
    """The places that are filled in a text, each with its form."""
    return set(_PLACE.findall(text))


def in_source(root: Path = SOURCE) -> dict[Message, set[str]]:
    """Every msgid below a folder, with the files that say it."""
    modules = {path: ast.parse(path.read_text()) for path in root.rglob("*.py") if _counts(path)}
    speakers = speakers_of(modules.values())
    found: dict[Message, set[str]] = {}
    for path, module in modules.items():
        for message in in_python(module, speakers, str(path)):
            found.setdefault(message, set()).add(str(path.relative_to(root)))
    for path in root.rglob("templates/**/*.*"):
        for message in in_template(path.read_text(), str(path)):
            found.setdefault(message, set()).add(str(path.relative_to(root)))
    return found


def _counts(path: Path) -> bool:
    return "migrations" not in path.parts


def speakers_of(modules: Iterable[ast.Module]) -> Speakers:
    """The classes that are made with msgids: for each, the place of each such argument.

    None is an argument that is given by name only. A class with no constructor of its own is made
    like the class that it comes from.
    """
    classes = [
        node for tree in modules for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    found: dict[str, Spoken] = {"Exception": {}}
    heirs = []
    for cls in classes:
        parameters = _parameters(cls)
        if parameters is None:
            heirs.append(cls)
        elif spoken := {name: parameters[name] for name in SPOKEN if name in parameters}:
            found[cls.name] = spoken
    for _generation in range(4):
        for cls in heirs:
            for base in cls.bases:
                if isinstance(base, ast.Name) and base.id in found:
                    found.setdefault(cls.name, found[base.id])
    return found


def _parameters(cls: ast.ClassDef) -> dict[str, int | None] | None:
    """The constructor's arguments and their places; None when it is the parent's."""
    for node in cls.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            by_place = {arg.arg: place for place, arg in enumerate(node.args.args[1:])}
            return by_place | {arg.arg: None for arg in node.args.kwonlyargs}
    if any("dataclass" in ast.unparse(decorator) for decorator in cls.decorator_list) and not (
        cls.bases
    ):
        fields = (node.target for node in cls.body if isinstance(node, ast.AnnAssign))
        return {ast.unparse(field): place for place, field in enumerate(fields)}
    return None


def in_python(module: ast.Module, speakers: Speakers, name: str = "") -> Iterator[Message]:
    """The msgids of one module: arguments of gettext and of the classes that speak.

    Raises `ValueError` for a msgid that is put together at run time: no catalogue can hold it.
    """
    aliases = {
        alias.asname or alias.name: GETTEXT[alias.name]
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in GETTEXT
    }
    spoken_by_parent = _constructors(module, speakers)
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in aliases:
                yield from _said(node, aliases[called], name)
            else:
                spoken = spoken_by_parent.get(node) or speakers.get(called, {})
                yield from _spoken(node, spoken, name)
        elif isinstance(node, ast.ClassDef) and node.name in speakers:
            yield from _defaults(node)


def _constructors(module: ast.Module, speakers: Speakers) -> dict[ast.Call, Spoken]:
    """`super().__init__(…)` of classes that come from one that speaks."""
    found = {}
    for cls in ast.walk(module):
        bases = [base.id for base in getattr(cls, "bases", []) if isinstance(base, ast.Name)]
        spoken = next((speakers[base] for base in bases if speakers.get(base)), None)
        if spoken is None:
            continue
        for node in ast.walk(cls):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
                found[node] = spoken
    return found


def _said(call: ast.Call, shape: tuple[str, ...], name: str) -> Iterator[Message]:
    given = [list(_literals(argument, name)) for argument in call.args[: len(shape)]]
    if all(given):
        for text in given[shape.index("text")]:
            plural = given[shape.index("plural")][0] if "plural" in shape else ""
            context = given[0][0] if "context" in shape else ""
            yield Message(text, plural, context)


def _spoken(call: ast.Call, spoken: Spoken, name: str) -> Iterator[Message]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    for parameter, place in spoken.items():
        argument = named.get(parameter)
        if argument is None and place is not None and place < len(call.args):
            argument = call.args[place]
        if argument is not None:
            yield from (Message(text) for text in _literals(argument, name) if text)


def _defaults(cls: ast.ClassDef) -> Iterator[Message]:
    """What a class says when it is told nothing else."""
    for node in cls.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            arguments = node.args.args[::-1]
            for argument, default in zip(arguments, node.args.defaults[::-1], strict=False):
                if argument.arg in SPOKEN:
                    yield from (Message(text) for text in _literals(default, "") if text)


def _literals(node: ast.expr, name: str) -> Iterator[str]:
    """The texts an expression may be; none for a variable, whose text is marked elsewhere."""
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body, name)
        yield from _literals(node.orelse, name)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        raise ValueError(f"{name}:{node.lineno}: a msgid is one literal, not {ast.unparse(node)}")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def in_template(source: str, name: str = "") -> Iterator[Message]:
    """The msgids of one template."""
    for call in _TEMPLATE_CALL.findall(templatize(source, origin=name)):
        node = ast.parse(call, mode="eval").body
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _said(node, GETTEXT.get(node.func.id, ("text",)), name)


def bring_up(catalogue: polib.POFile, found: Mapping[Message, set[str]]) -> list[Message]:
    """Make a catalogue hold exactly what was found, sorted; returns what it still has to say."""
    kept = {message_of(entry): entry for entry in catalogue if not entry.obsolete}
    # A text said with a plural in one place and alone in another is one entry.
    plurals = {(message.text, message.context) for message in found if message.plural}
    catalogue.clear()
    for message in sorted(found):
        if not message.plural and (message.text, message.context) in plurals:
            continue
        entry = kept.get(message) or _entry(message)
        entry.occurrences = [(file, "") for file in sorted(found[message])]
        entry.flags = ["python-format"] if "%(" in message.text + message.plural else []
        catalogue.append(entry)
    return [message_of(entry) for entry in catalogue if not entry.translated()]


def message_of(entry: polib.POEntry) -> Message:
    """The msgid of an entry."""
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _entry(message: Message) -> polib.POEntry:
    forms = {"msgid_plural": message.plural, "msgstr_plural": {0: ""}} if message.plural else {}
    return polib.POEntry(msgid=message.text, msgctxt=message.context or None, **forms)


def main(say: Callable[[str], None] = print) -> None:
    """Update every catalogue and say what is left to translate."""
    found = in_source()
    for path in sorted(SOURCE.glob("locale/*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path), wrapwidth=100)
        missing = bring_up(catalogue, found)
        catalogue.save(str(path))
        say(f"{path.parent.parent.name}: {len(catalogue)} texts, {len(missing)} to translate")
        for message in missing:
            say(f"  {message.text!r}")


if __name__ == "__main__":
    main()
