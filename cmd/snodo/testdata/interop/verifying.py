"""Verifies receipts with signxml.

    python verifying.py CA.PEM FILE...

Each line of output is a file's name, a colon and "ok" or the error's class.
"""
import pathlib
import sys

from lxml import etree
from signxml import XMLVerifier
from signxml.verifier import SignatureConfiguration
from signxml.algorithms import DigestAlgorithm, SignatureMethod


def verify(receipt, ca):
    """Raises unless the element is what a seal under the authority covers."""
    found = XMLVerifier().verify(
        receipt,
        ca_pem_file=str(ca),
        expect_config=SignatureConfiguration(
            location="./",
            require_x509=True,
            signature_methods=frozenset({SignatureMethod.ECDSA_SHA256}),
            digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        ),
    )
    if found.signed_xml.tag != receipt.tag:
        raise ValueError("the seal covers another element")


if __name__ == "__main__":
    for path in map(pathlib.Path, sys.argv[2:]):
        try:
            verify(etree.fromstring(path.read_bytes()), sys.argv[1])
            print(f"{path.name}: ok")
        except Exception as error:
            print(f"{path.name}: {type(error).__name__}")
