"""Mail that stays here, in files: of an install that has nobody yet who takes its mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend


class Files(EmailBackend):
    """Writes mail into a folder that nobody else of the machine may read, whatever the umask."""

    def __init__(self, *, file_path: str, **how: Any) -> None:
        folder = Path(file_path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        super().__init__(file_path=file_path, **how)
