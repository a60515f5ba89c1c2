"""ISO 20022 files: what goes out, what comes in, and what is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from tests.capital.test_bank import AT, SYSTEM, Town
from tests.config.test_cli import heliu
from tests.people import organization

from heliu.capital.bank import operations, queries
from heliu.capital.bank.files import reading
from heliu.capital.bank.files.adapter import folders
from heliu.capital.bank.files.folders import Folders
from heliu.capital.bank.files.pain001 import NAMESPACE
from heliu.capital.bank.models import (
    BankAccount,
    BankNotice,
    InstructionStatus,
    PaymentInstruction,
    Verdict,
)
from heliu.capital.bank.port import BankTimeout, Order, Outcome, current_bank
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.ids import new_id

DAY = day_of(AT)
URN = "urn:iso:std:iso:20022:tech:xsd"
FILES = "heliu.capital.bank.files"


@pytest.fixture
def town(db: None, as_worker, settings, tmp_path: Path) -> Iterator[Town]:
    """The town of the sandbox, whose bank is spoken with by files from now on."""
    settings.HELIU_BANK_FILES = tmp_path
    with as_worker():
        town = Town()
        settings.HELIU_BANK = FILES
        yield town


def comes(content: str, name: str = "a.xml") -> None:
    """The bank's line brings a file."""
    folders().bring(name, content.encode())


def hear(town: Town, django_capture_on_commit_callbacks) -> int:
    """The worker fetches and applies; what a commit leads to is done."""
    with django_capture_on_commit_callbacks(execute=True):
        operations.collect(AT)
    return operations.apply_notices(AT, town.hear)


def sent(town: Town, amount: int = 200_00, key: str = "") -> PaymentInstruction:
    return operations.send(town.instruct("DEPOSIT", amount, key=key), at=AT)


def lies_in(folder: str) -> list[str]:
    return sorted(file.name for file in (folders().root / folder).glob("*"))


def pain002(
    payment: PaymentInstruction,
    status: str,
    *,
    reason: str = "",
    names: str | None = None,
    version: str = "10",
) -> str:
    names = names if names is not None else f"<OrgnlInstrId>{payment.pk.hex}</OrgnlInstrId>"
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{URN}:pain.002.001.{version}">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-25T10:00:00+08:00</CreDtTm>"
        "</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>other</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        f"<OrgnlPmtInfId>x</OrgnlPmtInfId><TxInfAndSts>{names}<TxSts>{status}</TxSts>{why}"
        "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )


def entry(
    amount: str,
    direction: str,
    *,
    names: str = "",
    other: str = "",
    status: str = "<Cd>BOOK</Cd>",
    extra: str = "",
    id: str = "E1",
) -> str:
    side = "DbtrAcct" if direction == "CRDT" else "CdtrAcct"
    party = f"<RltdPties><{side}><Id><Othr><Id>{other}</Id></Othr></Id></{side}></RltdPties>"
    return (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{extra}'
        f"<Sts>{status}</Sts><BookgDt><Dt>{DAY}</Dt></BookgDt><AcctSvcrRef>{id}</AcctSvcrRef>"
        f"<BkTxCd></BkTxCd><NtryDtls><TxDtls><Refs>{names}</Refs>{party if other else ''}</TxDtls></NtryDtls></Ntry>"
    )


def camt(kind: str, number: str, entries: str, *, balances: str = "", version: str = "08") -> str:
    outer, inner = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    return (
        f'<Document xmlns="{URN}:camt.{kind}.001.{version}"><{outer}><GrpHdr><MsgId>M1</MsgId>'
        f"<CreDtTm>2026-11-25T18:00:00</CreDtTm></GrpHdr><{inner}><Id>S1</Id>"
        f"<CreDtTm>2026-11-25T18:00:00</CreDtTm><Acct><Id><Othr><Id>{number}</Id></Othr></Id></Acct>{balances}{entries}</{inner}></{outer}></Document>"
    )


def balance(kind: str, amount: str, direction: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Dt><Dt>{DAY}</Dt></Dt></Bal>"
    )


def instr_id(payment: PaymentInstruction) -> str:
    return f"<InstrId>{payment.pk.hex}</InstrId>"


# --- out


