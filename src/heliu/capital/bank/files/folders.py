"""The folders through which files go to a bank and come from it; what carries them is not ours.

out/         orders to be carried to the bank, which may take them away
sent/        a copy of every order, for ever: what is here was handed over
in/          what the bank says; whoever writes here renames a finished file into it
done/        what was taken in
refused/     what cannot be understood, each with the reason beside it
statements/  the days of accounts, as they were told
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from heliu.capital.bank.port import BankStatement


@dataclass(frozen=True)
class Folders:
    """The folders of one bank; each is made when it is first written to."""

    root: Path

    def hand_over(self, order: UUID, name: str, content: bytes) -> None:
        """Put an order into out/, once: cut off anywhere and begun again, it gets there once."""
        kept, part = self.root / "sent" / f"{order.hex}.xml", self.root / "out" / f".{name}"
        if not kept.exists():
            _write(part, content)
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.link(part, kept)
        with suppress(FileNotFoundError):
            part.rename(part.with_name(name))

    def was_handed_over(self, order: UUID) -> bool:
        """Whether an order was put into out/."""
        return (self.root / "sent" / f"{order.hex}.xml").exists()

    def came(self) -> Iterator[Path]:
        """The files in in/, by name; those that are still being written begin with a dot."""
        folder = self.root / "in"
        if folder.is_dir():
            files = (one for one in folder.iterdir() if one.is_file())
            yield from sorted(one for one in files if not one.name.startswith("."))

    def bring(self, name: str, content: bytes) -> None:
        """Put a file that somebody brought into in/, whole; one of that name is replaced."""
        part = self.root / "in" / f".{name}"
        _write(part, content)
        part.rename(part.with_name(name))

    def done(self, file: Path) -> None:
        """A file was taken in."""
        file.replace(self._beside("done", file.name))

    def refuse(self, file: Path, why: str) -> None:
        """A file cannot be understood: lay it aside with the reason."""
        _write(self._beside("refused", f"{file.name}.why.txt"), f"{why}\n".encode())
        file.replace(self._beside("refused", file.name))

    def refused(self) -> dict[str, str]:
        """The files that were laid aside, each with its reason."""
        reasons = sorted((self.root / "refused").glob("*.why.txt"))
        return {one.name.removesuffix(".why.txt"): one.read_text().strip() for one in reasons}

    def count(self, folder: str) -> int:
        """How many finished files lie in a folder."""
        return len(list((self.root / folder).glob("[!.]*")))

    def keep(self, statement: BankStatement) -> None:
        """Keep an account's day; told again, the newer one counts."""
        _write(self._day(statement.number, statement.day), msgspec.json.encode(statement))

    def statement(self, number: str, day: date) -> BankStatement | None:
        """An account's day, if the bank has told it."""
        with suppress(FileNotFoundError):
            kept = self._day(number, day).read_bytes()
            return msgspec.json.decode(kept, type=BankStatement)
        return None

    def _day(self, number: str, day: date) -> Path:
        safe = "".join(letter for letter in number if letter.isalnum())
        return self.root / "statements" / safe / f"{day}.json"

    def _beside(self, folder: str, name: str) -> Path:
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        return self.root / folder / name


def _write(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    with part.open("wb") as open_file:
        open_file.write(content)
        open_file.flush()
        os.fsync(open_file.fileno())
    part.replace(file)
