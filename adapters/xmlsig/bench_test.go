package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"
)

// communication is an unsigned document of about size bytes, shaped like a
// UniLav: many short elements with a few attributes each.
func communication(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`<u:UniLav xmlns:u="http://servizi.lavoro.gov.it/unilav" versione="CO190701R1" dataInvio="2026-11-22">` + "\n")
	for i := 0; b.Len() < size-12; i++ {
		fmt.Fprintf(&b, "  <u:Sede cap=\"%05d\" comune=\"L219\"><u:Indirizzo>Via Po, %d &amp; figli</u:Indirizzo></u:Sede>\n", i, i)
	}
	b.WriteString("</u:UniLav>\n")
	return b.Bytes()
}

func BenchmarkVerify(b *testing.B) {
	p := everyone()
	for name, sealer := range map[string]*Sealer{"RSA-2048": p.rsa, "P-256": p.ecdsa} {
		for _, size := range []int{1300, 4 << 10, 16 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				doc := must(sealer.Seal(communication(size)))
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if _, faults := p.verifier.Verify(doc, region); faults != nil {
						b.Fatal(codes(faults))
					}
				}
			})
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	doc := communication(1300)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := everyone().seal.Seal(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRatio measures the figures of the issue beside the bare cryptography in the
// same run: each round does all of them once, and the best of all rounds counts, so
// that it tells the same on a machine that others use. The ratios are to the bare
// verification with the same key, once, whatever is verified.
func BenchmarkRatio(b *testing.B) {
	systems, people := allSystems(), everyone()
	for name, by := range map[string]struct{ system, person *Sealer }{
		"RSA-2048": {systems.rsa, people.rsa}, "P-256": {systems.ecdsa, people.ecdsa},
	} {
		b.Run(name, func(b *testing.B) {
			inner := must(by.person.Seal(communication(4 << 10)))
			plain := `<soapenv:Envelope xmlns:soapenv="` + spaceSOAP11 + `"><soapenv:Body><t:op xmlns:t="urn:t"><t:doc>` +
				strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(string(inner)) + `</t:doc></t:op></soapenv:Body></soapenv:Envelope>`
			msg := must(by.system.SealMessage([]byte(plain), stamp()))
			hashed := sha256.Sum256(nil)
			value := must(by.person.key.Sign(nil, hashed[:], crypto.SHA256))
			steps := []struct {
				name string
				do   func() bool
				best time.Duration
			}{
				{name: "bare", do: func() bool { return bare(by.person, hashed[:], value) }},
				{name: "document", do: func() bool { _, faults := people.verifier.Verify(inner, region); return faults == nil }},
				{name: "envelope", do: func() bool { _, f := systems.verifier.Verify(msg, office); return f == nil }},
			}
			for b.Loop() {
				for i := range steps {
					began := time.Now()
					if !steps[i].do() {
						b.Fatal(steps[i].name)
					}
					if took := time.Since(began); steps[i].best == 0 || took < steps[i].best {
						steps[i].best = took
					}
				}
			}
			unit := float64(steps[0].best)
			for _, s := range steps {
				b.ReportMetric(float64(s.best)/1000, s.name+"-us")
			}
			b.ReportMetric(float64(steps[1].best)/unit, "document/bare")
			b.ReportMetric(float64(steps[2].best)/unit, "envelope/bare")
			b.ReportMetric(float64(steps[1].best+steps[2].best)/unit, "both/bare")
		})
	}
}

// bare verifies by the standard library alone.
func bare(s *Sealer, hashed, value []byte) bool {
	switch pub := s.key.Public().(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(pub, crypto.SHA256, hashed, value) == nil
	case *ecdsa.PublicKey:
		var room [maxDER]byte
		return ecdsa.VerifyASN1(pub, hashed, appendDER(room[:0], value))
	}
	return false
}
