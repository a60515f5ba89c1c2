"""Turns the catalogues of words (.po) into what gettext reads (.mo).

usage: python -m heliu.config.messages

The compiled files are made on the machine that runs them, by the bootstrap, so that the repository
holds each word once.
"""

from __future__ import annotations

from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogues(folder: Path = LOCALES) -> list[Path]:
    """Compile every catalogue that is newer than its compiled file; returns the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
