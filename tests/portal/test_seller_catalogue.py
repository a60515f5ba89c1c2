"""The seller's pages of its goods: the list, one article, and what describes them."""

from __future__ import annotations

from itertools import count

from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.portal.test_catalogue_pages import told  # noqa: F401
from tests.trade.conftest import World

from heliu.commerce.catalogue.models import Attribute, Category, CircleGoods, Placement, Value
from heliu.kernel.goods.models import Sku

SALES = "sales@seller.demo"
_keys = count(1)


def post(client: Client, path: str, **data: object) -> tuple[int, str]:
    be("heliu_web")
    answer = client.post(path, {"idempotency_key": f"deed-{next(_keys):06}", **data})
    return answer.status_code, answer.content.decode()


def test_one_article_is_told_on_one_page(told: World) -> None:  # noqa: F811
    seller, mug = browser(SALES), told.chain.skus["M1"]
    path = f"/seller/goods/{mug}"
    page = read(seller, path)
    assert "As the buyer sees it" in page
    assert "sky blue" in page
    status, _ = post(
        seller, path, act="save", name="Sea mug", name_zh="海杯", family="mugs", unit="PCS",
        case_quantity="12", order_minimum="6", order_multiple="6", category="",
        **{"v-colour": "red"}, product="P1", position="4", barcode="", external_id="",
    )  # fmt: skip
    assert status == 303
    with told.worker():
        sku = Sku.objects.get(pk=mug)
        assert (sku.name, sku.order_minimum, sku.case_quantity) == ("Sea mug", 6, 12)
        assert Value.objects.get(sku=mug).choice.code == "red"
        assert Placement.objects.get(pk=mug).position == 4
    assert "Sea mug" in read(browser(told.dealer), "/dealer/catalogue?q=sea")
    # What is wrong is said and what was typed stays.
    status, page = post(seller, path, act="save", name="Lost?", barcode="x1", family="mugs")
    assert status == 422
    assert 'value="Lost?"' in page
    assert "A barcode has up to 14 figures." in page


def test_the_preview_shows_what_is_typed_and_writes_nothing(told: World) -> None:  # noqa: F811
    seller, mug = browser(SALES), told.chain.skus["M1"]
    status, page = post(
        seller, f"/seller/goods/{mug}/preview", name="Only looked at", name_zh="", family="mugs",
        dealer="D001",
    )  # fmt: skip
    assert status == 200
    assert "Only looked at" in page
    status, page = post(seller, f"/seller/goods/{mug}/preview", barcode="x", family="mugs")
    assert "A barcode has up to 14 figures." in page
    with told.worker():
        assert Sku.objects.get(pk=mug).name == "Blue mug"


def test_many_are_taken_off_and_put_on_and_placed(told: World) -> None:  # noqa: F811
    seller, skus = browser(SALES), told.chain.skus
    both = [str(skus["M1"]), str(skus["M2"])]
    assert post(seller, "/seller/goods/many", act="off", sku=both)[0] == 303
    assert "Blue mug" not in read(browser(told.dealer), "/dealer/catalogue?q=mug")
    page = read(seller, "/seller/goods?off=1")
    assert "Off sale" in page
    assert f"/seller/goods/{skus['M1']}" in page
    assert post(seller, "/seller/describe/categories", code="cups", name="Cups")[0] == 303
    for act in ("on", "place"):
        assert post(seller, "/seller/goods/many", act=act, sku=both, category="cups")[0] == 303
    assert "Blue mug" in read(browser(told.dealer), "/dealer/catalogue?f=category%3Dcups")
    assert post(seller, "/seller/goods/many", act="on")[0] == 422


def test_what_describes_goods_is_kept_on_pages(told: World) -> None:  # noqa: F811
    seller, path = browser(SALES), "/seller/describe/family?code=mugs"
    status, _ = post(
        seller, path, **{"name-colour": "Paint", "name_zh-colour": "漆", "filter-colour": "yes"},
        **{"choices-colour": "blue=Blue=蓝; red=Red=红; green=Green"},
        code="height", kind="NUMBER", **{"name-": "Height", "unit-": "cm", "filter-": "yes"},
    )  # fmt: skip
    assert status == 303
    with told.worker():
        made = {one.code: one for one in Attribute.objects.prefetch_related("choices")}
        assert made["colour"].name == "Paint"
        assert len(made["colour"].choices.all()) == 3
        assert made["height"].unit == "cm"
    assert "Blue" in read(browser(told.dealer), "/dealer/catalogue?q=mug")
    assert post(seller, path, drop="colour")[0] == 409  # variants differ in it
    assert post(seller, path, drop="height")[0] == 303
    for typed in ({"code": "a", "name": "A"}, {"code": "b", "name": "B", "above": "a"}):
        assert post(seller, "/seller/describe/categories", **typed)[0] == 303
    loop = {"above-a": "b", "above-b": "a"}
    assert post(seller, "/seller/describe/categories", **loop)[0] == 422
    turned = {"above-a": "b", "name-a": "A", "name-b": "B"}
    assert post(seller, "/seller/describe/categories", **turned)[0] == 303
    with told.worker():
        assert Category.objects.get(code="a").parent.code == "b"
    assert post(seller, "/seller/describe/circles/new", code="few", name="A few")[0] == 303
    members = {"buyers": "D002", "goods": "M1"}
    assert post(seller, "/seller/describe/circles/few", **members)[0] == 303
    with told.worker():
        assert CircleGoods.objects.count() == 1
    assert "Blue mug" not in read(browser(told.dealer), "/dealer/catalogue?q=mug")
    status, page = post(seller, "/seller/describe/circles/few", buyers="NOBODY", goods="M1")
    assert status == 422
    assert "NOBODY" in page
    assert post(seller, "/seller/describe/rings", words="mug, tankard")[0] == 303
    assert "Red mug" in read(browser(told.dealer), "/dealer/catalogue?q=tankard")
