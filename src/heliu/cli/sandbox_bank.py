"""`heliu sandbox-bank`: a bank to practise with, beside the product and not of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from heliu.cli.ground import told


def sandbox_bank(
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8100,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    file: Annotated[
        Path | None, typer.Option(help="Its books; sandbox-bank.sqlite3 in HELIU_DATA.")
    ] = None,
    door: Annotated[
        str, typer.Option(help="Where it brings notices: …/api/v1/bank/notices of an install.")
    ] = "",
) -> None:
    """Serve a sandbox bank over HTTP until Ctrl-C; the contract is docs/bank-http.md.

    The secret it signs with is HELIU_BANK_SECRET, the same as the install's.
    """
    with told():
        import uvicorn

        from heliu.capital.bank.sandbox.process.app import bank
        from heliu.config.postgres import Trouble
        from heliu.config.running import require_free

        secret = os.environ.get("HELIU_BANK_SECRET", "")
        if not secret:
            raise Trouble("A bank needs a secret to sign with: set HELIU_BANK_SECRET.")
        require_free(host, port)
        books = file or Path(os.environ.get("HELIU_DATA", ".heliu")) / "sandbox-bank.sqlite3"
        books.parent.mkdir(parents=True, exist_ok=True)
        uvicorn.run(
            bank(books, secret=secret, door=door),
            host=host, port=port, log_level="warning", access_log=False, server_header=False,
        )  # fmt: skip
