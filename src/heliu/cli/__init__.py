"""The command line: one command, many verbs."""

from heliu.cli.commands import main

__all__ = ["main"]
