"""SAML 2.0: a question by redirect, and an answer that somebody's browser brings, signed.

Signatures, schema and times are the library's; what it lets pass when it is left out (audience,
recipient, the question that is answered) is wanted here. Nothing encrypted is taken, as the answer
comes over TLS, and our questions are not signed, as they say nothing that anybody could not say.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import quoteattr

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

from heliu.kernel.errors import Invalid
from heliu.kernel.sso.found import Found, Here, Said
from heliu.kernel.sso.port import unusable
from heliu.kernel.webhooks.policies import read_url

LARGEST = 200_000
MOST_CERTIFICATES = 8
AFTER = timedelta(hours=1)  # how long what has run out is kept, so that clocks may differ
STRONG = frozenset(
    {"https://refeds.org/profile/mfa", "http://schemas.microsoft.com/claims/multipleauthn"}
)
METHODS = "http://schemas.microsoft.com/claims/authnmethodsreferences"
ADDRESS = (
    "email",
    "mail",
    "emailAddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
NAME = (
    "name",
    "displayName",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
)
SIGNING = "./md:KeyDescriptor[not(@use='encryption')]/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
REDIRECT = f"./md:SingleSignOnService[@Binding='{Names.BINDING_HTTP_REDIRECT}']"
BEARER = "/samlp:Response/saml:Assertion/saml:Subject/saml:SubjectConfirmation"

log = structlog.get_logger()


class Metadata(NamedTuple):
    """What a provider's metadata say: its entity id, where it takes people, by which certificates
    (base64) it signs."""

    issuer: str
    address: str
    certificates: Sequence[str]


class Answer(NamedTuple):
    """A believed answer: its assertion's id, the question it answers, until when it would hold, and
    whom it names."""

    assertion: str
    request: str
    until: datetime
    said: Said


def read_metadata(text: str, *, entity: str = "") -> Metadata:
    """What metadata say of a provider; `entity` names which, where they tell of several. Raises
    `Invalid` (metadata-unusable, metadata-of-several, url-unusable)."""
    try:
        if len(text) > LARGEST:
            raise ValueError("too large")
        dom = Xml.to_etree(text.strip())
        told = {
            str(one.get("entityID", "")): one
            for one in Xml.query(dom, "//md:EntityDescriptor[md:IDPSSODescriptor]")
        }
    except Exception as error:  # whatever a parser has against it
        raise _not_metadata() from error
    if not entity and len(told) > 1:
        raise Invalid(
            "metadata-of-several",
            "These metadata tell of several providers.",
            help="Say which by its entity id.",
            field="entity",
        )
    issuer = entity or next(iter(told), "")
    if issuer not in told or not 0 < len(issuer) <= 300:
        raise _not_metadata()
    provider = Xml.query(told[issuer], "./md:IDPSSODescriptor")[0]
    where = [one.get("Location", "") for one in Xml.query(provider, REDIRECT)]
    signing = dict.fromkeys("".join(one.itertext()) for one in Xml.query(provider, SIGNING))
    certificates = [_certificate(one) for one in signing]
    if not where or not 0 < len(certificates) <= MOST_CERTIFICATES:
        raise _not_metadata()
    read_url(where[0])
    return Metadata(issuer, where[0], certificates)


class Certificate(NamedTuple):
    """A certificate for people: whose it says it is, its fingerprint, and its last day."""

    subject: str
    fingerprint: str
    ends: datetime


def shown(certificates: Sequence[str]) -> list[Certificate]:
    """Certificates as people compare them."""
    read = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in certificates]
    return [
        Certificate(
            one.subject.rfc4514_string(),
            one.fingerprint(SHA256()).hex(":").upper(),
            one.not_valid_after_utc,
        )
        for one in read
    ]


def own_metadata(here: Here) -> str:
    """What a provider is told of us: one answer, signed, brought to one address."""
    return (
        f'<md:EntityDescriptor xmlns:md="{Names.NS_MD}" entityID={quoteattr(here.entity)}>'
        '<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true"'
        f' protocolSupportEnumeration="{Names.NS_SAMLP}">'
        f"<md:NameIDFormat>{Names.NAMEID_PERSISTENT}</md:NameIDFormat>"
        f"<md:NameIDFormat>{Names.NAMEID_EMAIL_ADDRESS}</md:NameIDFormat>"
        f'<md:AssertionConsumerService Binding="{Names.BINDING_HTTP_POST}"'
        f' Location={quoteattr(here.answers)} index="1"/>'
        "</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def begin(found: Found, here: Here) -> tuple[str, dict[str, str]]:
    """Where to send somebody, and what is remembered until they are back."""
    question = OneLogin_Saml2_Authn_Request(_settings(found, here))
    asked = urlencode({"SAMLRequest": question.get_request()})
    joined = "&" if urlsplit(found.address).query else "?"
    return f"{found.address}{joined}{asked}", {"request": question.get_id()}


def hear(found: Found, here: Here, answer: str) -> Answer:
    """What a provider says by the answer that a browser brought. Raises `Refused` (sso-failed) for
    whatever is not signed by it, for us, now, in answer to a question."""
    try:
        if len(answer) > LARGEST:
            raise ValueError("too large")
        response = OneLogin_Saml2_Response(_settings(found, here), answer)
        response.is_valid(_as_asked(here), raise_exceptions=True)
        return _believed(response, here)
    except Exception as error:  # the library has no one kind of its own for what it refuses
        log.info("saml answer refused", house=str(found.org), why=str(error)[:200])
        raise unusable() from error


def _believed(response: Any, here: Here) -> Answer:
    """The same of an answer with one valid assertion. Raises `ValueError` for what is left out."""
    if here.entity not in response.get_audiences():
        raise ValueError("it names no audience")
    if response.document.get("Destination", here.answers) != here.answers:
        raise ValueError("it is for another address")
    request, until = _confirmed(response, here)
    if response.get_in_response_to() not in (None, request):
        raise ValueError("it answers two questions")
    who = response.get_nameid_data()
    subject = who["Value"].strip()
    if who.get("Format") == Names.NAMEID_TRANSIENT or not 0 < len(subject) <= 255:
        raise ValueError("it names nobody for good")
    attributes = response.get_attributes()
    contexts = {*response.get_authn_contexts(), *attributes.get(METHODS, ())}
    said = Said(
        subject,
        (_one(attributes, ADDRESS) or (subject if "@" in subject else "")).strip().lower()[:254],
        " ".join(_one(attributes, NAME).split())[:80],
        bool(STRONG & contexts),
    )
    return Answer(response.get_assertion_id(), request, until, said)


def _confirmed(response: Any, here: Here) -> tuple[str, datetime]:
    """The question that its bearer answers, here and until when. Raises `ValueError`."""
    for one in Xml.query(response.document, BEARER):
        data = Xml.query(one, "./saml:SubjectConfirmationData")
        if one.get("Method") != Names.CM_BEARER or not data:
            continue
        request, until = data[0].get("InResponseTo", ""), data[0].get("NotOnOrAfter")
        if data[0].get("Recipient") != here.answers or not request or not until:
            continue
        ends = datetime.fromtimestamp(OneLogin_Saml2_Utils.parse_SAML_to_time(until), UTC)
        if ends > datetime.now(UTC):
            return str(request)[:80], ends + AFTER
    raise ValueError("nobody is confirmed to be its bearer, here and now, as was asked")


def _one(attributes: Mapping[str, Sequence[Any]], names: Sequence[str]) -> str:
    """The only value of the first of these attributes that is there."""
    there = next((attributes[name] for name in names if attributes.get(name)), ())
    return there[0] if len(there) == 1 and isinstance(there[0], str) else ""


def _settings(found: Found, here: Here) -> Any:
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": here.entity,
                "assertionConsumerService": {"url": here.answers},
            },
            "idp": {
                "entityId": found.issuer,
                "singleSignOnService": {"url": found.address},
                "x509certMulti": {"signing": found.certificates.split()},
            },
            "security": {
                "wantAssertionsSigned": True,
                "wantAttributeStatement": False,
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": False,
                "allowSingleLabelDomains": True,
            },
        }
    )


def _as_asked(here: Here) -> dict[str, Any]:
    """The request as the library wants to be told of it: at our own address, whatever stands in
    between says."""
    parts = urlsplit(here.answers)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
    }


def _certificate(text: str) -> str:
    """A certificate in one line of base64. Raises `Invalid` for what is none."""
    kept = "".join(text.split())
    try:
        x509.load_der_x509_certificate(base64.b64decode(kept, validate=True))
    except ValueError as error:
        raise _not_metadata() from error
    return kept


def _not_metadata() -> Invalid:
    return Invalid(
        "metadata-unusable",
        "These are no metadata of a SAML 2.0 identity provider.",
        help="It needs an entity id, a sign-in by redirect, and a certificate that it signs by.",
        field="metadata",
    )
