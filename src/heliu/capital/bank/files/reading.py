"""Reading pain.002, camt.053 and camt.054, whatever their version; one refusal for all trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from heliu.capital.bank.files.messages import AccountDay, Entry, Message, Names, Report
from heliu.kernel.clock import ZONE
from heliu.kernel.errors import Invalid
from heliu.kernel.money import CURRENCY

NAMESPACE = re.compile(
    r"\{urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.053|camt\.054)\.001\.\d\d\}Document"
)
LARGEST = 20 * 1024 * 1024  # bytes
BOOKED = frozenset({"ACSC", "ACCC"})
REFUSED = frozenset({"RJCT", "CANC"})
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
NOT_PROVIDED = "NOTPROVIDED"


class Unfit(Exception):
    """Why a message cannot be understood."""


def read(raw: bytes) -> Message:
    """Understand a file, or raise `Invalid` (bank-file-unreadable) that says why it cannot be."""
    try:
        root = _parsed(raw)
        kind = NAMESPACE.fullmatch(root.tag)
        if kind is None:
            raise Unfit("it is none of pain.002, camt.053, camt.054")
        _forget_namespace(root)
        return READERS[kind[1]](root)
    except (Unfit, ParseError, expat.ExpatError, LookupError, ValueError) as error:
        raise Invalid(
            "bank-file-unreadable",
            "This file cannot be understood: %(why)s.",
            why=str(error),
        ) from error


def _parsed(raw: bytes) -> Element:
    """The file's tree. A file that defines entities is refused before anything is expanded."""
    if len(raw) > LARGEST:
        raise Unfit("it is too large")

    def refuse(*definition: object) -> None:
        raise Unfit("it defines a document type, as no message of a bank does")

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    guard.Parse(raw, True)
    return fromstring(raw)  # noqa: S314  what is dangerous about it was refused just now


def _forget_namespace(root: Element) -> None:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]


def _pain002(root: Element) -> Message:
    """CustomerPaymentStatusReport: of the whole file, or payment by payment."""
    report = _one(root, "CstmrPmtStsRpt")
    said = _text(report, "GrpHdr/MsgId")
    at = _moment(_text(report, "GrpHdr/CreDtTm"))
    group = _one(report, "OrgnlGrpInfAndSts")
    ordered = _text(group, "OrgnlMsgId")
    found = list(report.iterfind("OrgnlPmtInfAndSts/TxInfAndSts"))
    reports = [_status(one, f"{said}/{n}", ordered, at) for n, one in enumerate(found)]
    if not found and group.findtext("GrpSts"):
        names = Names(message=ordered)
        status, reason = _text(group, "GrpSts"), group.findtext("StsRsnInf/Rsn/Cd", "")
        reports = [_judged(f"{said}/group", names, status, reason, None, at)]
    return Message("pain.002", reports=[one for one in reports if one is not None])


def _status(one: Element, key: str, ordered: str, at: datetime) -> Report | None:
    names = Names(one.findtext("OrgnlInstrId", ""), one.findtext("OrgnlEndToEndId", ""), ordered)
    amount = one.find("OrgnlTxRef/Amt/InstdAmt")
    said = one.findtext("AccptncDtTm")
    return _judged(
        key,
        names,
        _text(one, "TxSts"),
        one.findtext("StsRsnInf/Rsn/Cd") or one.findtext("StsRsnInf/Rsn/Prtry") or "",
        None if amount is None else _amount(amount),
        _moment(said) if said else at,
    )


def _judged(
    key: str, names: Names, status: str, reason: str, amount: int | None, at: datetime
) -> Report | None:
    """A report of what is final; None while the payment is on its way (ACCP, ACSP, PDNG …)."""
    if status not in BOOKED | REFUSED:
        return None
    is_booked = status in BOOKED
    return _report("pain.002", key, names, is_booked, at, amount, "" if is_booked else reason)


def _camt053(root: Element) -> Message:
    """BankToCustomerStatement: days of accounts; what is booked there is reported too."""
    message = Message("camt.053")
    for statement in root.iterfind("BkToCstmrStmt/Stmt"):
        number, entries = _number(_one(statement, "Acct")), _entries(statement)
        opening, _ = _balance(statement, OPENING)
        closing, day = _balance(statement, CLOSING)
        if opening + sum(entry.amount for entry in entries) != closing:
            raise Unfit(f"opening and entries of …{number[-4:]} do not make its closing balance")
        message.days.append(AccountDay(number, day, opening, closing, tuple(entries)))
        message.reports.extend(_reported(message.kind, statement, entries))
    if not message.days:
        raise Unfit("BkToCstmrStmt/Stmt is missing")
    return message


def _camt054(root: Element) -> Message:
    """BankToCustomerDebitCreditNotification: what was booked just now."""
    message = Message("camt.054")
    for told in root.iterfind("BkToCstmrDbtCdtNtfctn/Ntfctn"):
        message.reports.extend(_reported(message.kind, told, _entries(told)))
    return message


