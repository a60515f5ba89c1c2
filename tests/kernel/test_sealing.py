"""Whoever changes the ledger behind the engine's back is found, by chain and line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import Error, connection, transaction
from tests.conftest import be

from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import (
    AccountSpec,
    Finding,
    Head,
    Journal,
    Line,
    NewHold,
    balances,
    check,
    heads,
    open_accounts,
    post,
    seal,
    verify,
)

AT = datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)


@dataclass
class Ledger:
    """A sealed ledger and the heads that were taken away from it."""

    heads: dict[str, Head]
    chains: dict[str, list[int]]  # the lines of each chain, in its order
    accounts: list[int]


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def seal_all() -> int:
    """Seal until nothing is open: the server's own housekeeping may hold it up for a moment."""
    sealed, patience = 0, time.monotonic() + 120
    while rows(
        "select 1 from posting_line l join posting_chain c on c.id = l.chain_id"
        " where l.transaction >= c.sealed_to limit 1"
    ):
        assert time.monotonic() < patience
        sealed += seal(AT)
        time.sleep(0.02)
    return sealed


def write_some(dice: Random, accounts: list[int], count: int) -> None:
    """Journals between accounts of two books each, so that a journal lies in two chains."""
    pairs = [accounts[n : n + 2] for n in range(0, len(accounts), 2)]
    journals = []
    for _ in range(count):
        lines = []
        for one, other in dice.sample(pairs, 2):
            amount = dice.randint(1, 10**9)
            lines += [Line(one, amount), Line(other, -amount)]
        key = str(new_id())
        journals.append(Journal(new_id(), key, "test", tuple(lines), DAY, new_id()))
    post(journals, at=AT)


@pytest.fixture
def ledger(own_db: str) -> Iterator[Ledger]:
    """Three chains, some blocks each; then `default` is the administrator, who may do anything."""
    be("heliu_worker")
    dice = Random(1)
    specs = [
        AccountSpec(f"{book}:{name}", f"book:{book}", f"book:{book}", "CNY", new_id())
        for book in "abc"
        for name in ("one", "other")
    ]
    ids = open_accounts(specs)
    accounts = [ids[spec.key] for spec in specs]
    for _ in range(5):
        write_some(dice, accounts, 8)
        seal_all()
    taken = json.loads(json.dumps(heads()))
    chains = {
        name: [
            line
            for (line,) in rows(
                "select unnest(s.lines) from posting_seal s join posting_chain c on c.id = s.chain_id"
                " where c.name = %s order by s.block",
                name,
            )
        ]
        for name in taken
    }
    be("heliu")
    yield Ledger(taken, chains, accounts)
    be("heliu_web")


def tampered(
    ledger: Ledger, statements: list[tuple[str, list[Any]]], kept: bool = True
) -> list[Finding]:
    """What is found after statements that no trigger or constraint stopped; all undone afterwards."""
    with transaction.atomic():
        rows("set local session_replication_role = replica")
        for sql, parameters in statements:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                assert cursor.rowcount > 0
        found = verify(ledger.heads if kept else None)
        transaction.set_rollback(True)
    return found


LINE = {
    "amount": "amount + 1",
    "account_id": "account_id + 1",
    "hold": "gen_random_uuid()",
    "effective": "effective + 1",
    "org": "gen_random_uuid()",
    "other": "gen_random_uuid()",
    "transaction": "transaction - 1",
    "chain_id": "(select max(id) from posting_chain) + 1",
    "journal_id": "gen_random_uuid()",
}
JOURNAL = {
    "key": "key || 'x'",
    "kind": "'other'",
    "effective": "effective + 1",
    "subject": "gen_random_uuid()",
    "reverses": "gen_random_uuid()",
    "content": "sha256(content)",
    "at": "at + interval '1 second'",
}


def test_what_was_not_touched_verifies(ledger: Ledger) -> None:
    assert verify() == verify(ledger.heads) == check() == []
    assert {head["block"] for head in ledger.heads.values()} == {5}
    assert sum(head["lines"] for head in ledger.heads.values()) == 5 * 8 * 4