def test_an_order_goes_out_as_pain_001_once(town: Town) -> None:
    payment = sent(town, 1_234_05)
    assert payment.status == InstructionStatus.SENT
    name = f"{payment.number}-{payment.pk.hex}.xml"
    assert lies_in("out") == [name]
    root = fromstring((folders().root / "out" / name).read_bytes())
    at = {element.tag.removeprefix(f"{{{NAMESPACE}}}"): element for element in root.iter()}
    assert root.tag == f"{{{NAMESPACE}}}Document"
    assert (at["InstrId"].text, at["EndToEndId"].text) == (payment.pk.hex, payment.number)
    assert (at["InstdAmt"].text, at["InstdAmt"].get("Ccy")) == ("1234.05", "CNY")
    assert (at["CtrlSum"].text, at["NbOfTxs"].text) == ("1234.05", "1")
    space = {"p": NAMESPACE}
    accounts = [
        root.findtext(f".//p:{side}/p:Id/p:Othr/p:Id", namespaces=space)
        for side in ("DbtrAcct", "CdtrAcct")
    ]
    assert accounts == [payment.from_number, payment.to_number]
    # Carried away and handed over again, it does not go out a second time.
    (folders().root / "out" / name).unlink()
    operations.send(payment, at=AT)
    assert lies_in("out") == []
    assert current_bank().status(payment.pk).outcome == Outcome.PENDING
    assert current_bank().status(new_id()).outcome == Outcome.NEVER_SEEN


def test_the_parties_are_called_by_name(town: Town) -> None:
    seller = organization("haitang", "SELLER")
    account = BankAccount.objects.create(
        org=seller.pk, bank=town.lender, kind="CURRENT", number="6228X", entered_at=AT
    )
    payment = sent(town)
    order = Order(
        new_id(), "DEPOSIT", account.number, payment.to_number, 1, town.deal, number="PY-X"
    )
    current_bank().submit(order, AT)
    (file,) = (folders().root / "out").glob("PY-X-*.xml")
    assert f"<Nm>{seller.name}</Nm>" in file.read_text()


@pytest.mark.parametrize("cut_after", ["written", "kept", "carried"])
def test_an_order_that_was_cut_off_gets_there_once(tmp_path: Path, cut_after: str) -> None:
    order, box = new_id(), Folders(tmp_path)
    box.hand_over(order, "a.xml", b"order")
    out, kept = tmp_path / "out", tmp_path / "sent" / f"{order.hex}.xml"
    if cut_after != "carried":
        (out / "a.xml").rename(out / ".a.xml")
    if cut_after == "written":
        kept.unlink()
    if cut_after == "carried":
        (out / "a.xml").unlink()
    box.hand_over(order, "a.xml", b"order")
    assert kept.read_bytes() == b"order"
    assert [file.name for file in out.iterdir()] == ([] if cut_after == "carried" else ["a.xml"])


# --- in


@pytest.mark.parametrize("version", ["03", "10", "14"])
def test_a_status_report_books_or_rejects(
    town: Town, version: str, django_capture_on_commit_callbacks
) -> None:
    one, other, waits = (sent(town, key=key) for key in "abc")
    comes(pain002(one, "ACSC", version=version), "1.xml")
    comes(pain002(other, "RJCT", reason="AM04", version=version), "2.xml")
    comes(pain002(waits, "ACSP", version=version), "3.xml")
    assert hear(town, django_capture_on_commit_callbacks) == 2
    assert lies_in("done") == ["1.xml", "2.xml", "3.xml"]
    assert lies_in("in") == []
    for payment in (one, other, waits):
        payment.refresh_from_db()
    assert (one.status, other.status, other.reason) == ("BOOKED", "REJECTED", "AM04")
    assert one.booked_on == day_of(datetime(2026, 11, 25, 2, tzinfo=UTC))
    assert waits.status == "SENT"


def test_names_are_matched_in_their_order(town: Town, django_capture_on_commit_callbacks) -> None:
    by_id, by_number, by_file = (sent(town, key=key) for key in "abc")
    end = f"<OrgnlEndToEndId>{by_file.number}</OrgnlEndToEndId>"
    comes(
        pain002(by_id, "ACSC", names=f"<OrgnlInstrId>{by_id.pk.hex.upper()}</OrgnlInstrId>{end}"),
        "1.xml",
    )
    names = f"<OrgnlInstrId>?</OrgnlInstrId><OrgnlEndToEndId>{by_number.number}</OrgnlEndToEndId>"
    comes(pain002(by_number, "ACSC", names=names), "2.xml")
    whole = pain002(by_file, "ACSC").replace("other", by_file.pk.hex)
    whole = whole.replace("</OrgnlGrpInfAndSts>", "<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>")
    head, tail = whole.split("<OrgnlPmtInfAndSts>")[0], whole.split("</OrgnlPmtInfAndSts>")[1]
    comes(head + tail, "3.xml")
    assert hear(town, django_capture_on_commit_callbacks) == 3
    for payment in (by_id, by_number, by_file):
        payment.refresh_from_db()
    assert [one.status for one in (by_id, by_number, by_file)] == ["BOOKED", "BOOKED", "REJECTED"]


