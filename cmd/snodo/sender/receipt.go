package sender

import (
	"bytes"
	"crypto/x509"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
)

// Verdict is what an offline verification found.
type Verdict struct {
	Intact  bool             `json:"integra"`
	Trusted bool             `json:"riconosciuta"`
	Text    string           `json:"esito"`
	Receipt *receipt.Receipt `json:"ricevuta,omitempty"`
}

// JudgeSeal judges a receipt, alone or in its envelope, by the authorities of its
// seal; without any it can be intact, not trusted.
func JudgeSeal(raw []byte, anchors []*x509.Certificate) Verdict {
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{sealAnchor: anchors})
	verified, faults := xmlsig.NewVerifier(trust).VerifySeal(cutReceipt(raw), sealAnchor)
	if verified.Certificate == nil {
		return Verdict{Text: "sigillo non valido: " + FaultText(faults[0])}
	}
	said, err := receipt.Parse(verified.Content)
	if err != nil {
		return Verdict{Text: "sigillo integro, ma il documento non è una ricevuta"}
	}
	v := Verdict{Intact: true, Receipt: &said}
	switch {
	case len(faults) > 0 && faults[0].Code == xmlsig.Untrusted:
		v.Text = "sigillo integro, autorità non riconosciuta"
	case len(faults) > 0:
		v.Text = "sigillo integro, certificato non ammesso: " + FaultText(faults[0])
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

// JudgeReceipt judges a receipt, alone or in its envelope, by the authorities in
// the file that --trust names, "" for none: then it can be intact, not trusted.
func JudgeReceipt(raw []byte, trust string) (Verdict, error) {
	var anchors []*x509.Certificate
	if trust != "" {
		var err error
		if anchors, err = verb.ReadAnchors("--trust", trust); err != nil {
			return Verdict{}, err
		}
	}
	return JudgeSeal(raw, anchors), nil
}
