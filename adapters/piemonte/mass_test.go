package piemonte

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/piemonte/spicomtest"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// massCall is a call of inviaComunicazioniMassive whose value has that type.
func massCall(tb testing.TB, kind, value string) []byte {
	tb.Helper()
	body := string(recorded(tb, "30"))
	for _, pair := range [][2]string{
		{"inviaComunicazioneProspettoXML", massMethod},
		{`<value xsi:type="xsd:string">x<`, `<value xsi:type="` + kind + `">` + value + "<"},
	} {
		if !strings.Contains(body, pair[0]) {
			tb.Fatalf("the recorded call has no %s", pair[0])
		}
		body = strings.Replace(body, pair[0], pair[1], 1)
	}
	return []byte(body)
}

func encoded(archive []byte) string { return base64.StdEncoding.EncodeToString(archive) }

// post10 is a request of HTTP/1.0 as the client writes it.
func post10(body []byte) []byte {
	return fmt.Appendf(nil, "POST /soap/servlet/rpcrouter HTTP/1.0\r\nHost: h:80\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n%s", len(body), body)
}

// communication is the recorded regional communication of that name.
func communication(tb testing.TB, name string) string {
	tb.Helper()
	_, inner, _ := strings.Cut(string(recorded(tb, "01")), `<value xsi:type="xsd:string">`)
	inner, _, _ = strings.Cut(inner, "</value>")
	return strings.Replace(unescape(inner), "ESEMPIO &amp; FIGLI S.R.L.", name, 1)
}

// TestMassOverHTTP sends one archive with all that may be in one: each file has
// its outcome where it stood, and a bad one leaves the others alone.
func TestMassOverHTTP(t *testing.T) {
	t.Parallel()
	const signed = `<UniLav xmlns="http://servizi.lavoro.gov.it/unilav"><a/>È<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></UniLav>`
	const national = `<UniSomm xmlns="http://servizi.lavoro.gov.it/unisomm"/>`
	files := []struct {
		packed
		state string
		code  fault.Code
	}{
		{packed{"regionale.xml", communication(t, "UNO"), nil}, "accettata", ""},
		{packed{"firmata/uno.xml", "\n" + signed + "\n", nil}, "accettata", ""},
		{packed{"firmata/", "", nil}, "", ""}, // a folder is no file
		{packed{"due.txt", national, nil}, "rifiutata", fault.FileType},
		{packed{"../tre.xml", national, nil}, "rifiutata", fault.FileName},
		{packed{"quattro.xml", "testo & altro", nil}, "respinta", fault.RegionalMalformed},
		{packed{"cinque.xml", "  \n", nil}, "rifiutata", fault.DocumentMissing},
		{packed{"sei.xml", `<?xml version="1.0" encoding="ISO-8859-1"?>` + national, nil}, "rifiutata", fault.DocumentCharset},
		{packed{"sette.xml", "PK\x03\x04", nil}, "rifiutata", fault.FileNested},
		{packed{"otto.xml", `<object type="it.csi.spicom.dto.ComunicazioneProspettoDisabiliDTO"></object>`, nil}, "respinta", fault.SectionMissing},
		{packed{"quattro.xml", national, nil}, "rifiutata", fault.FileTwice},
		{packed{"perché <&>.xml", national, nil}, "accettata", ""},
	}
	var list []packed
	for _, f := range files {
		list = append(list, f.packed)
	}
	files = slices.DeleteFunc(files, func(f struct {
		packed
		state string
		code  fault.Code
	},
	) bool {
		return f.state == ""
	})
	archive := pack(t, list...)
	for name, body := range map[string][]byte{
		"string":            massCall(t, "xsd:string", encoded(archive)),
		"bytes":             massCall(t, "xsd:base64Binary", encoded(archive)),
		"bytes of SOAP":     massCall(t, "ns2:base64", encoded(archive)),
		"lines of 76 bytes": massCall(t, "xsd:base64Binary", lines(encoded(archive))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, got := exchange(t, post10(body))
			if a.Mass == nil || a.Status != http.StatusOK || a.Receipt != nil || len(a.Mass.Items) != len(files) {
				t.Fatalf("got %+v, %+v", a, a.Exception)
			}
			if a.Mass.Summary != (spicomtest.Summary{Files: 11, Accepted: 3, Rejected: 2, Refused: 6}) {
				t.Errorf("summary %+v", a.Mass.Summary)
			}
			for i, want := range files {
				item := a.Mass.Items[i]
				file := want.name
				if want.code == fault.FileName {
					file = ""
				}
				if item.State != want.state || item.File != file || (len(item.Codes) == 0) != (want.code == "") ||
					want.code != "" && item.Codes[0] != string(want.code) {
					t.Errorf("%s: %+v", want.name, item)
				}
				sealed := want.state != "rifiutata"
				if (string(item.Receipt) == receipt) != sealed || (item.Codice != "") != (want.state == "accettata") {
					t.Errorf("%s: code %q, receipt %s", want.name, item.Codice, item.Receipt)
				}
			}
			// What the hub gets: each file as if it had come alone, its bytes as evidence.
			if len(got) != 5 {
				t.Fatalf("%d submissions", len(got))
			}
			if s := got[0]; s.Regional == nil || !bytes.Contains(s.Regional.National, []byte(`denominazione="UNO"`)) || string(s.Evidence) != list[0].content {
				t.Errorf("regional: %+v", s)
			}
			if s := got[1]; s.Regional != nil || string(s.Document) != signed || s.Kind != co.UNILAV || string(s.Evidence) != list[1].content {
				t.Errorf("signed: %+v", s)
			}
			if s := got[4]; string(s.Document) != national || s.Kind != co.UNISOMM {
				t.Errorf("national: %+v", s)
			}
			for _, s := range got {
				if !s.Bulk || s.Region.Slug != "piemonte" || s.Received.IsZero() || s.Address == "" {
					t.Errorf("got %+v", s)
				}
			}
		})
	}
}