def _entries(parent: Element) -> list[Entry]:
    """What is booked; what is only announced is left out."""
    return [
        entry
        for one in parent.iterfind("Ntry")
        if (one.findtext("Sts/Cd") or one.findtext("Sts") or "").strip() == "BOOK"
        for entry in _parts_of(one)
    ]


def _parts_of(one: Element) -> Iterator[Entry]:
    """An entry; a collected one as its parts, where they tell amounts that make the whole."""
    sign, at, total = _sign(one), _booked(one), _amount(_one(one, "Amt"))
    id = one.findtext("AcctSvcrRef") or one.findtext("NtryRef") or ""
    is_reversal = one.findtext("RvslInd", "").strip() in ("true", "1")
    parts = list(one.iterfind("NtryDtls/TxDtls"))
    amounts = [_part(part) or 0 for part in parts]
    if len(parts) == 1:
        amounts = [total]
    elif sum(amounts) != total:
        parts, amounts = [Element("TxDtls")], [total]
    for part, amount in zip(parts, amounts, strict=True):
        yield Entry(
            id=id[:40],
            names=_names(part),
            amount=sign * amount,
            counterparty=_counterparty(part, sign),
            at=at,
            is_back=is_reversal or part.find("RtrInf") is not None,
            reason=part.findtext("RtrInf/Rsn/Cd", ""),
        )


def _reported(kind: str, parent: Element, entries: list[Entry]) -> Iterator[Report]:
    """What the entries that name a payment say of it."""
    said, account = _text(parent, "Id"), _number(_one(parent, "Acct"))
    for n, entry in enumerate(entries):
        if entry.names == Names() or not entry.amount:
            continue
        where = f"{account}/{said}/{n}/{entry.id}/{entry.amount:+}"
        report = _report(
            kind, where, entry.names, not entry.is_back, entry.at, abs(entry.amount), entry.reason
        )
        yield replace(report, account=account, is_credit=entry.amount > 0)


def _names(part: Element) -> Names:
    said = (part.findtext(f"Refs/{tag}", "").strip() for tag in ("InstrId", "EndToEndId"))
    return Names(*("" if name == NOT_PROVIDED else name for name in said))


def _part(part: Element) -> int | None:
    amount = part.find("Amt")
    if amount is None:
        amount = part.find("AmtDtls/TxAmt/Amt")
    return None if amount is None else _amount(amount)


def _counterparty(part: Element, sign: int) -> str:
    """The account at the other end: of the payer when money came in."""
    account = part.find(f"RltdPties/{'DbtrAcct' if sign > 0 else 'CdtrAcct'}")
    return "" if account is None else _number(account)[:34]


def _balance(statement: Element, kinds: tuple[str, ...]) -> tuple[int, date]:
    for kind in kinds:
        for balance in statement.iterfind("Bal"):
            if balance.findtext("Tp/CdOrPrtry/Cd", "") == kind:
                moment = balance.findtext("Dt/Dt") or _text(balance, "Dt/DtTm")
                return _sign(balance) * _amount(_one(balance, "Amt")), _day(moment[:10])
    raise Unfit(f"the balance {kinds[0]} is missing")


def _booked(one: Element) -> datetime:
    if moment := one.findtext("BookgDt/DtTm"):
        return _moment(moment)
    return datetime.combine(_day(_text(one, "BookgDt/Dt")), time(12), ZONE)


def _sign(one: Element) -> int:
    match _text(one, "CdtDbtInd"):
        case "CRDT":
            return 1
        case "DBIT":
            return -1
        case other:
            raise Unfit(f"CdtDbtInd is {other!r}")


def _amount(element: Element) -> int:
    if element.get("Ccy") != CURRENCY:
        raise Unfit(f"an amount is in {element.get('Ccy')!r}")
    try:
        minor = Decimal((element.text or "").strip()) * 100
    except InvalidOperation as error:
        raise Unfit(f"{element.text!r} is no amount") from error
    if not minor.is_finite() or minor != int(minor) or not 0 <= minor < 2**63:
        raise Unfit(f"{element.text!r} is no amount")
    return int(minor)


def _number(account: Element) -> str:
    return (account.findtext("Id/IBAN") or _text(account, "Id/Othr/Id")).strip()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Unfit(f"{text!r} is no time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Unfit(f"{text!r} is no day") from error


def _one(parent: Element, path: str) -> Element:
    found = parent.find(path)
    if found is None:
        raise Unfit(f"{parent.tag}/{path} is missing")
    return found


def _text(parent: Element, path: str) -> str:
    text = (parent.findtext(path) or "").strip()
    if not text:
        raise Unfit(f"{parent.tag}/{path} is missing")
    return text


def _report(
    kind: str, where: str, names: Names, is_booked: bool, at: datetime, amount: int | None, why: str
) -> Report:
    """A report under a key that is the same whenever this is said in this place of this file."""
    said = f"{where}\n{names}\n{is_booked}\n{amount}\n{at}"
    key = f"{kind}-{sha256(said.encode()).hexdigest()[:40]}"
    return Report(key, names, is_booked, at, amount, why)


READERS = {"pain.002": _pain002, "camt.053": _camt053, "camt.054": _camt054}
