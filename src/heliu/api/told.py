"""The OpenAPI document as people read it: each route with what it takes and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString

MARKED = re.compile(r"`([^`]+)`")
Schema = dict[str, Any]


class Field(NamedTuple):
    """What may be sent or comes back: its name, its kind, whether it must be there, in words."""

    name: str
    kind: str
    is_needed: bool
    words: SafeString


class Route(NamedTuple):
    """One deed of the API."""

    name: str
    method: str
    path: str
    first: SafeString
    more: SafeString
    asks: list[Field]
    takes: list[Field]
    gives: list[Field]


class Group(NamedTuple):
    """Routes about one thing."""

    name: str
    anchor: str
    routes: list[Route]


def groups(schema: Schema) -> list[Group]:
    """All routes, by what they are about, in the order of the document."""
    found: dict[str, list[Route]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(
                _route(schema, path, method, operation)
            )
    return [
        Group(name, re.sub(r"\W+", "-", name.lower()), routes) for name, routes in found.items()
    ]


def marked(text: str) -> SafeString:
    """Words with what stands between backticks set as code."""
    return SafeString(MARKED.sub(r"<code>\1</code>", str(escape(text))))


def _route(schema: Schema, path: str, method: str, operation: Schema) -> Route:
    told = operation.get("description") or operation["summary"]
    first, _, more = told.partition("\n\n")
    answers: dict[str, Schema] = {str(code): one for code, one in operation["responses"].items()}
    good: Schema = next((one for code, one in answers.items() if code < "300"), {})
    return Route(
        operation["operationId"],
        method.upper(),
        path,
        marked(first),
        marked(more),
        [_asked(one) for one in operation.get("parameters", ())],
        list(_fields(schema, _body(operation.get("requestBody", {})))),
        list(_fields(schema, _body(good))),
    )


def _body(message: Schema) -> Schema:
    """The shape of what a request or an answer carries; empty where it carries none."""
    for content in message.get("content", {}).values():
        shape: Schema = content.get("schema", {})
        return shape
    return {}


def _asked(parameter: Schema) -> Field:
    words = parameter.get("description") or parameter["schema"].get("description", "")
    return Field(
        parameter["name"], parameter["in"], parameter.get("required", False), marked(words)
    )


def _fields(schema: Schema, shape: Schema) -> Iterator[Field]:
    """The fields of a shape; those of a list's rows for a list of them."""
    shape = _resolved(schema, shape)
    if shape.get("type") == "array":
        yield from _fields(schema, shape["items"])
        return
    needed = shape.get("required", ())
    for name, one in shape.get("properties", {}).items():
        yield Field(name, _kind(schema, one), name in needed, marked(one.get("description", "")))


def _resolved(schema: Schema, shape: Schema) -> Schema:
    name = shape.get("$ref", "").rpartition("/")[2]
    found: Schema = schema["components"]["schemas"][name] if name else shape
    return found


def _kind(schema: Schema, shape: Schema) -> str:
    """A field's kind in a few words: text, whole number, one of some, a list with these fields."""
    if "anyOf" in shape:
        kinds = (_kind(schema, one) for one in shape["anyOf"])
        return " or ".join(dict.fromkeys(kinds))
    found = _resolved(schema, shape)
    if "enum" in found:
        return " | ".join(map(str, found["enum"]))
    if "const" in found:
        return str(found["const"])
    if found.get("type") == "array":
        return f"list of {_kind(schema, found.get('items', {}))}"
    if found.get("properties"):
        return "{" + ", ".join(found["properties"]) + "}"
    return str(found.get("format") or found.get("type") or "any")
