"""`heliu backup` and `heliu restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.ground import say, set_up, told
from heliu.cli.laws import tell


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; a folder must be there.")],
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Put secrets.json into it: guard it as such.")
    ] = False,
) -> None:
    """Write the whole install, as it is at this moment, to one file; it may go on working."""
    with told():
        set_up("worker")
        from heliu.config import backup, install

        with install.database_running():
            install.require_current()
            taken = backup.take(file.resolve(), with_secrets=with_secrets, at=datetime.now(UTC))
        rows = sum(taken.manifest.rows.values())
        say(f"{file}: {len(taken.manifest.rows)} tables, {rows} rows.")
        say("The secrets are in it." if with_secrets else "The secrets are not in it.")
        say(f"Keep its digest elsewhere: {taken.digest}")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that heliu backup has written.")],
    digest: Annotated[
        str, typer.Option(help="What heliu backup told; another backup is refused then.")
    ] = "",
) -> None:
    """Put a backup into an empty database and check it; ends with 1 where a law is broken."""
    with told():
        set_up("worker")
        from heliu.config import restore

        with restore.put_back(file.resolve(), digest=digest) as manifest:
            say(f"Restored as of {manifest.taken:%Y-%m-%d %H:%M:%S} UTC.")
            offenders = tell()
        if offenders:
            raise SystemExit(1)
