"""Writing a payment order as pain.001.001.09 (CustomerCreditTransferInitiation)."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from heliu.capital.bank.files.messages import Party
from heliu.capital.bank.port import Order
from heliu.kernel.clock import ZONE, day_of

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME = 140


def written(order: Order, at: datetime, *, payer: Party, payee: Party) -> bytes:
    """One order in one file, so that the bank can refuse it whole and nothing else with it."""
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(initiation, "GrpHdr")
    _say(header, "MsgId", order.id.hex)
    _say(header, "CreDtTm", at.astimezone(ZONE).isoformat(timespec="seconds"))
    _say(header, "NbOfTxs", "1")
    _say(header, "CtrlSum", decimal(order.amount))
    _say(header, "InitgPty/Nm", payer.name[:LONGEST_NAME])
    payment = SubElement(initiation, "PmtInf")
    _say(payment, "PmtInfId", order.id.hex)
    _say(payment, "PmtMtd", "TRF")
    _say(payment, "ReqdExctnDt/Dt", day_of(at).isoformat())
    _say(payment, "Dbtr/Nm", payer.name[:LONGEST_NAME])
    account = SubElement(payment, "DbtrAcct")
    _say(account, "Id/Othr/Id", payer.number)
    _say(account, "Ccy", order.currency)
    _say(payment, "DbtrAgt/FinInstnId/Nm", payer.bank[:LONGEST_NAME])
    transfer = SubElement(payment, "CdtTrfTxInf")
    named = SubElement(transfer, "PmtId")
    _say(named, "InstrId", order.id.hex)
    _say(named, "EndToEndId", order.number or order.id.hex)
    amount = _say(transfer, "Amt/InstdAmt", decimal(order.amount))
    amount.set("Ccy", order.currency)
    _say(transfer, "CdtrAgt/FinInstnId/Nm", payee.bank[:LONGEST_NAME])
    _say(transfer, "Cdtr/Nm", payee.name[:LONGEST_NAME])
    _say(transfer, "CdtrAcct/Id/Othr/Id", payee.number)
    _say(transfer, "RmtInf/Ustrd", f"{order.number} {order.purpose}".strip())
    indent(document)
    written: bytes = tostring(document, encoding="UTF-8", xml_declaration=True)
    return written


def decimal(minor: int) -> str:
    """Minor units as the standard writes them: 399869 is 3998.69."""
    return f"{minor // 100}.{minor % 100:02d}"


def _say(parent: Element, path: str, text: str) -> Element:
    """Add the elements of a path and write into the last."""
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.text = text
    return parent
