package probe

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample has a check of each verdict, and names that a page must not believe.
func sample() Report {
	return Report{
		Title: "Esame", Subject: "2 file", Instant: time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC), Program: "snodo PROVA",
		Notes: []string{"una nota abbastanza lunga da non stare in una riga sola di ottanta caratteri, che va a capo"},
		Parts: []Part{
			{Name: `<script src="http://altrove">.xml`, About: "documento nazionale", Notes: []string{"altra"}, Checks: []Check{
				{ID: "busta", Group: "Messaggio", Sent: "una busta", Wanted: "letta", Source: "SOAP 1.1", Got: "in ordine", Verdict: Held, Points: 2},
				{ID: "firma", Group: "Firma", Sent: "la firma", Wanted: "valida", Source: "XML-DSig", Got: "1 errore", Verdict: Failed, Points: 5,
					Remedy: "Correggere SIG-29.", Leaves: "una voce", Findings: []Finding{
						{Code: "SIG-29", Text: "Il documento non è quello firmato.", Path: "/UniLav", Line: 3, Remedy: "Firmare di nuovo.", Source: "XML-DSig"},
						{Code: "DATA-09", Warning: true, Text: "In ritardo.", Line: 7},
					}},
				{ID: "firmatario", Group: "Firma", Sent: "il firmatario", Wanted: "riconosciuto", Source: "RFC 5280", Got: "la firma non regge", Verdict: Untried, Blocked: true, Points: 5},
				{ID: "tls", Group: "Messaggio", Sent: "il canale", Wanted: "TLS", Source: "ModI", Got: "non c'è", Verdict: Untried, Points: 5},
			}},
			{Name: "vuoto"},
		},
	}
}

// TestScore: points of what a failure hides are lost, of what was not asked for
// they are in neither number; the percentage is rounded down.
func TestScore(t *testing.T) {
	t.Parallel()
	if got, want := sample().Score(), (Score{Points: 2, Of: 12, Percent: 16, Held: 1, Failed: 1, Untried: 2}); got != want {
		t.Errorf("score %+v, want %+v", got, want)
	}
	all := Part{Checks: []Check{{Verdict: Held, Points: 199}, {Verdict: Failed, Points: 1}}}.Score()
	if all.Percent != 99 || all.Whole() {
		t.Errorf("score %+v: one failure is not all", all)
	}
	if none := (Part{Checks: []Check{{Verdict: Untried, Points: 1}}}).Score(); none.Whole() || none.Percent != 0 {
		t.Errorf("score %+v: nothing was tried", none)
	}
	if one := (Part{Checks: []Check{{Verdict: Held, Points: 1}}}).Score(); !one.Whole() || one.Percent != 100 {
		t.Errorf("score %+v", one)
	}
}

// TestLooks: the golden file shows the report in each of its forms.
func TestLooks(t *testing.T) {
	t.Parallel()
	const golden = "testdata/report.txtar"
	forms := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"text", func(w io.Writer) error { return sample().Text(w, false) }},
		{"text of all", func(w io.Writer) error { return sample().Text(w, true) }},
		{"json", sample().JSON},
		{"html", sample().HTML},
	}
	written := &txtar.Archive{}
	for _, f := range forms {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			t.Fatal(err)
		}
		written.Files = append(written.Files, txtar.File{Name: f.name, Data: b.Bytes()})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := txtar.ParseFile(golden)
	if err != nil || len(want.Files) != len(forms) {
		t.Fatalf("%d forms, %v", len(want.Files), err)
	}
	for i, f := range want.Files {
		if got := written.Files[i]; f.Name != got.Name || !bytes.Equal(f.Data, got.Data) {
			t.Errorf("%s: want\n%s\ngot\n%s", f.Name, f.Data, got.Data)
		}
	}
	for line := range strings.Lines(string(written.Files[1].Data)) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}

// TestJSON: scores are beside what they count.
func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := sample().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Parts []struct {
			Checks []Check `json:"prove"`
			Score  Score   `json:"punteggio"`
		} `json:"parti"`
		Score Score `json:"punteggio"`
		Whole bool  `json:"conforme"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Whole || got.Score != sample().Score() || len(got.Parts) != 2 || got.Parts[0].Score != sample().Parts[0].Score() || len(got.Parts[0].Checks) != 4 || got.Parts[1].Checks == nil {
		t.Errorf("%+v", got)
	}
}

// TestPageStandsAlone: the page is well-formed, runs nothing, fetches nothing, and
// every link leads to a place in it.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := sample().HTML(&page); err != nil {
		t.Fatal(err)
	}
	places, links := map[string]bool{}, []string{}
	d := xml.NewDecoder(bytes.NewReader(page.Bytes()))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "script", "img", "link", "iframe", "object", "form":
			t.Errorf("the page has a %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "id":
				if places[a.Value] {
					t.Errorf("%s is there twice", a.Value)
				}
				places[a.Value] = true
			case "href":
				links = append(links, a.Value)
			case "src", "style", "onclick":
				t.Errorf("%s has a %s", e.Name.Local, a.Name.Local)
			}
		}
	}
	for _, l := range links {
		if !strings.HasPrefix(l, "#") || !places[l[1:]] {
			t.Errorf("a link to %s", l)
		}
	}
	if len(links) != 3 || strings.Contains(page.String(), "url(") || strings.Contains(page.String(), "@import") {
		t.Errorf("links %q, or a style that fetches", links)
	}
	if !strings.Contains(page.String(), "&lt;script") {
		t.Error("the name of the file is not there")
	}
}
