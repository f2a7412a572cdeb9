package main

import (
	"bytes"
	"crypto/x509"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
)

// receiptVerdict is what an offline verification found.
type receiptVerdict struct {
	Intact  bool             `json:"integra"`
	Trusted bool             `json:"riconosciuta"`
	Text    string           `json:"esito"`
	Receipt *receipt.Receipt `json:"ricevuta,omitempty"`
}

// judgeSeal judges a receipt, alone or in its envelope, by the authorities of its
// seal.
func judgeSeal(raw []byte, anchors []*x509.Certificate) receiptVerdict {
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{sealAnchor: anchors})
	verified, faults := xmlsig.NewVerifier(trust).VerifySeal(cutReceipt(raw), sealAnchor)
	if verified.Certificate == nil {
		return receiptVerdict{Text: "sigillo non valido: " + faultText(faults[0])}
	}
	said, err := receipt.Parse(verified.Content)
	if err != nil {
		return receiptVerdict{Text: "sigillo integro, ma il documento non è una ricevuta"}
	}
	v := receiptVerdict{Intact: true, Receipt: &said}
	switch {
	case len(faults) > 0 && faults[0].Code == xmlsig.Untrusted:
		v.Text = "sigillo integro, autorità non riconosciuta"
	case len(faults) > 0:
		v.Text = "sigillo integro, certificato non ammesso: " + faultText(faults[0])
	default:
		v.Trusted, v.Text = true, "sigillo valido"
	}
	return v
}

// cutReceipt takes a receipt out of its SOAP envelope, byte for byte; anything
// else is given back as it is, without the outer blanks of a saved file.
func cutReceipt(raw []byte) []byte {
	raw = bytes.TrimSpace(raw)
	if env, f := envelope.Open(raw); f == nil {
		if cut := env.Receipt(); cut != nil {
			return cut
		}
	}
	return raw
}

// sealAnchor is the name under which seals are trusted.
const sealAnchor = "seal"

// judgeReceipt judges a receipt, alone or in its envelope, by the authorities in
// the file that --trust names, "" for none: then it can be intact, not trusted.
func judgeReceipt(raw []byte, trust string) (receiptVerdict, error) {
	var anchors []*x509.Certificate
	if trust != "" {
		var err error
		if anchors, err = readAnchors("--trust", trust); err != nil {
			return receiptVerdict{}, err
		}
	}
	return judgeSeal(raw, anchors), nil
}
