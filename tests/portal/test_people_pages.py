"""People come to a house: by invitation, by a sheet, by the domain of its mail."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.portal.test_joining_pages import anybody, link_in_mail
from tests.trade import newcomers
from tests.trade.conftest import World

from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.models import Factor, User
from heliu.kernel.errors import Refused
from heliu.kernel.joining.models import Colleague
from heliu.kernel.joining.operations import people

PASSWORDS = {"password": newcomers.PASSWORD, "again": newcomers.PASSWORD}


def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("people.xlsx", out.getvalue())


def act(demo: World, by: str, **data: object) -> str:
    me = browser(by)
    key = key_in(read(me, "/company/people"))
    return send(me, "/company/people", {"idempotency_key": key, **data}, to="/company/people")


def may(email: str) -> list[frozenset[str]]:
    be("heliu_web")
    return [desk.permissions for desk in desks_of(User.objects.get(username=email).pk)]


def test_an_invited_colleague_chooses_a_password_and_sits_down(demo: World) -> None:
    who = {"email": "Chen@dealer.example", "name": "陈静", "role": "finance"}
    act(demo, demo.dealer, act="invite", **who)
    link = link_in_mail(demo)
    me = anybody()
    assert "chen@dealer.example" in read(me, link)
    send(me, link, dict(PASSWORDS), to="^/$")
    assert may("chen@dealer.example") == [{"pay"}]
    assert "陈静" in read(browser(demo.dealer), "/company/people")
    be("heliu_web")
    assert anybody().get(link).status_code == 410


def test_somebody_known_gives_the_password_that_is_there(demo: World) -> None:
    act(demo, demo.dealer, act="invite", email="owner@d002.demo", name="Two", role="purchaser")
    link = link_in_mail(demo)
    be("heliu_web")
    assert anybody().post(link, dict(PASSWORDS)).status_code == 422
    send(anybody(), link, {"password": "heliu-demo"}, to="^/$")
    assert len(may("owner@d002.demo")) == 2


def test_somebody_known_proves_the_second_factor_too(demo: World) -> None:
    act(demo, demo.dealer, act="invite", email="owner@d002.demo", name="Two", role="purchaser")
    link = link_in_mail(demo)
    with demo.worker():
        person = User.objects.get(username="owner@d002.demo")
        Factor.objects.create(user=person, kind="TOTP", name="phone", secret=b"-", made_at=demo.at)
    be("heliu_web")
    me = anybody()
    answer = me.post(link, {"password": "heliu-demo"})
    assert answer.headers["Location"] == "/sign-in/second"
    assert me.get("/deals").status_code == 302


def test_a_sheet_invites_the_good_rows_and_keeps_the_others(demo: World) -> None:
    sheet = workbook(
        ("姓名", "邮箱", "角色"),
        ("甲", "a@dealer.example", "采购员"),
        ("乙", "nobody", "财务"),
        ("丙", "c@dealer.example", "皇帝"),
        ("丁", "d@dealer.example", ""),
        ("甲", "a@dealer.example", "财务"),
    )
    me = browser(demo.dealer)
    key = key_in(read(me, "/company/people"))
    be("heliu_web")
    answer = me.post("/company/people", {"idempotency_key": key, "act": "import", "sheet": sheet})
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("nobody", "皇帝", "invited already"):
        assert word in page
    with demo.worker():
        invited = sorted(Colleague.objects.values_list("email", "role"))
    assert invited == [("a@dealer.example", "purchaser"), ("d@dealer.example", "purchaser")]


@pytest.mark.parametrize("content", [b"PK\x03\x04 nothing", b"one;two", b""])
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        people.rows_of(content)


def test_csv_of_chinese_windows_is_read() -> None:
    content = "姓名,邮箱\n甲,a@b.example\n".encode("gb18030")
    assert people.rows_of(content) == [people.Row(2, "甲", "a@b.example", "")]


def test_an_address_at_the_domain_is_let_in_or_asks(demo: World) -> None:
    ask: dict[str, object] = {"name": "周", "email": "zhou@d001.demo"}
    send(anybody(), "/join/by-domain", ask, to="/join/sent")
    link = link_in_mail(demo)
    be("heliu_web")
    assert anybody().get(link).status_code == 410  # nobody has claimed the domain
    act(demo, demo.dealer, act="domain", lets_in="ASKS")
    me = anybody()
    read(me, link)
    be("heliu_web")
    assert me.post(link, dict(PASSWORDS)).status_code == 200
    assert may("zhou@d001.demo") == []
    owner = browser(demo.dealer)
    page = read(owner, "/company/people")
    assert "zhou@d001.demo" in page
    with demo.worker():
        asking = Colleague.objects.get(status="ASKED").pk
    data = {"act": "let-in", "colleague": str(asking), "role": "finance"}
    send(owner, "/company/people", {"idempotency_key": key_in(page), **data})
    assert may("zhou@d001.demo") == [{"pay"}]
    act(demo, demo.dealer, act="domain", lets_in="AT_ONCE")
    send(anybody(), "/join/by-domain", {"name": "钱", "email": "qian@d001.demo"}, to="sent")
    send(anybody(), link_in_mail(demo), dict(PASSWORDS), to="^/$")
    assert may("qian@d001.demo") == [{"order"}]


def test_a_domain_is_one_houses_and_never_everybodys(demo: World) -> None:
    act(demo, demo.dealer, act="domain", lets_in="AT_ONCE")
    with demo.worker():
        for email, address in (
            ("owner@d002.demo", "x@d001.demo"),
            ("sales@seller.demo", "a@qq.com"),
        ):
            User.objects.filter(username=email).update(email=address)
    with pytest.raises(Refused, match="domain-taken"), demo.desk("owner@d002.demo") as other:
        people.claim_domain(actor=other, lets_in="AT_ONCE", at=demo.at)
    with pytest.raises(Refused, match="domain-of-everybody"), demo.desk("sales@seller.demo") as one:
        people.claim_domain(actor=one, lets_in="AT_ONCE", at=demo.at)


def test_a_desk_is_closed_and_never_ones_own(demo: World) -> None:
    act(demo, demo.dealer, act="invite", email="chen@dealer.example", name="陈", role="purchaser")
    send(anybody(), link_in_mail(demo), dict(PASSWORDS), to="^/$")
    owner = browser(demo.dealer)
    page = read(owner, "/company/people")
    with demo.desk(demo.dealer) as actor:
        members = {one.user.username: one.pk for one in people_at(actor)}
    own = {"act": "unseat", "member": str(members[demo.dealer]), "idempotency_key": key_in(page)}
    be("heliu_web")
    assert owner.post("/company/people", own).status_code == 409
    gone = own | {"member": str(members["chen@dealer.example"])}
    send(owner, "/company/people", gone)
    assert may("chen@dealer.example") == []


def people_at(actor: object) -> list:  # type: ignore[type-arg]
    from heliu.kernel.access.queries import people_of

    return list(people_of(actor))  # type: ignore[arg-type]
