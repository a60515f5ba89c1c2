"""Talking to an issuer: only to public addresses, briefly, and believing nothing unsigned."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpcore
import jwt
import msgspec
from django.conf import settings

from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.webhooks.policies import is_public, read_url

PATIENCE = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 5.0}
WHOLE = 10.0  # seconds for all of an answer, however many parts it comes in
LARGEST = 200_000
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # never a shared secret, never none
LEEWAY = 60  # seconds that clocks may differ


class Outward(httpcore.SyncBackend):
    """Connects to public addresses only, to what was looked up and looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the name. Raises `ConnectError`."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = [str(where[0]) for *_, where in found]
        if not settings.HELIU_WEBHOOKS_INSIDE and not all(map(is_public, addresses)):
            raise httpcore.ConnectError(host)
        stream = super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        return Hurried(stream, until=monotonic() + WHOLE)


class Hurried(httpcore.NetworkStream):
    """A connection with an end: an issuer that says a byte now and then holds nobody for ever."""

    def __init__(self, stream: httpcore.NetworkStream, *, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came next. Raises `ReadTimeout` when time is over."""
        return self._stream.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send. Raises `WriteTimeout` when time is over."""
        self._stream.write(buffer, self._left(httpcore.WriteTimeout))

    def close(self) -> None:
        """It is over."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same connection, sealed, with the same end."""
        left = self._left(httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return Hurried(stream, until=self._until)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._stream.get_extra_info(info)

    def _left(self, late: type[Exception]) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise late("time is over")
        return min(left, PATIENCE["read"])


def discovered(issuer: str) -> dict[str, Any]:
    """What an issuer says of itself (OpenID Connect Discovery 1.0). Raises `Refused`."""
    told = _ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer", "").rstrip("/") != issuer.rstrip("/") or not all(
        isinstance(told.get(one), str) for one in wanted
    ):
        raise unusable()
    for one in wanted:
        read_url(told[one])
    return told


def exchanged(endpoint: str, form: Mapping[str, str]) -> str:
    """The token of identity for a code. Raises `Refused`."""
    told = _ask("POST", endpoint, urlencode(form).encode())
    token = told.get("id_token")
    if not isinstance(token, str):
        raise unusable()
    return token


def claims(token: str, *, keys: str, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """What a signed token says, for us, of this sign-in, now. Raises `Refused`."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        known = jwt.PyJWKSet.from_dict(_ask("GET", keys)).keys
        key = next((one for one in known if kid is None or one.key_id == kid), None)
        if key is None:
            raise unusable()
        told: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
    except (jwt.PyJWTError, jwt.exceptions.PyJWKSetError) as error:
        raise unusable() from error
    if told.get("nonce") != nonce:
        raise unusable()
    return told


def unusable() -> Refused:
    """The one thing said of whatever an issuer did wrong."""
    return Refused(
        "sso-failed",
        "The sign-in of your house did not work.",
        help="Try once more, or ask whoever looks after it.",
        status=422,
    )


def _ask(method: str, url: str, content: bytes = b"") -> dict[str, Any]:
    try:
        read_url(url)
        headers: dict[bytes | str, bytes | str] = {"Accept": "application/json"}
        if content:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with (
            httpcore.ConnectionPool(network_backend=Outward()) as pool,
            pool.stream(
                method, url, headers=headers, content=content, extensions={"timeout": PATIENCE}
            ) as answer,
        ):
            body = b""
            for part in answer.iter_stream():
                body += part
                if len(body) > LARGEST:
                    raise unusable()
        if answer.status != 200:
            raise unusable()
        told = msgspec.json.decode(body)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise unusable() from error
    except (Invalid, msgspec.DecodeError) as error:
        raise unusable() from error
    if not isinstance(told, dict):
        raise unusable()
    return told
