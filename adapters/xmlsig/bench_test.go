package xmlsig

import (
	"bytes"
	"fmt"
	"testing"
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
