"""An identity provider of SAML 2.0 for tests: a key and certificate of its own, metadata, and signed
answers to the questions it is asked, each as wrong as a test wants it (HERE in a value is where answers go)."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4
from xml.sax.saxutils import escape

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

ENTITY = "https://idp.example/saml"
SIGN_IN = "https://idp.example/saml/sign-in?tenant=7"
SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
NS = {"saml": SAML, "samlp": SAMLP, "ds": "http://www.w3.org/2000/09/xmldsig#"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@dataclass(frozen=True)
class Question:
    """What a question of ours asks."""

    id: str
    issuer: str
    answers: str


def asked(address: str) -> Question:
    """The question in an address that somebody is sent to."""
    [packed] = parse_qs(urlsplit(address).query)["SAMLRequest"]
    xml = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
    issuer = xml.findtext("saml:Issuer", namespaces=NS)
    return Question(xml.get("ID"), issuer.strip(), xml.get("AssertionConsumerServiceURL"))


def moment(minutes: float) -> str:
    """Some minutes from now, as SAML writes times."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Provider:
    """One provider; `entity` is what it calls itself."""

    entity: str = ENTITY
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        start = datetime.now(UTC) - timedelta(days=1)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
        made = made.public_key(self.key.public_key()).not_valid_before(start)
        return made.not_valid_after(start + timedelta(days=365)).sign(self.key, hashes.SHA256())

    @property
    def metadata(self) -> str:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return f"""<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{NS["ds"]}"><ds:X509Data><ds:X509Certificate>
{base64.encodebytes(der).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
 Location="{escape(SIGN_IN)}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""

    def document(self, question: Question, **wrong: str) -> etree._Element:
        """An answer that is not signed yet."""
        said = {
            "subject": "p-1",
            "format": PERSISTENT,
            "email": "",
            "name": "Clerk Chen",
            "context": PASSWORD,
            "audience": question.issuer,
            "recipient": question.answers,
            "destination": question.answers,
            "request": question.id,
            "issuer": self.entity,
            "starts": moment(-1),
            "ends": moment(5),
            "assertion": f"_a{uuid4().hex}",
            **{key: value for key, value in wrong.items() if key != "raw"},
        }
        kept = {key: escape(value.replace("HERE", question.answers)) for key, value in said.items()}
        kept["subject"] = wrong.get("raw", kept["subject"])
        audience = (
            "<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>"
            "</saml:AudienceRestriction>"
            if said["audience"]
            else ""
        )
        answers = ' InResponseTo="{request}"' if said["request"] else ""
        text = (
            f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_r{uuid4().hex}"'
            f' Version="2.0" IssueInstant="{moment(0)}" Destination="{{destination}}"{answers}>'
            "<saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode"
            ' Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f'<saml:Assertion ID="{{assertion}}" Version="2.0" IssueInstant="{moment(0)}">'
            "<saml:Issuer>{issuer}</saml:Issuer>"
            '<saml:Subject><saml:NameID Format="{format}">{subject}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData{answers} Recipient="{{recipient}}"'
            ' NotOnOrAfter="{ends}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{{starts}}" NotOnOrAfter="{{ends}}">{audience}'
            "</saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{moment(0)}"><saml:AuthnContext>'
            "<saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext>"
            "</saml:AuthnStatement><saml:AttributeStatement>"
            '<saml:Attribute Name="mail"><saml:AttributeValue>{email}</saml:AttributeValue>'
            '</saml:Attribute><saml:Attribute Name="displayName"><saml:AttributeValue>{name}'
            "</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"
            "</samlp:Response>"
        )
        return etree.fromstring(text.format(**kept))

    def sign(self, document: etree._Element, what: str = "saml:Assertion") -> etree._Element:
        """Sign the assertion, or the answer itself (`samlp:Response`)."""
        signed = document if what == "samlp:Response" else document.find(what, NS)
        node = xmlsec.template.create(
            signed, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds"
        )
        signed.find("saml:Issuer", NS).addnext(node)
        reference = xmlsec.template.add_reference(
            node, xmlsec.Transform.SHA256, uri=f"#{signed.get('ID')}"
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
        context = xmlsec.SignatureContext()
        pem = serialization.Encoding.PEM
        context.key = xmlsec.Key.from_memory(
            self.key.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            xmlsec.KeyFormat.PEM,
        )
        context.key.load_cert_from_memory(
            self.certificate.public_bytes(pem), xmlsec.KeyFormat.CERT_PEM
        )
        context.register_id(signed, "ID")
        context.sign(node)
        return document

    def answer(self, question: Question, **wrong: str) -> str:
        """A signed answer, as a form would bring it."""
        return packed(self.sign(self.document(question, **wrong)))


def packed(document: etree._Element) -> str:
    """As a form brings it."""
    return base64.b64encode(etree.tostring(document)).decode()
