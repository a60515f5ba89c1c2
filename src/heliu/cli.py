"""The command line."""

from __future__ import annotations

import typer

main = typer.Typer(help="Heliu: one open platform for a whole supply chain.")


@main.callback()
def heliu() -> None:
    """One command, many verbs."""
