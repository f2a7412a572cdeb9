package sender

import (
	"bytes"
	"io"
	"strings"
)

// NationalEnvelope is the request of the national binding.
func NationalEnvelope(document []byte) []byte {
	const (
		head = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
			`<richiesta_RichiestaRispostaSincrona_UniLav xmlns="http://servizi.lavoro.gov.it/comobbl/types"><UniLavXML>`
		tail = `</UniLavXML></richiesta_RichiestaRispostaSincrona_UniLav></soapenv:Body></soapenv:Envelope>`
	)
	var out bytes.Buffer
	out.Grow(len(head) + len(document)*5/4 + len(tail))
	_, _ = io.WriteString(&out, head)
	_, _ = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").WriteString(&out, string(document))
	_, _ = io.WriteString(&out, tail)
	return out.Bytes()
}
