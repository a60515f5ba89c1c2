"""What is told of goods, by what they are filtered, whom restricted ones are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.commerce.catalogue import operations, queries
from heliu.commerce.catalogue.facets import facets
from heliu.commerce.catalogue.models import Attribute, Category, Kind, Value
from heliu.commerce.catalogue.operations import NewAttribute, NewPack
from heliu.commerce.catalogue.operations.describing import value_of
from heliu.commerce.catalogue.reading import Way
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound

SYSTEM = Actor.system()
POWER = NewAttribute("power", "Power", Kind.NUMBER, "功率", "kW", "千瓦")
COLOUR = NewAttribute(
    "colour",
    "Colour",
    Kind.CHOICE,
    "颜色",
    choices=[("red", "red", "红色"), ("white", "white", "白色")],
)
QUIET = NewAttribute("quiet", "Quiet", Kind.BOOL, "静音")


@pytest.fixture
def told(chain):
    """Air conditioners have power, colour and whether they are quiet, and a place in a tree."""
    with acting_for([chain.seller]):
        at = chain.at_seller
        operations.define(
            actor=at, seller=chain.seller, family="air", attributes=[POWER, COLOUR, QUIET]
        )
        operations.grow(
            actor=at, seller=chain.seller,
            branches=[("home", "", "Home", "家用"), ("air", "home", "Air", "空气"), ("cold", "home", "Cold", "冷藏")],
        )  # fmt: skip
        wall, floor, fridge = (sku.pk for sku in chain.skus[:3])
        operations.tell(
            actor=at, seller=chain.seller,
            values={
                wall: {"power": "3.5 kW", "colour": "红色", "quiet": "yes"},
                floor: {"power": "5", "colour": "white", "quiet": "否"},
            },
        )  # fmt: skip
        operations.place(
            actor=at, seller=chain.seller, categories={wall: "air", floor: "air", fridge: "cold"}
        )
    return chain


def found(chain, text="", *filters):
    with acting_for([chain.dealer]):
        hits = queries.search(chain.at_dealer, seller=chain.seller, text=text, filters=filters)
        told = facets(chain.at_dealer, hits.question, seller=chain.seller, filters=filters)
    assert len(hits.rows) == told.skus
    return [row.sku.code for row in hits.rows], {
        facet.key: {one.value: one.skus for one in facet.options} for facet in told.facets
    }


def test_facets_count_what_each_would_leave(told) -> None:
    codes, counts = found(told)
    assert len(codes) == 4
    assert counts["category"] == {"home": 3, "air": 2, "cold": 1}
    assert counts["family"] == {"air": 2, "cold": 1, "wash": 1}
    assert counts["a.colour"] == {"red": 1, "white": 1}
    codes, counts = found(told, "空调", "a.colour=red")
    assert codes == ["KFR-35GW/A1"]
    assert counts["a.colour"] == {"red": 1, "white": 1}, "its own other values can be added"
    assert "a.quiet" not in counts, "what all have in common is no filter"


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        (["a.colour=red", "a.colour=white"], ["KFR-35GW/A1", "KFR-50LW/B2"]),
        (["a.colour=red", "a.quiet=no"], []),
        (["a.power:4..6"], ["KFR-50LW/B2"]),
        (["a.power:..4"], ["KFR-35GW/A1"]),
        (["a.power:3..", "category=home"], ["KFR-35GW/A1", "KFR-50LW/B2"]),
        (["category=home"], ["BCD-215", "KFR-35GW/A1", "KFR-50LW/B2"]),
        (["a.power:1'..2"], []),
        (["a.colour=it's"], []),
    ],
)
def test_one_of_a_key_and_all_keys_must_hold(told, filters, codes) -> None:
    assert found(told, "", *filters)[0] == codes


@pytest.mark.parametrize(
    ("typed", "code", "way"),
    [
        ("红色 空调", "KFR-35GW/A1", Way.AS_TYPED),
        ("fridge", "BCD-215", Way.AS_TYPED),
        ("电冰箱", "BCD-215", Way.AS_TYPED),
        ("refridgerator", "BCD-215", Way.MENDED),
        ("wahsing", "XQG-80", Way.MENDED),
        ("冰想", "BCD-215", Way.MENDED),
        ("滚桶洗衣", "XQG-80", Way.MENDED),
        ("washing machine purple", "XQG-80", Way.MOST),
    ],
)
def test_words_that_are_not_there_are_understood(told, typed, code, way) -> None:
    with acting_for([told.dealer]):
        hits = queries.search(told.at_dealer, text=typed)
        assert (hits.rows[0].sku.code, hits.question.way) == (code, way)
        narrowed = queries.search(told.at_dealer, text=typed, filters=["family=none"])
        assert (narrowed.rows, narrowed.question.way) == ([], way), "filters change no meaning"


def test_a_sellers_own_synonyms_find_its_goods(told) -> None:
    with acting_for([told.seller]):
        operations.add_ring(actor=told.at_seller, seller=told.seller, words=["Icebox", "冰箱"])
    assert found(told, "icebox")[0] == ["BCD-215"]


def test_restricted_goods_are_for_their_circle_only(told, as_worker) -> None:
    fridge = told.skus[2]
    with acting_for([told.seller]):
        circle = operations.draw_circle(
            actor=told.at_seller, seller=told.seller, code="vip", name="Vip"
        )
        operations.set_goods(circle, [fridge.pk], actor=told.at_seller)
        assert "BCD-215" in [row.sku.code for row in queries.search(told.at_seller).rows]
    with acting_for([told.dealer]):
        at = told.at_dealer
        assert not queries.visible_to(at).filter(pk=fridge.pk).exists()
        assert queries.search(at, text="BCD-215").rows == []
        assert queries.find(at, ["BCD-215", "6901234567915"], told.seller) == {}
        assert "BCD-215" not in queries.codes(at, told.seller)
    assert "cold" not in found(told)[1]["category"]
    with acting_for([told.seller]):
        operations.set_members(circle, [told.dealer], actor=told.at_seller)
    with acting_for([told.dealer]):
        assert queries.visible_to(at).filter(pk=fridge.pk).exists()
        assert [row.sku.code for row in queries.search(at, text="BCD-215").rows] == ["BCD-215"]
        assert "BCD-215" in queries.codes(at, told.seller)
        assert set(queries.find(at, ["BCD-215"], told.seller)) == {"BCD-215"}
    with acting_for([told.seller]):
        operations.set_members(circle, [], actor=told.at_seller)
        operations.set_goods(circle, [], actor=told.at_seller)
    with acting_for([told.dealer]):
        assert queries.visible_to(at).filter(pk=fridge.pk).exists(), "for everybody again"


def test_a_stranger_to_the_goods_tells_nothing_of_them(told) -> None:
    with acting_for([told.dealer]):
        for wish in (
            lambda: operations.tell(
                actor=told.at_dealer, seller=told.seller, values={told.skus[0].pk: {"power": "1"}}
            ),
            lambda: operations.add_ring(
                actor=told.at_dealer, seller=told.seller, words=["one", "two"]
            ),
        ):
            with pytest.raises(Forbidden):
                wish()
    with acting_for([told.seller]):
        for wish in (
            lambda: operations.tell(
                actor=told.at_seller, seller=told.seller, values={told.foreign_sku.pk: {}}
            ),
            lambda: operations.pack(
                actor=told.at_seller, seller=told.seller,
                packs=[NewPack(told.foreign_sku.pk, "pc", 2)],
            ),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                wish()


def test_values_that_do_not_fit_are_refused(told) -> None:
    wall = told.skus[0].pk
    with acting_for([told.seller]):
        for code, text, reason in (
            ("power", "strong", "value-unfit"),
            ("power", "NaN", "value-unfit"),
            ("power", "1e30", "value-unfit"),
            ("colour", "green", "value-unfit"),
            ("quiet", "perhaps", "value-unfit"),
            ("weight", "1", "attribute-unknown"),
        ):
            with pytest.raises(Invalid) as error:
                operations.tell(
                    actor=told.at_seller, seller=told.seller, values={wall: {code: text}}
                )
            assert error.value.code == reason, text
        operations.tell(actor=told.at_seller, seller=told.seller, values={wall: {"colour": ""}})
        assert not Value.objects.filter(sku=wall, attribute__code="colour").exists()


def test_the_tree_has_no_loop(told) -> None:
    with acting_for([told.seller]), pytest.raises(Invalid) as error:
        operations.grow(
            actor=told.at_seller, seller=told.seller, branches=[("home", "air", "Home", "")]
        )
    assert error.value.code == "category-loop"
    with acting_for([told.seller]):
        assert Category.objects.get(code="home").parent is None


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=6))
def test_a_number_is_read_as_it_was_written(number) -> None:
    attribute = Attribute(kind=Kind.NUMBER, code="n", name="N", unit="kW")
    assert value_of(attribute, [], f"{number:,f} kW") == {"number": number}