def test_two_hundred_tamperings_are_found_by_chain_and_line(ledger: Ledger) -> None:
    dice = Random(20261102)
    for n in range(200):
        chain = dice.choice(sorted(ledger.chains))
        lines = ledger.chains[chain]
        place = dice.randrange(len(lines))
        line = lines[place]
        match n % 4:
            case 0:
                column = dice.choice(sorted(LINE))
                change = f"update posting_line set {column} = {LINE[column]} where id = %s"
                statements = [(change, [line])]
                kind = "altered"
            case 1:
                column = dice.choice(sorted(JOURNAL))
                change = (
                    f"update posting_journal set {column} = {JOURNAL[column]}"
                    " where id = (select journal_id from posting_line where id = %s)"
                )
                statements = [(change, [line])]
                journal = rows("select journal_id from posting_line where id = %s", line)[0][0]
                siblings = rows("select id from posting_line where journal_id = %s", journal)
                place = min(lines.index(s) for (s,) in siblings if s in lines)
                kind = "altered"
            case 2:
                statements = [("delete from posting_line where id = %s", [line])]
                kind = "truncated" if place == len(lines) - 1 else "missing"
            case _:
                statements = [("delete from posting_line where id = any(%s)", [lines[place:]])]
                kind = "truncated"
        for kept in (True, False):
            found = {f.chain: f for f in tampered(ledger, statements, kept)}
            assert found[chain] == (chain, lines[place], place + 1, kind), (n, statements)
            assert len(found) == (2 if n % 4 == 1 else 1)
    assert verify(ledger.heads) == []


def test_an_account_cannot_change_its_meaning(ledger: Ledger) -> None:
    account = ledger.accounts[0]
    mine = {line for (line,) in rows("select id from posting_line where account_id = %s", account)}
    first = next(line for line in ledger.chains["book:a"] if line in mine)
    for column in ("key", "balance_group", "unit"):
        change = f"update posting_account set {column} = 'x' where id = %s"
        (finding,) = tampered(ledger, [(change, [account])])
        assert (finding.chain, finding.line, finding.kind) == ("book:a", first, "altered")


def test_a_tail_cut_off_with_its_seals_is_found_by_the_heads_kept(ledger: Ledger) -> None:
    """The whole last two blocks go, and the chain's own row is set back to match."""
    chain, lines = "book:b", ledger.chains["book:b"]
    one = "(select id from posting_chain where name = 'book:b')"
    left = rows(
        f"select sum(cardinality(lines)) from posting_seal where chain_id = {one} and block <= 3"
    )
    cut = [
        ("delete from posting_line where id = any(%s)", [lines[left[0][0] :]]),
        (f"delete from posting_seal where chain_id = {one} and block > 3", []),
        (
            f"""update posting_chain c set blocks = 3, lines = %s, hash = s.hash,
                last_line = s.lines[cardinality(s.lines)], sealed_to = 0
                from posting_seal s where s.chain_id = c.id and c.id = {one} and s.block = 3""",
            [left[0][0]],
        ),
    ]
    assert tampered(ledger, cut, kept=False) == []  # nothing inside can tell
    assert tampered(ledger, cut) == [(chain, lines[-1], left[0][0] + 1, "truncated")]
    # Without setting the row back, even the database itself tells.
    assert tampered(ledger, cut[:2], kept=False) == [
        (chain, lines[-1], left[0][0] + 1, "truncated")
    ]


def test_a_chain_that_is_gone_is_found(ledger: Ledger) -> None:
    gone = [
        (
            "delete from posting_line l using posting_chain c where c.id = l.chain_id and c.name = 'book:c'",
            [],
        ),
        (
            "delete from posting_seal s using posting_chain c where c.id = s.chain_id and c.name = 'book:c'",
            [],
        ),
        ("delete from posting_chain where name = 'book:c'", []),
    ]
    assert tampered(ledger, gone) == [("book:c", ledger.chains["book:c"][-1], 1, "truncated")]


def test_a_line_put_in_afterwards_is_found(ledger: Ledger) -> None:
    forged = """insert into posting_line (journal_id, account_id, amount, effective, org, chain_id, transaction)
        select journal_id, account_id, 1, effective, org, chain_id, transaction from posting_line where id = %s
        """
    (finding,) = tampered(ledger, [(forged, [ledger.chains["book:a"][3]])])
    assert (finding.chain, finding.kind) == ("book:a", "added")


def test_a_line_put_in_behind_a_quiet_chain_is_found(ledger: Ledger) -> None:
    """Newer than its chain's last seal and older than another's: no sealer comes by there again."""
    lines = ledger.chains["book:a"]
    back = (
        "update posting_chain set sealed_to = (select min(transaction) from posting_line)"
        " where name = 'book:a'",
        [],
    )
    forged = """insert into posting_line (journal_id, account_id, amount, effective, org, chain_id, transaction)
        select journal_id, account_id, 1, effective, org, chain_id, transaction from posting_line where id = %s
        """
    (finding,) = tampered(ledger, [back, (forged, [lines[-1]])], kept=False)
    assert (finding.chain, finding.position, finding.kind) == ("book:a", len(lines) + 1, "added")