@pytest.mark.parametrize(("version", "status"), [("02", "BOOK"), ("08", "<Cd>BOOK</Cd>")])
def test_a_booking_notice_books_and_said_again_changes_nothing(
    town: Town, version: str, status: str, django_capture_on_commit_callbacks
) -> None:
    payment = sent(town)
    said = camt(
        "054", payment.from_number, version=version,
        entries=entry("200.00", "DBIT", names=instr_id(payment), status=status),
    )  # fmt: skip
    comes(said)
    assert hear(town, django_capture_on_commit_callbacks) == 1
    comes(said, "again.xml")
    assert hear(town, django_capture_on_commit_callbacks) == 0
    assert town.heard == [("DEPOSIT", "BOOKED")]
    assert BankNotice.objects.count() == 1
    # The other end of it says the same.
    end = entry("200.00", "CRDT", names=instr_id(payment), status=status, id="E2")
    comes(camt("054", payment.to_number, end, version=version), "end.xml")
    assert hear(town, django_capture_on_commit_callbacks) == 0
    assert [one.status for one in BankNotice.objects.order_by("pk")] == ["APPLIED", "REPEATED"]


RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"


@pytest.mark.parametrize(
    ("extra", "inner"), [("<RvslInd>true</RvslInd>", ""), ("", RETURNED), ("", "")]
)
@pytest.mark.parametrize("was_booked", [True, False])
def test_money_that_comes_back_was_not_paid(
    town: Town, extra: str, inner: str, was_booked: bool, django_capture_on_commit_callbacks
) -> None:
    payment = sent(town)
    if was_booked:
        comes(pain002(payment, "ACSC"), "1.xml")
        hear(town, django_capture_on_commit_callbacks)
    back = entry("200.00", "CRDT", names=instr_id(payment), extra=extra)
    back = back.replace("</TxDtls>", f"{inner}</TxDtls>")
    comes(camt("054", payment.from_number, back), "2.xml")
    hear(town, django_capture_on_commit_callbacks)
    payment.refresh_from_db()
    flagged = [one.status for one in queries.flagged_notices(SYSTEM)]
    assert (payment.status, flagged) == (
        ("BOOKED", ["CONFLICT"]) if was_booked else ("REJECTED", [])
    )
    assert payment.reason == ("" if was_booked or not inner else "AC04")


def test_what_is_of_no_payment_of_ours_waits_for_a_person(
    town: Town, django_capture_on_commit_callbacks
) -> None:
    names = "<InstrId>NOTPROVIDED</InstrId><EndToEndId>RENT-11</EndToEndId>"
    comes(camt("054", "6228", entry("7.00", "CRDT", names=names)))
    assert hear(town, django_capture_on_commit_callbacks) == 0
    (waits,) = queries.flagged_notices(SYSTEM)
    assert (waits.status, waits.amount, waits.received_at) == ("UNMATCHED", 7_00, AT)


def test_a_statement_is_compared_like_any_other(
    town: Town, django_capture_on_commit_callbacks
) -> None:
    payment = sent(town, 200_00)
    account = BankAccount.objects.get(number=payment.from_number)
    with pytest.raises(BankTimeout):
        operations.reconcile(account, DAY, AT)
    assert operations.reconcile_day(DAY, AT) == []
    booked = entry("200.00", "DBIT", names=instr_id(payment), other=payment.to_number)
    foreign = entry("7.00", "CRDT", names="<EndToEndId>RENT-11</EndToEndId>", id="E9")
    balances = balance("OPBD", "500.00") + balance("CLBD", "307.00")
    comes(camt("053", account.number, booked + foreign, balances=balances))
    assert hear(town, django_capture_on_commit_callbacks) == 1
    statement = operations.reconcile(account, DAY, AT)
    assert (statement.opening, statement.closing, statement.is_tied) == (500_00, 307_00, False)
    rows = [(line.entry, line.theirs, line.verdict) for line in statement.lines.all()]
    assert rows == [("E1", -200_00, Verdict.MATCHED), ("E9", 7_00, Verdict.MISSING_IN_BOOK)]


def test_a_collected_entry_is_read_in_its_parts(
    town: Town, django_capture_on_commit_callbacks
) -> None:
    one, other = sent(town, 1_00, "a"), sent(town, 2_50, "b")
    parts = "".join(
        f"<TxDtls><Refs>{instr_id(payment)}</Refs>"
        f'<AmtDtls><TxAmt><Amt Ccy="CNY">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'
        for payment, amount in ((one, "1.00"), (other, "2.5"))
    )
    whole = entry("3.50", "DBIT").split("<NtryDtls>")[0] + f"<NtryDtls>{parts}</NtryDtls></Ntry>"
    comes(camt("054", one.from_number, whole))
    assert hear(town, django_capture_on_commit_callbacks) == 2
    message = reading.read(camt("054", "1", whole.replace("2.5<", "2.49<")).encode())
    assert message.reports == []  # parts that do not make the whole name nobody's amount


