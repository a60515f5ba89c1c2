"""OpenID Connect: the code flow with PKCE, believing signed tokens alone."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from heliu.kernel.access.sealing import unsealed
from heliu.kernel.sso import port
from heliu.kernel.sso.found import Found, Said


def begin(found: Found, *, email: str, back: str) -> tuple[str, dict[str, str]]:
    """Where to send somebody, and what is remembered until they are back. Raises `Refused`
    (sso-failed)."""
    told = port.discovered(found.issuer)
    kept = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
    }
    proof = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": found.client_id,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": proof.decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": email,
    }
    return f"{told['authorization_endpoint']}?{urlencode(asked)}", kept


def end(found: Found, kept: Mapping[str, str], answer: Mapping[str, str], *, back: str) -> Said:
    """Whom the provider has signed in. Raises `Refused` (sso-failed)."""
    code, state = answer.get("code", ""), answer.get("state", "")
    if not code or not secrets.compare_digest(kept.get("state", "-"), state):
        raise port.unusable()
    told = port.discovered(found.issuer)
    token = port.exchanged(
        told["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": found.client_id,
            "client_secret": (unsealed(bytes(found.secret)) or b"").decode(),
            "code_verifier": kept["verifier"],
        },
    )
    said = port.claims(
        token,
        keys=told["jwks_uri"],
        issuer=told["issuer"],
        client_id=found.client_id,
        nonce=kept["nonce"],
    )
    methods = said.get("amr")
    return Said(
        str(said["sub"])[:255],
        str(said.get("email", "")).strip().lower()
        if said.get("email_verified") in (True, "true")  # some providers send text
        else "",
        " ".join(str(said.get("name", "")).split())[:80],
        isinstance(methods, list) and "mfa" in methods,
    )
