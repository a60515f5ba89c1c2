"""`heliu bank-files`: what lies in the folders of a bank that is spoken with by files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.ground import say, set_up, told


def bank_files(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of a bank to be read, without taking them.")
    ] = None,
) -> None:
    """Tell what waits in the folders of HELIU_BANK_FILES, or what given files say.

    Ends with 1 where a file cannot be understood. The worker takes in what lies in in/ by itself.
    """
    with told():
        set_up("worker")
        understood = [_tell(file) for file in files] if files else [_tell_folders()]
    if not all(understood):
        raise SystemExit(1)


def _tell(file: Path) -> bool:
    from heliu.capital.bank.files.reading import read
    from heliu.config.postgres import Trouble
    from heliu.kernel.errors import Invalid

    try:
        message = read(file.read_bytes())
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.") from error
    except Invalid as refusal:
        say(f"{file}: {refusal.text()}")
        return False
    say(f"{file}: {message.kind}")
    for day in message.days:
        say(f"  …{day.number[-4:]} on {day.day}: {len(day.entries)} entries")
    booked = sum(report.is_booked for report in message.reports)
    say(f"  {booked} payments booked, {len(message.reports) - booked} refused")
    return True


def _tell_folders() -> bool:
    from heliu.capital.bank.files.adapter import folders

    found = folders()
    refused = found.refused()
    say(f"{found.root}: {found.count('out')} to be carried to the bank, {found.count('in')} came")
    for name, why in refused.items():
        say(f"  refused {name}: {why}")
    return not refused