def test_a_block_taken_from_the_middle_is_found(ledger: Ledger) -> None:
    """At the one that follows it; what it sealed would be found too, were it not gone with it."""
    one = "(select id from posting_chain where name = 'book:a')"
    sealed = rows(f"select lines from posting_seal where chain_id = {one} and block = 3")[0][0]
    after = rows(f"select lines[1] from posting_seal where chain_id = {one} and block = 4")[0][0]
    place = ledger.chains["book:a"].index(sealed[0]) + 1
    gone = [
        (f"delete from posting_seal where chain_id = {one} and block = 3", []),
        ("delete from posting_line where id = any(%s)", [sealed]),
    ]
    assert tampered(ledger, gone) == [("book:a", after, place, "rewritten")]
    first = [(f"delete from posting_seal where chain_id = {one} and block < 3", []), *gone[:1]]
    (finding,) = tampered(ledger, first, kept=False)
    assert (finding.chain, finding.line, finding.kind) == ("book:a", after, "rewritten")


def test_rewritten_seals_are_found(ledger: Ledger) -> None:
    """Somebody who alters a line and its leaf, and then also every hash up to the chain's row."""
    one = "(select id from posting_chain where name = 'book:a')"
    lines = ledger.chains["book:a"]
    victim = rows(f"select lines[1] from posting_seal where chain_id = {one} and block = 3")[0][0]
    alter = ("update posting_line set amount = amount + 1 where id = %s", [victim])
    leaf = (
        f"""update posting_seal s set leaves[1] = posting_leaf(l, j, k)
            from posting_line l join posting_journal j on j.id = l.journal_id
            join posting_account k on k.id = l.account_id
            where l.id = s.lines[1] and s.chain_id = {one} and s.block = 3""",
        [],
    )
    place = lines.index(victim) + 1
    assert tampered(ledger, [alter, leaf]) == [("book:a", victim, place, "rewritten")]
    anew = [
        (
            f"""update posting_seal s set before = coalesce((select hash from posting_seal p
                    where p.chain_id = s.chain_id and p.block = s.block - 1), '')
                where s.chain_id = {one} and s.block = {block}""",
            [],
        )
        if step == 0
        else (
            f"""update posting_seal s set hash = posting_block(before, block, lines, leaves)
                where s.chain_id = {one} and s.block = {block}""",
            [],
        )
        for block in (3, 4, 5)
        for step in (0, 1)
    ]
    row = (
        f"""update posting_chain c set hash = s.hash from posting_seal s
            where c.id = {one} and s.chain_id = c.id and s.block = 5""",
        [],
    )
    complete = [alter, leaf, *anew, row]
    assert tampered(ledger, complete, kept=False) == []
    assert tampered(ledger, complete) == [("book:a", lines[-1], len(lines), "rewritten")]


def test_the_ledger_grows_on_from_heads_kept_earlier(ledger: Ledger) -> None:
    be("heliu_worker")
    write_some(Random(3), ledger.accounts, 4)
    assert verify(ledger.heads) == []
    assert seal_all() == 16
    assert verify(ledger.heads) == verify(heads()) == []


def test_lines_are_folded_as_they_are_sealed_and_read_the_same(ledger: Ledger) -> None:
    be("heliu_worker")
    account = ledger.accounts[0]
    folded = rows("select posted, folded_to from posting_account where id = %s", account)[0]
    assert (
        folded[0]
        == rows("select sum(amount) from posting_line where account_id = %s", account)[0][0]
    )
    assert folded[1] > 0
    write_some(Random(4), ledger.accounts, 20)
    summed = dict(rows("select account_id, sum(amount) from posting_line group by 1"))
    assert {a: b.posted for a, b in balances(ledger.accounts).items()} == summed
    seal_all()
    assert {a: b.posted for a, b in balances(ledger.accounts).items()} == summed
    assert check() == []


def test_nothing_of_a_running_transaction_is_sealed_and_nothing_is_left_behind(own_db: str) -> None:
    """A slow writer's lines have smaller ids than a quick one's, yet come into a later block."""
    be("heliu_worker")
    ids = open_accounts(
        [AccountSpec(f"slow:{n}", "slow", "slow", "CNY", new_id()) for n in range(2)]
    )
    one, other = ids["slow:0"], ids["slow:1"]
    host = connection.settings_dict["HOST"]
    with psycopg.connect(host=host, user="heliu_worker", dbname=own_db) as slow:
        slow.execute("select pg_current_xact_id()")
        post(
            [Journal(new_id(), "quick", "t", (Line(one, 5), Line(other, -5)), DAY, new_id())], at=AT
        )
        assert seal(AT) == 0
        assert balances([one])[one].posted == 5
        slow.commit()
    assert seal_all() == 2
    assert verify(heads()) == check() == []


