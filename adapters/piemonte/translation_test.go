package piemonte

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd/fault"
)

// conversion is a call of convertiInFormatoUnico2 with those documents.
func conversion(tb testing.TB, documents ...string) []byte {
	tb.Helper()
	body := string(recorded(tb, "06"))
	head, rest, ok := strings.Cut(body, `<value `)
	_, tail, okay := strings.Cut(rest, `</value>`)
	if !ok || !okay {
		tb.Fatal("the recorded call has another form")
	}
	var b strings.Builder
	b.WriteString(head + `<value xsi:type="ns2:Array" ns2:arrayType="xsd:string[` + strconv.Itoa(len(documents)) + `]">`)
	for _, d := range documents {
		b.WriteString(`<item xsi:type="xsd:string">`)
		if err := xml.EscapeText(&b, []byte(d)); err != nil {
			tb.Fatal(err)
		}
		b.WriteString(`</item>`)
	}
	return []byte(b.String() + "</value>" + tail)
}

// TestConversionInOrder: a wrong document among right ones fails alone, and
// every result stands where its document stood.
func TestConversionInOrder(t *testing.T) {
	t.Parallel()
	documents := []string{"<UniLav/>", "not XML", ""}
	good := 0
	for _, kind := range []string{"unilav", "unisomm", "uniurg", "vardatori"} {
		files, err := filepath.Glob("../../xsd/schemas/" + kind + "/*/testdata/valid/*.xml")
		if err != nil || len(files) == 0 {
			t.Fatalf("no samples of %s: %v", kind, err)
		}
		content, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, string(content), "<x/>")
		good++
	}
	call, a := serve(t, dialect(t, nil), conversion(t, documents...))
	if call.Operation != hub.OpConvert || len(a.Conversions) != len(documents) {
		t.Fatalf("%s: %d results of %d", call.Operation, len(a.Conversions), len(documents))
	}
	converter := dialect(t, nil).Converter
	done := 0
	for i, c := range a.Conversions {
		if normal(c.In) != normal(documents[i]) {
			t.Errorf("result %d is of another document", i)
		}
		if !c.Done {
			if len(c.Errors) == 0 {
				t.Errorf("result %d: a failure without reason", i)
			}
			continue
		}
		done++
		back, err := converter.Convert(spicom.Trim([]byte(c.Out)))
		if err != nil || back.Faults.Refuses() {
			t.Errorf("result %d is no communication: %v, %v", i, back.Faults, err)
		}
	}
	if done != good {
		t.Errorf("%d converted, want %d", done, good)
	}
}

// normal is a document with the line ends an XML reader gives it.
func normal(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func TestConversionOfNothing(t *testing.T) {
	t.Parallel()
	_, a := serve(t, dialect(t, nil), conversion(t))
	if a.Exception != nil || a.Conversions == nil || len(a.Conversions) != 0 {
		t.Errorf("got %+v", a)
	}
	_, a = serve(t, dialect(t, nil), conversion(t, make([]string, maxTranslations+1)...))
	if a.Exception == nil {
		t.Errorf("too many documents: %+v", a)
	}
}

// TestConversionBounded: an answer that would be too large is refused whole.
func TestConversionBounded(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/assunzione.xml")
	if err != nil {
		t.Fatal(err)
	}
	padded := string(content) + strings.Repeat(" ", 1<<20)
	documents := slices.Repeat([]string{padded}, maxTranslated>>20)
	if _, a := serve(t, dialect(t, nil), conversion(t, documents...)); a.Exception == nil || !strings.HasPrefix(a.Exception.Message, string(fault.RegionalTooLarge)) {
		t.Errorf("got %+v", a.Exception)
	}
}

// TestConversionHoldsWhatItTells: what is told of documents counts among the bytes that
// the call holds, for a small wrong document is told of at many times its size.
func TestConversionHoldsWhatItTells(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/assunzione.xml")
	if err != nil {
		t.Fatal(err)
	}
	unknown := ""
	for i := range 60 {
		unknown += " a" + strconv.Itoa(i) + "=''"
	}
	wrong := strings.Replace(string(content), "<DatoreLavoro ", "<DatoreLavoro"+unknown+" ", 1)
	call, a := serve(t, dialect(t, nil), conversion(t, wrong))
	told := 0
	for _, c := range a.Conversions {
		for _, line := range c.Errors {
			told += len(line)
		}
	}
	if told < len(wrong) || call.Holds < len(wrong)+told {
		t.Errorf("%d bytes told of %d, %d held", told, len(wrong), call.Holds)
	}
}
