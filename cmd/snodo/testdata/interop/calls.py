"""Calls every region's service with zeep, with documents signed by signxml.

    python calls.py FOLDER

FOLDER is what the test wrote: hub (the address), ca.pem, RSA.pem and RSA.key,
EC.pem and EC.key, and for each region a folder with RSA.xml, EC.xml and
rejected.xml (unsigned documents); if there, egov.xml is a header block, and in
kinds lies a document of each other kind, named by operation and element.
Each line of output is a check's name, a colon and what came of it.
"""
import pathlib
import sys

import zeep
from lxml import etree
from signxml import CanonicalizationMethod, SignatureConstructionMethod, XMLSigner
from zeep.plugins import HistoryPlugin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import verifying

HUB = "urn:snodo:hub:v1"
ALGORITHMS = {"RSA": "rsa-sha256", "EC": "ecdsa-sha256"}
TYPES = "http://servizi.lavoro.gov.it/comobbl/types"


def sign(folder, kind, path):
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=ALGORITHMS[kind],
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(
        etree.fromstring(path.read_bytes()),
        key=(folder / f"{kind}.key").read_bytes(),
        cert=(folder / f"{kind}.pem").read_text(),
    )
    return etree.tostring(signed, encoding="unicode")


class Service:
    def __init__(self, folder, region):
        self.folder, self.place, self.region = folder, folder / region, region
        self.history = HistoryPlugin()
        address = (folder / "hub").read_text() + "/soap/" + region
        self.client = zeep.Client(address + "?wsdl", plugins=[self.history])
        self.service = self.client.service

    def say(self, check, answer):
        print(f"{self.region} {check}: {answer}", flush=True)

    def submit(self, document, headers=None, operation="RichiestaRispostaSincrona_UniLav", element="UniLavXML"):
        """Gives the outcome, the receipt as zeep has it and as it came."""
        answer = self.service[operation](**{element: document}, _soapheaders=headers)
        raw = self.history.last_received["envelope"].find(f".//{{{HUB}}}Ricevuta")
        cut = etree.fromstring(etree.tostring(raw, with_tail=False))
        verifying.verify(cut, self.folder / "ca.pem")
        return answer.body, answer.header.ricevuta, cut

    def run(self):
        operations = self.service._binding.all()
        self.say("import", f"{len(operations)} operations")
        self.say("echo", self.service.Echo(Testo="perché <no> & sì"))
        for kind in ALGORITHMS:
            self.accepted(kind)
        self.rejected()
        self.refused("refused")
        for path in sorted(self.place.glob("kinds/*")):
            self.kind(path, *path.name.split("."))
        if (self.place / "egov.xml").exists():
            self.egov()
        self.service = self.client.bind("Snodo", "NodoSOAP12")
        self.refused("refused by SOAP 1.2")

    def accepted(self, kind):
        document = sign(self.folder, kind, self.place / f"{kind}.xml")
        outcome, receipt, cut = self.submit(document)
        self.say(f"accepted {kind}", f"{outcome.Tipo_Risposta} {receipt.Tipo} {receipt.CodiceComunicazione} {receipt.Origine}")
        _, _, again = self.submit(document)
        same = etree.tostring(again, method="c14n") == etree.tostring(cut, method="c14n")
        self.say(f"again {kind}", "the same receipt" if same else "another receipt")
        found = self.service.RichiediRicevuta(
            ImprontaDocumento=receipt.ImprontaDocumento, Codice=receipt.CodiceComunicazione
        )
        self.say(f"receipts {kind}", f"first {found[0].Tipo} {found[0].Voce == receipt.Voce}")

    def kind(self, path, operation, element):
        outcome, receipt, _ = self.submit(sign(self.folder, "RSA", path), None, operation, element)
        # The operations of the hub's own say it under a name of their own.
        said = outcome.Tipo_Risposta if hasattr(outcome, "Tipo_Risposta") else outcome.Esito
        self.say(operation, f"{said} {receipt.Tipo} {receipt.Tracciato}")

    def rejected(self):
        outcome, receipt, _ = self.submit(sign(self.folder, "RSA", self.place / "rejected.xml"))
        listed = etree.fromstring(outcome.Descr_Esito)
        described = [a.findtext("DescrizioneAnomalia").split(":")[0] for a in listed]
        lines = [f"{a.codice} {a.gravita}" for a in receipt.Anomalie.Anomalia]
        self.say("rejected", f"{outcome.Tipo_Risposta} {' '.join(described)} {receipt.Tipo} {', '.join(lines)}")

    def refused(self, check):
        document = sign(self.folder, "RSA", self.place / "RSA.xml").replace("Via Casa", "Via Cosa", 1)
        try:
            self.submit(document)
            self.say(check, "accepted")
        except zeep.exceptions.Fault as fault:
            # zeep leaves the detail as it is; its type is in the WSDL.
            element = fault.detail.find(f"{{{HUB}}}Errori")
            errors = self.client.get_element(f"{{{HUB}}}Errori").parse(element, self.client.wsdl.types).Errore
            self.say(check, f"{fault.code.split(':')[-1]} {errors[0].Codice} {bool(errors[0].Testo)} {bool(fault.message)}")

    def egov(self):
        header = etree.fromstring((self.place / "egov.xml").read_bytes())
        document = sign(self.folder, "RSA", self.place / "RSA.xml")
        outcome, receipt, _ = self.submit(document, [header])
        space = "{http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/}"
        answered = self.history.last_received["envelope"].find(f".//{space}Riscontro/{space}Identificatore")
        asked = header.find(f".//{space}Identificatore")
        self.say("e-Gov", f"{outcome.Tipo_Risposta} {receipt.Tipo} {answered.text == asked.text}")


if __name__ == "__main__":
    work = pathlib.Path(sys.argv[1])
    for region in ("piemonte", "marche", "lazio"):
        Service(work, region).run()