def test_a_writer_that_is_overtaken_or_seals_itself_loses_nothing(own_db: str) -> None:
    be("heliu_worker")
    ids = open_accounts([AccountSpec(f"w:{n}", "w", "w", "CNY", new_id()) for n in range(2)])
    one, other = ids["w:0"], ids["w:1"]

    def write(key: str) -> None:
        post([Journal(new_id(), key, "t", (Line(one, 5), Line(other, -5)), DAY, new_id())], at=AT)

    write("before")
    host = connection.settings_dict["HOST"]
    with psycopg.connect(host=host, user="heliu_worker", dbname=own_db, autocommit=True) as sealer:
        with transaction.atomic():
            write("meanwhile")
            # Up to this very transaction, and not one further.
            assert sealer.execute("select posting_seal(%s)", [AT]).fetchone() == (2,)
            assert balances([one])[one].posted == 10
        assert seal_all() == 2
        with transaction.atomic():
            write("own")
            sealer.execute("select pg_current_xact_id()")  # a later one that is over already
            assert seal(AT) == 0
            write("own again")
    assert balances([one])[one].posted == 20
    assert seal_all() == 4
    assert balances([one])[one].posted == 20
    assert verify(heads()) == check() == []


def test_transactions_of_other_databases_hold_nothing_up(own_db: str) -> None:
    be("heliu_worker")
    ids = open_accounts([AccountSpec(f"o:{n}", "o", "o", "CNY", new_id()) for n in range(2)])
    host = connection.settings_dict["HOST"]
    with psycopg.connect(host=host, user="heliu_worker", dbname="postgres") as elsewhere:
        elsewhere.execute("select pg_current_xact_id()")
        lines = Line(ids["o:0"], 5), Line(ids["o:1"], -5)
        post([Journal(new_id(), "o", "t", lines, DAY, new_id())], at=AT)
        assert seal_all() == 2


LAWS = {
    "A journal sums to zero": "update posting_line set amount = amount + 1 where id = %s",
    "A balance is the sum": "update posting_account set posted = posted + 1 where id = (select account_id from posting_line where id = %s)",
    "What is held": "update posting_account set held_in = 1 where id = (select account_id from posting_line where id = %s)",
    "A line has its journal": "update posting_line set org = gen_random_uuid() where id = %s",
    "A journal has lines": "delete from posting_line where journal_id = (select journal_id from posting_line where id = %s)",
    "A line posts a hold": "update posting_line set hold = gen_random_uuid() where id = %s",
    "A reversal reverses": "update posting_journal set reverses = gen_random_uuid() where id = (select journal_id from posting_line where id = %s)",
    "Transactions are numbered": "update posting_line set transaction = 10::bigint ^ 17 where id = %s",
}


def test_a_broken_law_is_named(ledger: Ledger) -> None:
    for law, deed in LAWS.items():
        with transaction.atomic():
            rows("set local session_replication_role = replica")
            rows(deed, ledger.chains["book:a"][3])
            assert any(broken.startswith(law) for broken in check()), law
            transaction.set_rollback(True)
        assert check() == []


def test_a_hold_that_its_lines_do_not_explain_is_named(own_db: str) -> None:
    be("heliu_worker")
    account = open_accounts([AccountSpec("cap", "c", "c", "CNY", new_id(), ceiling=10)])["cap"]
    post(holds=[NewHold(new_id(), account, 5, new_id())], at=AT)
    be("heliu")
    with transaction.atomic():
        rows("set local session_replication_role = replica")
        rows("update posting_hold set posted = 1")
        assert [law.split(":")[0] for law in check()] == [
            "A hold is posted by its lines",
            "What is held is the sum of the open holds",
        ]
        transaction.set_rollback(True)


def test_even_the_owner_does_not_rewrite(own_db: str) -> None:
    be("heliu_owner")
    for table in ("line", "journal", "seal"):
        for deed in (
            "update posting_{} set id = id",
            "delete from posting_{}",
            "truncate posting_{} cascade",
        ):
            with pytest.raises(Error, match="written once"):
                rows(deed.format(table))
