package envelope_test

import (
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/envelope"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	const security = `xmlns:wsse="` + envelope.SecurityNS + `"`
	for name, c := range map[string]struct {
		header, body string
		want         bool
	}{
		"nothing":                 {"", "<a/>", false},
		"UsernameToken":           {`<wsse:Security ` + security + `><wsse:UsernameToken><wsse:Username>u</wsse:Username></wsse:UsernameToken></wsse:Security>`, "<a/>", true},
		"behind an assertion":     {`<wsse:Security ` + security + `><s:Assertion xmlns:s="urn:s"/><wsse:UsernameToken/></wsse:Security>`, "<a/>", true},
		"a header of one's own":   {`<x:Login xmlns:x="urn:x"><x:User>u</x:User><x:PASSWORD>p</x:PASSWORD></x:Login>`, "<a/>", true},
		"in Italian":              {`<nomeUtente>u</nomeUtente>`, "<a/>", true},
		"within an assertion":     {`<s:Assertion xmlns:s="urn:s"><s:Username>u</s:Username></s:Assertion>`, "<a/>", false},
		"in the Body":             {"<x/>", "<password>p</password>", false},
		"in the Body, no Header":  {"-", "<password>p</password>", false},
		"in an attribute":         {`<x password="p"/>`, "<a/>", false},
		"the Header is no Header": {"!", "<a/>", false},
	} {
		for _, space := range []string{envelope.SOAP11, envelope.SOAP12} {
			msg := `<e:Envelope xmlns:e="` + space + `"><e:Header>` + c.header + `</e:Header><e:Body>` + c.body + `</e:Body></e:Envelope>`
			switch c.header {
			case "-":
				msg = strings.Replace(msg, "<e:Header>-</e:Header>", "", 1)
			case "!":
				msg = strings.Replace(strings.Replace(msg, "<e:Header>!", "<e:Testa><password>p</password>", 1), "</e:Header>", "</e:Testa>", 1)
			}
			if got := envelope.Credentials([]byte(msg)); got != c.want {
				t.Errorf("%s: %t", name, got)
			}
		}
	}
	if envelope.Credentials([]byte("<a><b><password/>")) || envelope.Credentials(nil) {
		t.Error("what is no SOAP holds credentials")
	}
}
