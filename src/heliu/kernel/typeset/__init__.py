"""Documents as PDF, from a template of ours and data that is only ever text to it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst


@cache
def fonts() -> typst.Fonts:
    """The wheel's fonts and nothing of the machine's: a document looks the same everywhere."""
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    """The template as PDF with this data, which must be JSON.

    A compiler belongs to one call, since it is for one thread only. It reads the template's own
    folder and nothing else, and no packages.
    """
    compiler = typst.Compiler(
        str(template),
        root=str(template.parent),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        package_path=str(template.parent),
        package_cache_path=str(template.parent),
    )
    pdf = compiler.compile(format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def qr_code(text: str) -> str:
    """A QR code as SVG, for the data of a template."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