// TestMassStates: what is the sender's doing is refused, what is to be sent again
// is missed; a rejection without reasons is a defect that says so.
func TestMassStates(t *testing.T) {
	t.Parallel()
	m := &mass{invocation: invocation{accepting}, archive: archive{make([]file, 4)}}
	a := read(t, m.reply([]hub.Item{
		{Problem: &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.FileType}, Faults: fault.List{{Code: fault.FileName}}}},
		{Problem: &hub.Problem{Fault: fault.Fault{Code: fault.ServiceUnavailable}, RetryAfter: time.Second}},
		{Problem: &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.Overloaded}, RetryAfter: time.Second}},
		{Answer: hub.Answer{Faults: fault.List{{Code: fault.HoursDropped, Warning: true}}}},
	}))
	var got []string
	for _, item := range a.Mass.Items {
		got = append(got, item.State+" "+strings.Join(item.Codes, " "))
	}
	want := []string{"rifiutata MAS-11 MAS-10", "non elaborata SOAP-31", "non elaborata SOAP-30", "respinta SOAP-32"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// lines breaks base64 as MIME does.
func lines(s string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(s), 76) {
		b.Write(part)
		b.WriteString("\r\n")
	}
	return b.String()
}

// TestMassRefused: a call that carries no archive is an exception of the client,
// of which nothing reaches the hub.
func TestMassRefused(t *testing.T) {
	t.Parallel()
	good := encoded(pack(t, packed{"a.xml", "<a/>", nil}))
	for name, tc := range map[string]struct {
		body []byte
		code fault.Code
	}{
		"no base64":           {massCall(t, "xsd:string", "UEsDB*"), fault.CallArguments},
		"no base64 as bytes":  {massCall(t, "xsd:base64Binary", "UEsDB*"), fault.CallMalformed},
		"padding that lies":   {massCall(t, "xsd:string", "UEsDBB=="), fault.CallArguments},
		"nothing":             {massCall(t, "xsd:string", ""), fault.ArchiveUnreadable},
		"a communication":     {massCall(t, "xsd:string", encoded([]byte("<UniLav/>"))), fault.ArchiveUnreadable},
		"no file":             {massCall(t, "xsd:base64Binary", encoded(pack(t, packed{"a/", "", nil}))), fault.ArchiveEmpty},
		"a number":            {massCall(t, "xsd:long", "7"), fault.CallArguments},
		"null":                {massCall(t, `xsd:string" xsi:nil="true`, ""), fault.CallArguments},
		"cut in two":          {massCall(t, "xsd:string", good[:len(good)/2/4*4]), fault.ArchiveUnreadable},
		"of the other":        {bytes.Replace(massCall(t, "xsd:string", good), []byte("AccettazioneComunicazioni"), []byte("ServizioTraduzioneTracciati"), 1), fault.OperationUnknown},
		"archive to the rest": {bytes.Replace(massCall(t, "xsd:base64Binary", good), []byte(massMethod), []byte("inviaComunicazioneXML"), 1), fault.CallArguments},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, got := exchange(t, post10(tc.body))
			if e := a.Exception; e == nil || e.Class != userException || e.FaultCode != "Client" || !strings.HasPrefix(e.Message, string(tc.code)+": ") {
				t.Errorf("got %+v, want %s", e, tc.code)
			}
			if len(got) > 0 || a.Receipt != nil {
				t.Errorf("%d submissions, receipt %s", len(got), a.Receipt)
			}
		})
	}
}
