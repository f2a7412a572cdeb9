package envelope_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

var rewrite = flag.Bool("update-answers", false, "rewrite testdata/answers.txtar")

const (
	hash    = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
	receipt = `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>accettazione</Tipo><Posizione>1</Posizione><Voce>` + hash +
		`</Voce><Regione>marche</Regione><Origine>signed</Origine><Impronta>` + hash +
		`</Impronta><Ricevuto>2026-11-20T10:00:00Z</Ricevuto><Registrato>2026-11-20T10:00:00Z</Registrato><Nota>a &amp; b &gt; c</Nota>` +
		`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature></Ricevuta>`
)

// answers are the messages that the goldens show.
func answers() map[string][]byte {
	unilav, vardatori := envelope.Bindings()[0], envelope.Bindings()[3]
	lao, _ := envelope.BindingOfKind(co.LAO)
	faults := fault.List{
		{Code: fault.WrongPattern, Path: "/UniLav/Lavoratore[1]/AnagraficaCompleta/@codice", Line: 12,
			Field: "Lavoratore n. 1 > Dati anagrafici > Codice", Expected: "16 caratteri"},
		{Code: fault.UnknownPrevious, Path: "/UniLav", Warning: true},
		{Code: fault.KindNotServed, Path: "/x:UniLav/x:Datore", Expected: `"<uno>" & 'due'`},
	}
	return map[string][]byte{
		"ok.xml":          unilav.AppendAnswer(nil, true, faults[1:2], []byte(receipt)),
		"ko.xml":          unilav.AppendAnswer(nil, false, faults, []byte(receipt)),
		"ko-vardat.xml":   vardatori.AppendAnswer(nil, false, faults[:1], nil),
		"ok-lao.xml":      lao.AppendAnswer(nil, true, faults[1:2], nil),
		"ko-lao.xml":      lao.AppendAnswer(nil, false, faults, nil),
		"receipts.xml":    envelope.AppendReceipts(nil, [][]byte{[]byte(receipt), []byte(receipt)}),
		"echo.xml":        envelope.AppendEcho(nil, "a\r\n\t<è> \"&\" ]]> \x01\xff\uffff"),
		"echo-empty.xml":  envelope.AppendEcho(nil, ""),
		"fault.xml":       envelope.AppendFault(nil, envelope.Client, faults),
		"fault-ours.xml":  envelope.AppendFault(nil, envelope.Server, fault.List{{Code: fault.ServiceUnavailable}}),
		"fault-must.xml":  envelope.AppendFault(nil, envelope.FaultCodeOf(fault.MustUnderstand, true), fault.List{{Code: fault.MustUnderstand, Line: 3}}),
		"fault-other.xml": envelope.AppendFault(nil, envelope.FaultCodeOf(fault.EnvelopeVersion, true), fault.List{{Code: fault.EnvelopeVersion}}),
	}
}

