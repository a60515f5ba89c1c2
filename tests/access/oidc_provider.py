"""A little OpenID Connect provider, a process of its own: `python oidc_provider.py` prints its port.

Whoever it signs in is said by the query of the authorization address (as a test edits it): `sub`,
`email`, `name`, `verified`, `amr`, `nonce`, `aud`, `alg`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "heliu", "kept between us"
codes: dict[str, dict[str, str]] = {}


class Provider(BaseHTTPRequestHandler):
    @property
    def me(self) -> str:
        return f"http://localhost:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self.answer({
                "issuer": self.me, "authorization_endpoint": f"{self.me}/authorize",
                "token_endpoint": f"{self.me}/token", "jwks_uri": f"{self.me}/keys",
            })  # fmt: skip
        elif parts.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self.answer({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]})
        elif parts.path == "/authorize":
            code = f"code-{len(codes)}"
            codes[code] = query
            self.send_response(302)
            back = urlencode({"code": code, "state": query["state"]})
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.answer({}, 404)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        asked = codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        met = (
            asked
            and base64.urlsafe_b64encode(proof).decode().rstrip("=") == asked["code_challenge"]
        )
        if not asked or not met or form.get("client_secret") != SECRET:
            self.answer({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        told: dict[str, Any] = {
            "iss": self.me, "aud": asked.get("aud", CLIENT), "sub": asked.get("sub", "s-1"),
            "iat": now, "exp": now + 60, "nonce": asked["nonce"],
            "email": asked.get("email", asked.get("login_hint", "")),
            "email_verified": asked.get("verified", "yes") == "yes",
        }  # fmt: skip
        if "amr" in asked:
            told["amr"] = [asked["amr"]]
        if "name" in asked:
            told["name"] = asked["name"]
        key: Any = "x" * 32 if asked.get("alg") == "HS256" else KEY
        token = jwt.encode(told, key, algorithm=asked.get("alg", "RS256"), headers={"kid": "one"})
        self.answer({"id_token": token, "access_token": "x", "token_type": "Bearer"})

    def answer(self, body: Any, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    server = HTTPServer(("localhost", 0), Provider)
    print(server.server_address[1], flush=True)
    server.serve_forever()
