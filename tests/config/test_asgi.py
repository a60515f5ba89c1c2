"""The one ASGI application: health, static files, and the bridge to Django."""

from __future__ import annotations

import asyncio
import gzip
import io

import httpx
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from tests.loops import finish
from tests.people import Seated, organization, seat

from heliu.config import asgi, static
from heliu.kernel.access.models import User

CSS = "/static/heliu/heliu.css"


def ask(method: str, address: str, **how: object) -> httpx.Response:
    async def one() -> httpx.Response:
        transport = httpx.ASGITransport(app=asgi.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, address, **how)

    return finish(one())


class TestHealth:
    def test_the_process_answers(self) -> None:
        assert ask("GET", "/healthz").json() == {"status": "ok"}

    def test_the_database_answers(self, own_db: str) -> None:
        assert ask("GET", "/readyz").status_code == 200

    def test_the_database_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Gone:
            def cursor(self) -> None:
                raise OperationalError

            def close(self) -> None:
                pass

        monkeypatch.setattr(asgi, "connection", Gone())
        answer = ask("GET", "/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


class TestStatic:
    def test_a_stamped_file_is_kept_for_ever(self) -> None:
        address = static.StampedStorage().url("heliu/heliu.css")
        stamp = static.files()["heliu/heliu.css"].stamp
        assert address == f"{CSS}?v={stamp}"
        answer = ask("GET", address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "--" in answer.text

    @pytest.mark.parametrize("address", [CSS, f"{CSS}?v=old"])
    def test_without_its_stamp_it_is_asked_for_again(self, address: str) -> None:
        answer = ask("GET", address)
        assert answer.headers["cache-control"] == "no-cache"
        again = ask("GET", address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_it_is_packed_for_who_can_unpack(self) -> None:
        file = static.files()["heliu/heliu.css"]
        assert gzip.decompress(file.packed) == file.body
        packed = ask("GET", CSS, headers={"Accept-Encoding": "gzip"})
        plain = ask("GET", CSS, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content == file.body
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])

    def test_head_tells_without_the_body(self) -> None:
        answer = ask("HEAD", CSS)
        assert (answer.status_code, answer.content) == (200, b"")

    @pytest.mark.parametrize("name", ["heliu/none.css", "heliu", ""])
    def test_what_is_not_there_is_not_found(self, name: str) -> None:
        assert ask("GET", f"/static/{name}").status_code == 404


class TestBridge:
    @pytest.fixture
    def who(self, own_db: str) -> Seated:
        with connection.cursor() as cursor:
            cursor.execute("set role heliu_worker")
            who = seat(organization("house", "DEALER", name_zh="合流"), "owner")
            cursor.execute("reset role")
        return who

    def test_django_answers_behind_it(self, who: Seated) -> None:
        answer = ask("GET", "/api/v1/me?language=zh-hans", headers=who.bearer)
        assert answer.json()["organization"]["name_zh"] == "合流"
        assert answer.headers["content-language"] == "zh-hans"

    def test_several_clients_are_served_at_once_and_connections_come_back(
        self, who: Seated
    ) -> None:
        async def many() -> list[int]:
            transport = httpx.ASGITransport(app=asgi.application)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                # More than threads and more than the pool holds.
                answers = [client.get("/api/v1/me", headers=who.bearer) for _ in range(40)]
                return [answer.status_code for answer in await asyncio.gather(*answers)]

        assert set(finish(many())) == {200}

    def test_what_is_too_large_is_not_taken_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(asgi, "LARGEST_BODY", 10)
        assert ask("POST", "/api/v1/me", content=b"x" * 11).status_code == 413

    def test_the_request_in_words_of_wsgi(self) -> None:
        scope = {
            "type": "http", "method": "POST", "path": "/订单", "query_string": b"q=%E5%90%88",
            "scheme": "https", "server": ("host", 8443), "client": ("10.0.0.1", 5), "http_version": "1.1",
            "headers": [
                (b"content-type", b"text/plain"), (b"content-length", b"999"), (b"accept", b"a"), (b"accept", b"b"),
                (b"cookie", b"x=1"), (b"cookie", b"y=2"), (b"x_forwarded_proto", b"https"), (b"host", b"h"),
            ],
        }  # fmt: skip
        body = io.BytesIO()
        body.write(b"four")
        environ = asgi.environ_of(scope, body)
        assert environ["PATH_INFO"].encode("latin1").decode() == "/订单"
        assert environ["CONTENT_LENGTH"] == "4"
        assert environ["CONTENT_TYPE"] == "text/plain"
        assert environ["HTTP_ACCEPT"] == "a,b"
        assert environ["HTTP_COOKIE"] == "x=1; y=2"
        # A proxy's header must not be forged by its spelling with an underscore.
        assert "HTTP_X_FORWARDED_PROTO" not in environ
        assert environ["wsgi.input"].read() == b"four"
        assert environ["wsgi.url_scheme"] == "https"


def test_a_host_that_is_not_ours_is_refused(db: None) -> None:
    assert ask("GET", "/api/v1/openapi.json", headers={"Host": "evil.example"}).status_code == 400
    assert "localhost" in settings.ALLOWED_HOSTS
    assert User.objects.count() == 0