// TestMassGolden: the outcome of a mass submission; package xsd validates the
// golden.
func TestMassGolden(t *testing.T) {
	t.Parallel()
	const file = "testdata/mass.xml"
	made := append(envelope.AppendMassOutcome(nil, []envelope.MassItem{
		{File: "a/uno & due.xml", State: envelope.FileAccepted, Codice: "1300126000000001", Position: 1 << 40, Entry: hash, Digest: hash, Receipt: []byte(receipt)},
		{File: "tre.xml", State: envelope.FileAccepted, Repeated: true, Codice: "1300126000000002", Position: 2, Entry: hash, Digest: hash},
		{File: "quattro.xml", State: envelope.FileRejected, Position: 3, Entry: hash, Digest: hash, Receipt: []byte(receipt), Faults: fault.List{
			{Code: fault.WrongPattern, Path: "/UniLav/Lavoratore", Line: 12, Expected: "16 caratteri"},
			{Code: fault.UnknownPrevious, Warning: true},
		}},
		{State: envelope.FileRefused, Faults: fault.List{{Code: fault.FileName}}},
		{File: "sei.xml", State: envelope.FileMissed, Faults: fault.List{{Code: fault.FileNotReached}}},
	}), '\n')
	if *rewrite {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(made, want) {
		t.Errorf("%v\n got %s\nwant %s", err, made, want)
	}
}

func TestAnswersGolden(t *testing.T) {
	t.Parallel()
	const file = "testdata/answers.txtar"
	made := answers()
	if *rewrite {
		a := &txtar.Archive{}
		for name, data := range made {
			a.Files = append(a.Files, txtar.File{Name: name, Data: append(data, '\n')})
		}
		slices.SortFunc(a.Files, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Files) != len(made) {
		t.Errorf("%d goldens for %d answers", len(a.Files), len(made))
	}
	for _, want := range a.Files {
		if got := append(made[want.Name], '\n'); !bytes.Equal(got, want.Data) {
			t.Errorf("%s:\n got %s\nwant %s", want.Name, got, want.Data)
		}
	}
}

// TestReadAnswer: a caller reads what was answered, in either form, and takes no
// other message for an answer.
func TestReadAnswer(t *testing.T) {
	t.Parallel()
	faults := fault.List{
		{Code: fault.Duplicate, Path: "/Lao/RapportoDiLavoro/SediDiLavoro/SedeDiLavoro[2]/Comune", Line: 12},
		{Code: fault.UnknownPrevious, Path: "/Lao", Warning: true},
	}
	for _, b := range envelope.Bindings() {
		accepted := open(t, string(b.AppendAnswer(nil, true, faults[1:], []byte(receipt))))
		a, ok := b.ReadAnswer(accepted)
		if !ok || !a.Accepted || a.Outcome != "" || len(a.Anomalies) != 0 || string(accepted.Receipt()) != receipt {
			t.Errorf("%s accepted: %+v, %v", b.Kind, a, ok)
		}
		refused := open(t, string(b.AppendAnswer(nil, false, faults, nil)))
		a, ok = b.ReadAnswer(refused)
		if !ok || a.Accepted || len(a.Anomalies) != 1 || (a.Outcome == "") != b.Own() {
			t.Fatalf("%s refused: %+v, %v", b.Kind, a, ok)
		}
		if got := a.Anomalies[0]; got.Code != "0000" || got.Fields != "RapportoDiLavoro.SediDiLavoro.SedeDiLavoro.Comune" ||
			!strings.HasPrefix(got.Description, "DUP-01: ") || !strings.Contains(got.Description, " Riga 12. ") {
			t.Errorf("%s: anomaly %+v", b.Kind, got)
		}
		for _, other := range envelope.Bindings() {
			if _, ok := other.ReadAnswer(accepted); ok != (other == b) {
				t.Errorf("the answer for %s read as one for %s", b.Kind, other.Kind)
			}
		}
	}
	lao, _ := envelope.BindingOfKind(co.LAO)
	for _, content := range []string{"", "<Esito>MAH</Esito>", "<Esito/>", "<Esito><x/></Esito>", "<Tipo_Risposta>OK</Tipo_Risposta>"} {
		if a, ok := lao.ReadAnswer(open(t, soap(`<s:Body><InviaLaoRisposta xmlns="urn:snodo:hub:v1">`+content+`</InviaLaoRisposta></s:Body>`))); ok {
			t.Errorf("%q read as %+v", content, a)
		}
	}
}

// TestAnswersAreXML: encoding/xml and Open both read every answer.
func TestAnswersAreXML(t *testing.T) {
	t.Parallel()
	for name, answer := range answers() {
		d := xml.NewDecoder(bytes.NewReader(answer))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if _, f := envelope.Open(answer); f != nil {
			t.Errorf("%s: fault %+v", name, *f)
		}
	}
}

func TestReceiptVerbatim(t *testing.T) {
	t.Parallel()
	e := open(t, string(answers()["ko.xml"]))
	if got := string(e.Receipt()); got != receipt {
		t.Errorf("receipt %s", got)
	}
	all, f := open(t, string(answers()["receipts.xml"])).Receipts()
	if f != nil || len(all) != 2 || string(all[0]) != receipt || string(all[1]) != receipt {
		t.Errorf("receipts %s, fault %v", all, f)
	}
	if got := open(t, string(answers()["ko-vardat.xml"])).Receipt(); got != nil {
		t.Errorf("receipt from nowhere: %s", got)
	}
	if _, f := e.Receipts(); f == nil {
		t.Error("receipts read from another answer")
	}
}

func TestFaultReadBack(t *testing.T) {
	t.Parallel()
	got, ok := open(t, string(answers()["fault.xml"])).Fault()
	if !ok || got.Code != "Client" || len(got.Errors) != 3 {
		t.Fatalf("read %+v, %v", got, ok)
	}
	if !strings.HasPrefix(got.Text, "XSD-20: ") {
		t.Errorf("text %q is not opened by its code", got.Text)
	}
	first, third := got.Errors[0], got.Errors[2]
	if first.Code != "XSD-20" || first.Line != 12 || first.Path == "" || first.Remedy == "" {
		t.Errorf("first error %+v", first)
	}
	if !strings.Contains(third.Text, `"<uno>" & 'due'`) {
		t.Errorf("third error %+v", third)
	}
	if _, ok := open(t, string(answers()["ok.xml"])).Fault(); ok {
		t.Error("fault read from an answer that is none")
	}
}

func TestAnomaliesReadBack(t *testing.T) {
	t.Parallel()
	var ko struct {
		Type   string `xml:"Body>risposta_RichiestaRispostaSincrona_UniLav>Tipo_Risposta"`
		Esito  string `xml:"Body>risposta_RichiestaRispostaSincrona_UniLav>Descr_Esito"`
		Exists *struct{}
	}
	if err := xml.Unmarshal(answers()["ko.xml"], &ko); err != nil {
		t.Fatal(err)
	}
	list, ok := envelope.ReadAnomalies(ko.Esito)
	if ko.Type != "KO" || !ok || len(list) != 2 {
		t.Fatalf("type %s, %+v, %v", ko.Type, list, ok)
	}
	want := envelope.Anomaly{
		Code: "0000",
		Description: "XSD-20: Il valore non ha la forma prescritta. Lavoratore n. 1 > Dati anagrafici > Codice: 16 caratteri. " +
			"Riga 12. Scrivere il valore nella forma indicata.",
		Fields: "Lavoratore.AnagraficaCompleta.codice",
	}
	if list[0] != want {
		t.Errorf("first anomaly %+v", list[0])
	}
	if list[1].Fields != "Datore" || !strings.Contains(list[1].Description, `"<uno>" & 'due'. `) {
		t.Errorf("second anomaly %+v", list[1])
	}
	for _, plain := range []string{"", "Errore generico", "<a/>", "<ListaAnomalie>"} {
		if _, ok := envelope.ReadAnomalies(plain); ok {
			t.Errorf("%q read as a list", plain)
		}
	}
}

func TestReadQuery(t *testing.T) {
	t.Parallel()
	const digest = "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
	lower := strings.ToLower(digest)
	d := "<ImprontaDocumento>" + digest + "</ImprontaDocumento>"
	cases := map[string]struct {
		content string
		want    envelope.Query
		code    fault.Code
	}{
		"by codice":      {content: d + "<Codice> 1300125000000001 </Codice>", want: envelope.Query{Codice: "1300125000000001", Digest: lower}},
		"by entry":       {content: "\n" + d + "<Voce>" + digest + "</Voce><!-- x -->", want: envelope.Query{Entry: lower, Digest: lower}},
		"nothing":        {code: fault.RequestShape},
		"no digest":      {content: "<Codice>1300125000000001</Codice>", code: fault.RequestShape},
		"digest alone":   {content: d, code: fault.RequestShape},
		"both keys":      {content: d + "<Codice>1300125000000001</Codice><Voce>" + digest + "</Voce>", code: fault.RequestShape},
		"wrong order":    {content: "<Codice>1300125000000001</Codice>" + d, code: fault.RequestShape},
		"unknown key":    {content: d + "<Altro>1</Altro>", code: fault.RequestShape},
		"nested":         {content: d + "<Codice><x/></Codice>", code: fault.RequestShape},
		"other space":    {content: d + `<Codice xmlns="urn:x">1300125000000001</Codice>`, code: fault.RequestShape},
		"text":           {content: d + "x<Codice>1300125000000001</Codice>", code: fault.RequestShape},
		"short codice":   {content: d + "<Codice>1</Codice>", code: fault.ReceiptQuery},
		"letters":        {content: d + "<Codice>130012500000000X</Codice>", code: fault.ReceiptQuery},
		"empty codice":   {content: d + "<Codice/>", code: fault.ReceiptQuery},
		"empty entry":    {content: d + "<Voce/>", code: fault.ReceiptQuery},
		"digest not hex": {content: "<ImprontaDocumento>" + strings.Repeat("g", 64) + "</ImprontaDocumento><Codice>1300125000000001</Codice>", code: fault.ReceiptQuery},
		"short digest":   {content: "<ImprontaDocumento>ab</ImprontaDocumento><Codice>1300125000000001</Codice>", code: fault.ReceiptQuery},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t, soap(`<s:Body><RichiediRicevuta xmlns="urn:snodo:hub:v1">`+c.content+`</RichiediRicevuta></s:Body>`))
			got, f := envelope.ReadQuery(e)
			if c.code != "" {
				if f == nil || f.Code != c.code {
					t.Fatalf("fault %v, want %s", f, c.code)
				}
				return
			}
			if f != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, f, c.want)
			}
		})
	}
}

