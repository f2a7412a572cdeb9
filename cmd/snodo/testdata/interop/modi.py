"""Calls a service under ModI: zeep makes the messages, signxml signs them and
verifies the answers.

    python modi.py FOLDER

FOLDER is what Modi.java reads, and the output is the same.
"""
import base64
import datetime
import pathlib
import sys
import uuid

import zeep
from cryptography import x509
from lxml import etree
from signxml import CanonicalizationMethod, SignatureConstructionMethod, XMLSigner, XMLVerifier
from signxml.verifier import SignatureConfiguration
from zeep.wsse import utils

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
TOKENS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
DS = "http://www.w3.org/2000/09/xmldsig#"
HUB = "urn:snodo:hub:v1"


def der(pem):
    return "".join(pem.splitlines()[1:-1])


class Signing:
    """What zeep calls before it sends a message and after it got the answer."""

    def __init__(self, folder, kind):
        self.cert = (folder / f"{kind}.pem").read_text().strip()
        self.key = (folder / f"{kind}.key").read_bytes()
        self.ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        self.kind, self.alter = kind, False
        self.verdict = ""

    def apply(self, envelope, headers):
        security = utils.get_security_header(envelope)
        header = security.getparent()
        security.set(f"{{{SOAP}}}mustUnderstand", "1")
        now = datetime.datetime.now(datetime.timezone.utc)
        security.append(utils.WSU.Timestamp(
            utils.WSU.Created(now.strftime("%Y-%m-%dT%H:%M:%SZ")),
            utils.WSU.Expires((now + datetime.timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ))
        token = etree.SubElement(security, f"{{{WSSE}}}BinarySecurityToken", {
            f"{{{WSU}}}Id": "X509-1",
            "EncodingType": TOKENS + "soap-message-security-1.0#Base64Binary",
            "ValueType": TOKENS + "x509-token-profile-1.0#X509v3",
        })
        token.text = der(self.cert)
        self.id = "urn:uuid:" + str(uuid.uuid4())
        parts = [security[0], envelope.find(f"{{{SOAP}}}Body")]
        for name, value in {"To": self.address, "MessageID": self.id}.items():
            parts.append(etree.SubElement(header, f"{{{WSA}}}{name}"))
            parts[-1].text = value
        for i, part in enumerate(parts):
            part.set(f"{{{WSU}}}Id", f"part-{i}")
        info = etree.Element(f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
        reference = etree.SubElement(etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference"), f"{{{WSSE}}}Reference")
        reference.set("URI", "#X509-1")
        reference.set("ValueType", token.get("ValueType"))
        signature = XMLSigner(
            method=SignatureConstructionMethod.detached,
            signature_algorithm="rsa-sha256" if self.kind == "RSA" else "ecdsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        ).sign(envelope, key=self.key, key_info=info, reference_uri=[f"#part-{i}" for i in range(len(parts))])
        security.append(signature)
        self.asked = references(signature.find(f"{{{DS}}}SignedInfo"))
        if self.alter:
            envelope.find(f".//{{{HUB}}}Testo").text = "altro"
        return envelope, headers

    def verify(self, envelope):
        self.verdict = self.judge(envelope)

    def judge(self, envelope):
        """What signxml finds signed, and to what the message answers."""
        security = envelope.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security")
        if security is None:
            return "unsigned"
        token = security.findtext(f"{{{WSSE}}}BinarySecurityToken")
        cert = x509.load_der_x509_certificate(base64.b64decode(token))
        cert.verify_directly_issued_by(self.ca)
        count = len(security.findall(f"{{{DS}}}Signature/{{{DS}}}SignedInfo/{{{DS}}}Reference"))
        found = XMLVerifier().verify(
            etree.tostring(envelope),
            x509_cert=cert,
            expect_config=SignatureConfiguration(location=f"{{{SOAP}}}Header/{{{WSSE}}}Security/", expect_references=count),
        )
        signed = {etree.QName(r.signed_xml).localname: r.signed_xml for r in found}
        missing = {"Timestamp", "To", "MessageID", "RelatesTo", "Action", "X-RequestDigest", "Body"} - set(signed)
        if missing:
            return f"not signed: {missing}"
        expires = signed["Timestamp"].findtext(f"{{{WSU}}}Expires")
        if datetime.datetime.fromisoformat(expires) < datetime.datetime.now(datetime.timezone.utc):
            return "expired"
        if signed["RelatesTo"].text != self.id:
            return "of another message"
        return "confirmed" if references(signed["X-RequestDigest"]) == self.asked else "digests of another message"


def references(parent):
    return [(r.get("URI"), r.findtext(f"{{{DS}}}DigestValue")) for r in parent.iter(f"{{{DS}}}Reference")]


class Service:
    def __init__(self, folder, kind):
        self.signing = Signing(folder, kind)
        address = (folder / "hub").read_text()
        self.signing.address = address
        self.client = zeep.Client(address + "?wsdl", wsse=self.signing)

    def call(self, check, said):
        try:
            print(f"{check}: {said(self.client.service)} {self.signing.verdict}")
        except zeep.exceptions.Fault as fault:
            code = fault.detail.findtext(f".//{{{HUB}}}Codice")
            print(f"{check}: {fault.code.split(':')[-1]} {code} {self.signing.verdict}")


def submit(service, document):
    answer = service.RichiestaRispostaSincrona_UniLav(UniLavXML=document)
    return f"{answer.body.Tipo_Risposta} {answer.header.ricevuta.Tipo}"


if __name__ == "__main__":
    work = pathlib.Path(sys.argv[1])
    for kind in ("RSA", "EC"):
        service = Service(work, kind)
        service.call(f"accepted {kind}", lambda s: submit(s, (work / f"{kind}.xml").read_text()))
        service.call(f"echo {kind}", lambda s: s.Echo(Testo="perché"))
    service.call("refused", lambda s: submit(s, (work / "altered.xml").read_text()))
    service.signing.alter = True
    service.call("altered", lambda s: s.Echo(Testo="perché"))