GOOD = camt("053", "1", entry("1.00", "CRDT"), balances=balance("OPBD", "0") + balance("CLBD", "1"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no element found"),
        ("no file of a bank", "syntax error"),
        (GOOD[:-20], "unclosed token"),
        (GOOD.replace("camt.053", "camt.052"), "none of pain.002"),
        (GOOD.replace('Ccy="CNY"', 'Ccy="EUR"'), "'EUR'"),
        (GOOD.replace(">1.00<", ">1.005<"), "'1.005' is no amount"),
        (GOOD.replace(">1.00<", ">-1.00<"), "'-1.00' is no amount"),
        (GOOD.replace(">1.00<", ">NaN<"), "'NaN' is no amount"),
        (GOOD.replace(">1.00<", ">2.00<"), "do not make its closing balance"),
        (GOOD.replace("CLBD", "CLAV"), "the balance CLBD is missing"),
        (GOOD.replace(f"<Dt>{DAY}</Dt>", "<Dt>soon</Dt>"), "'soon' is no day"),
        (GOOD.replace("CRDT", "UP"), "CdtDbtInd is 'UP'"),
        (GOOD.replace("<Acct>", "<Acc>").replace("</Acct>", "</Acc>"), "Stmt/Acct is missing"),
        (GOOD.replace("Stmt>", "Statement>"), "is missing"),
        (
            '<!DOCTYPE d [<!ENTITY a "aaaa">]>' + GOOD.replace("S1", "&a;"),
            "defines a document type",
        ),
        (
            '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + GOOD.replace("S1", "&a;"),
            "defines a document type",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_laid_aside_with_its_reason(
    town: Town, content: str, why: str, django_capture_on_commit_callbacks
) -> None:
    assert reading.read(GOOD.encode()).days[0].closing == 1_00
    comes(content)
    comes(GOOD, "good.xml")
    hear(town, django_capture_on_commit_callbacks)
    assert lies_in("refused") == ["a.xml", "a.xml.why.txt"]
    assert lies_in("done") == ["good.xml"]
    assert why in (folders().root / "refused" / "a.xml.why.txt").read_text()


def test_a_report_of_nothing_we_know_without_an_amount_is_laid_aside(
    town: Town, django_capture_on_commit_callbacks
) -> None:
    payment = sent(town)
    comes(pain002(payment, "ACSC", names="<OrgnlInstrId>stranger</OrgnlInstrId>"))
    assert hear(town, django_capture_on_commit_callbacks) == 0
    assert "stranger" in (folders().root / "refused" / "a.xml.why.txt").read_text()


def test_a_file_that_was_not_kept_comes_again(town: Town, monkeypatch) -> None:
    payment = sent(town)
    comes(pain002(payment, "ACSC"))

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(operations, "store_notice", breaks)
    with pytest.raises(RuntimeError):
        operations.collect(AT)
    assert lies_in("in") == ["a.xml"]


def test_a_file_that_is_still_written_waits(town: Town) -> None:
    (folders().root / "in").mkdir(parents=True)
    (folders().root / "in" / ".a.xml").write_text("<Docu")
    assert operations.collect(AT + timedelta(hours=1)) == 0
    assert lies_in("in") == [".a.xml"]


def test_accounts_are_opened_by_hand(town: Town) -> None:
    with pytest.raises(Refused, match="account-by-hand"):
        operations.open_supervised(dealer=new_id(), lender=town.lender, actor=SYSTEM, at=AT)


def test_the_command_tells_what_lies_there_and_what_files_say(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_text(GOOD)
    bad.write_text(GOOD[:-20])

    def tell(*arguments: str) -> tuple[int, str]:
        done = heliu(tmp_path, "bank-files", *arguments, HELIU_BANK_FILES=str(tmp_path / "bank"))
        return done.returncode, done.stdout

    status, said = tell(str(good), str(bad))
    day = f"{good}: camt.053\n  …1 on {DAY}: 1 entries\n  0 payments booked, 0 refused\n"
    assert (status, said.startswith(day)) == (1, True)
    assert "cannot be understood: unclosed token" in said
    box = Folders(tmp_path / "bank")
    box.hand_over(new_id(), "a.xml", b"order")
    box.bring("b.xml", b"?")
    box.bring("c.xml", b"?")
    box.refuse(box.root / "in" / "b.xml", "no sense")
    lies = f"{box.root}: 1 to be carried to the bank, 1 came\n"
    assert tell() == (1, f"{lies}  refused b.xml: no sense\n")


def test_reading_says_what_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(b"<x/>")
    assert refused.value.code == "bank-file-unreadable"
