"""What is found, by what, and by whom."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from heliu.commerce.catalogue import queries
from heliu.commerce.catalogue.models import Entry
from heliu.commerce.catalogue.operations import index
from heliu.commerce.catalogue.policies import words_of
from heliu.commerce.catalogue.reading import as_typed, terms_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.ids import new_id
from heliu.kernel.parties.models import RelationshipStatus, TradingRelationship


def codes_found(actor: Actor, text: str = "", **filters: object) -> list[str]:
    with acting_for(actor.orgs):
        return [row.sku.code for row in queries.search(actor, text=text, **filters).rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("KFR-35GW/A1", ["KFR-35GW/A1"]),
        ("kfr35", ["KFR-35GW/A1"]),
        ("ＫＦＲ－３５", ["KFR-35GW/A1"]),
        ("kfr", ["KFR-35GW/A1", "KFR-50LW/B2"]),
        ("6901234567915", ["BCD-215"]),
        ("空调", ["KFR-35GW/A1", "KFR-50LW/B2"]),
        ("空", ["KFR-35GW/A1", "KFR-50LW/B2"]),
        ("壁挂空调", ["KFR-35GW/A1"]),
        ("洗衣机", ["XQG-80"]),
        ("bgkt", ["KFR-35GW/A1"]),
        ("kt", ["KFR-35GW/A1", "KFR-50LW/B2"]),
        ("bingxiang", ["BCD-215"]),
        ("bing xiang", ["BCD-215"]),
        ("air floor", ["KFR-50LW/B2"]),
        ("wall 空调", ["KFR-35GW/A1"]),
        ("%", []),
        ("😀", []),
        ("nothing like it", []),
    ],
)
def test_goods_are_found_as_people_type(chain, typed, found) -> None:
    assert codes_found(chain.at_dealer, typed) == found


def test_an_exact_code_comes_first_then_codes_that_begin_so(chain, as_worker) -> None:
    with as_worker():
        for sku, code in zip(chain.skus, ("A-215", "BCD-2150", "BCD-215", "BCD"), strict=True):
            sku.code, sku.name = code, "BCD-215 spare part"
            sku.save()
        index(sku.pk for sku in chain.skus)
    found = codes_found(chain.at_dealer, "bcd-215")
    assert found[:2] == ["BCD-215", "BCD-2150"]
    assert set(found[2:]) == {"A-215", "BCD"}


def test_pages_follow_each_other_without_gap(chain) -> None:
    with acting_for([chain.dealer]):
        whole = [row.sku.pk for row in queries.search(chain.at_dealer).rows]
        paged, after = [], None
        while rows := queries.search(chain.at_dealer, limit=1, after=after).rows:
            paged.append(rows[0].sku.pk)
            after = rows[0].sku.pk
    assert len(whole) == len(chain.skus)
    assert paged == whole


def test_without_a_live_relationship_there_is_nothing(chain, as_worker) -> None:
    assert codes_found(chain.at_stranger) == []
    assert codes_found(chain.at_dealer, seller=chain.other_seller) == []
    with as_worker():
        TradingRelationship.objects.update(status=RelationshipStatus.ENDED)
    assert codes_found(chain.at_dealer) == []
    with acting_for([chain.dealer]):
        assert queries.find(chain.at_dealer, ["BCD-215"], chain.seller) == {}
        assert queries.codes(chain.at_dealer, chain.seller) == []
        assert queries.families(chain.at_dealer) == []
        assert not queries.visible_to(chain.at_dealer).exists()


def test_a_seller_sees_its_own_goods_only(chain) -> None:
    assert len(codes_found(chain.at_seller)) == len(chain.skus)
    with acting_for([chain.seller]):
        assert {sku.seller for sku in queries.visible_to(chain.at_seller)} == {chain.seller}


def test_asking_for_somebody_else_opens_nothing(chain) -> None:
    with acting_for([chain.stranger]):
        assert queries.search(chain.at_dealer).rows == []
        assert queries.search(Actor.system()).rows == []
        assert queries.codes(chain.at_dealer, chain.seller) == []
    assert queries.search(chain.at_dealer).rows == []


def test_the_worker_sees_all(chain, as_worker) -> None:
    with as_worker():
        assert len(queries.search(Actor.system()).rows) == 2 * len(chain.skus)
        assert len(queries.search(chain.at_dealer).rows) == len(chain.skus)


def test_the_web_role_may_not_touch_the_search_table(chain) -> None:
    for statement in (
        "select 1 from catalogue_entry",
        "delete from catalogue_entry",
        "insert into catalogue_entry select * from catalogue_entry",
    ):
        with (
            acting_for([chain.seller]),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_codes_and_barcodes_are_matched_exactly_in_any_case(chain) -> None:
    asked = ["bcd-215", "BCD-21", "6901234567892", "", "ＸＱＧ－８０", "bcd-215"]
    with acting_for([chain.dealer]):
        found = queries.find(chain.at_dealer, asked, chain.seller)
        assert queries.find(chain.at_dealer, asked, chain.other_seller) == {}
    assert {code: sku.code for code, sku in found.items()} == {
        "bcd-215": "BCD-215",
        "6901234567892": "KFR-35GW/A1",
        "ＸＱＧ－８０": "XQG-80",
    }


def test_a_seller_keeps_its_own_entries_and_no_others(chain, as_worker) -> None:
    gone = chain.skus[0]
    with acting_for([chain.seller]):
        gone.is_active = False
        gone.save()
        index([gone.pk, chain.foreign_sku.pk])
    assert gone.code not in codes_found(chain.at_dealer)
    with as_worker():
        Entry.objects.all().delete()
    with acting_for([chain.seller]):
        index([chain.skus[1].pk, chain.foreign_sku.pk, new_id()])
    with as_worker():
        assert list(Entry.objects.values_list("sku", flat=True)) == [chain.skus[1].pk]


def test_families_are_counted(chain) -> None:
    with acting_for([chain.dealer]):
        counts = [(family.code, n) for family, n in queries.families(chain.at_dealer)]
        one = queries.families(chain.at_dealer, seller=chain.seller)
    assert counts == [("air", 2), ("cold", 1), ("wash", 1)]
    assert len(one) == 3
    assert codes_found(chain.at_dealer, family="cold") == ["BCD-215"]


def test_statements(chain, django_assert_num_queries) -> None:
    with acting_for([chain.dealer]):
        with django_assert_num_queries(2):
            queries.search(chain.at_dealer, text="空调")
        with django_assert_num_queries(2):
            queries.find(chain.at_dealer, ["BCD-215", "XQG-80"], chain.seller)
        with django_assert_num_queries(2):
            queries.families(chain.at_dealer)
    with acting_for([chain.seller]), django_assert_num_queries(8):
        index(sku.pk for sku in chain.skus)


def test_words_and_terms() -> None:
    words = words_of(code="KFR-35", barcode="", name="Air conditioner", name_zh="空调")
    assert words == " kfr-35 kfr35 air conditioner 空调 调 kongtiao kt t "
    kt, han = as_typed(terms_of("KT 空调器")).terms
    assert kt["any"] == [["% kt%"]]
    assert han["any"] == [["% 空调 %", "% 调器 %"]]
    assert [term.word for term in terms_of("100% _sure_ %")] == ["100", "sure"]