func TestReadEcho(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		want    string
		code    fault.Code
	}{
		"text":     {content: "<Testo> è &lt; </Testo>", want: " è < "},
		"empty":    {content: "<Testo/>"},
		"longest":  {content: "<Testo>" + strings.Repeat("è", 1024) + "</Testo>", want: strings.Repeat("è", 1024)},
		"too long": {content: "<Testo>" + strings.Repeat("è", 1025) + "</Testo>", code: fault.RequestShape},
		"nothing":  {code: fault.RequestShape},
		"nested":   {content: "<Testo><x/></Testo>", code: fault.RequestShape},
	} {
		e := open(t, soap(`<s:Body><Echo xmlns="urn:snodo:hub:v1">`+c.content+`</Echo></s:Body>`))
		got, f := envelope.ReadEcho(e)
		if f == nil && (c.code != "" || got != c.want) || f != nil && f.Code != c.code {
			t.Errorf("%s: got %q, %v", name, got, f)
		}
	}
}

// TestWriterEscapes: whatever is written reads back the same, as text and as
// attribute, or as U+FFFD where XML has no way to say it.
func TestWriterEscapes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                     "",
		"plain":                "plain",
		`<a b="c">&'d'</a>`:    `<a b="c">&'d'</a>`,
		"]]>":                  "]]>",
		"\t\n\r\r\n ":          "\t\n\r\r\n ",
		"è€😀":                  "è€😀",
		"\u0085\u2028\ufffd":   "\u0085\u2028\ufffd",
		"\x00\x0b\x1f":         "\ufffd\ufffd\ufffd",
		"\ufffe\uffff":         strings.Repeat("\ufffd", 6),
		"a\xffb\xc3":           "a\ufffdb\ufffd",
		"\xed\xa0\x80":         strings.Repeat("\ufffd", 3),
		"--><!-- <?pi?> &lt; ": "--><!-- <?pi?> &lt; ",
	} {
		w := envelope.NewWriter([]byte("<?xml version='1.0'?>"))
		w.Start("r", "a", in)
		w.Text(in)
		w.End("r")
		var got struct {
			Attr string `xml:"a,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(w.Bytes(), &got); err != nil {
			t.Fatalf("%q: %v in %s", in, err, w.Bytes())
		}
		if got.Attr != want || got.Text != want {
			t.Errorf("%q: attribute %q, text %q", in, got.Attr, got.Text)
		}
	}
}

func BenchmarkOpenAndAnswer(b *testing.B) {
	document := "<UniLav>" + strings.Repeat("<Campo nome=\"x\">valore &amp; altro</Campo>", 130) + "</UniLav>" // about 5 KB
	message := []byte(submission(document, "UniLav", "UniLavXML"))
	sealed := []byte(strings.Repeat(" ", 2500))
	b.ReportAllocs()
	b.SetBytes(int64(len(message)))
	var out []byte
	for b.Loop() {
		e, f := envelope.Open(message)
		if f != nil {
			b.Fatal(f)
		}
		n, _ := envelope.BindingOf(e.Operation)
		if _, f := n.Document(e); f != nil {
			b.Fatal(f)
		}
		out = n.AppendAnswer(out[:0], true, nil, sealed)
	}
}
