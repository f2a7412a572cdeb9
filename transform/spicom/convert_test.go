package spicom

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
)

// TestDays: a day travels as its midnight in Italy, whatever the season and
// the century.
func TestDays(t *testing.T) {
	t.Parallel()
	c := converter(t)
	for _, day := range []string{
		"2025-03-03",               // winter
		"2025-08-31",               // summer
		"2025-03-30", "2025-10-26", // clocks change
		"1970-01-01", "1969-12-31", // around the epoch
		"1968-05-14", "1943-09-08", "1916-06-04", // before it; summer time at midnight
		"1900-01-01", "2099-12-31", // conventional days of permits
		"0001-01-02", "9999-12-30",
	} {
		midnight, err := time.ParseInLocation(time.DateOnly, day, c.Rome)
		if err != nil {
			t.Fatal(err)
		}
		text := set(t, payload(t, hiringPayload), "lavoratore", "dataNascita", date, strconv.FormatInt(midnight.UnixMilli(), 10))
		r, err := c.Convert(text)
		if err != nil || r.Faults.Refuses() {
			t.Fatalf("%s: %v %v", day, r.Faults, err)
		}
		if got := decodeUniLav(t, r).Lavoratore.AnagraficaCompleta.Nascita.Data; string(got) != day {
			t.Errorf("midnight of %s became %s", day, got)
		}
	}
}

func TestInstantOfSending(t *testing.T) {
	t.Parallel()
	for millis, want := range map[string]string{
		"1740820530000": "2025-03-01T10:15:30+01:00",
		"1756675800000": "2025-08-31T23:30:00+02:00",
		"1756675800120": "2025-08-31T23:30:00.12+02:00",
	} {
		r, err := converter(t).Convert(set(t, payload(t, hiringPayload), "datiInvio", "dataInvio", date, millis))
		if err != nil || r.Faults.Refuses() {
			t.Fatal(r.Faults, err)
		}
		if got := decodeUniLav(t, r).DataInvio; got != want {
			t.Errorf("%s became %s, want %s", millis, got, want)
		}
	}
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "00000000", "7": "00000007", "123456": "00123456", "12345678": "12345678",
		"123456789": "123456789", "AB12": "AB12", "12345678/25": "12345678/25",
	} {
		if got := protocol(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestPreviousCode(t *testing.T) {
	t.Parallel()
	const code, none = "1300125200000123", "1300000000000000"
	for _, tc := range []struct {
		tipo, given, reference string
		national, kept         string
		warned                 bool
	}{
		{"01", code, null, "", code, true},
		{"02", code, null, "", code, true},
		{"05", code, null, "", code, true},
		{"06", code, null, "", code, true},
		{"08", code, null, "", code, true},
		{"03", code, null, code, "", false},
		{"04", code, code, code, "", false},
		{"07", code, null, code, "", false},
		{"09", code, null, code, "", false},
		{"08", "0000000000000000", null, "0000000000000000", "", false},
		{"08", none, null, "", "", false},
		{"01", none, null, "", "", false},
		{"03", none, null, none, "", false},
		{"01", null, code, "", code, false},
		{"01", "", code, "", code, false},
		{"01", null, "null", "", "", false},
		{"01", "senza codice", null, "", "", true},
	} {
		text := set(t, payload(t, hiringPayload), "datiInvio", "tipoComunicazione", str, tc.tipo)
		text = set(t, text, "datiInvio", "codiceComunicazionePrecedente", str, tc.given)
		text = set(t, text, "datiAggiuntivi", "riferimentoCodReg", str, tc.reference)
		r, err := converter(t).Convert(text)
		if err != nil || r.Faults.Refuses() {
			t.Fatalf("%+v: %v %v", tc, r.Faults, err)
		}
		warned := strings.Contains(report(r), "CNV-32")
		if got := decodeUniLav(t, r).CodiceComunicazionePrec; string(got) != tc.national || r.Previous != tc.kept || warned != tc.warned {
			t.Errorf("%+v: national %q, kept %q, warned %t", tc, got, r.Previous, warned)
		}
	}
}

// TestDigest: the text of dataInvio says when a communication was sent again,
// not which communication it is. Any other byte does.
func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(text []byte) [32]byte {
		r, err := converter(t).Convert(text)
		if err != nil || r.Faults.Refuses() {
			t.Fatal(r.Faults, err)
		}
		return r.Digest
	}
	hiring := payload(t, hiringPayload)
	want := digest(hiring)
	const blanked = `<dataInvio type="java.util.Date"></dataInvio>`
	if got := sha256.Sum256(edit(t, hiring, `<dataInvio type="java.util.Date">1740820530000</dataInvio>`, blanked)); got != want {
		t.Error("not the SHA-256 of the text with dataInvio blanked")
	}
	for _, value := range []string{"1740820531000", null, "<!-- -->1740820531000", "<![CDATA[1]]>"} {
		if digest(set(t, hiring, "datiInvio", "dataInvio", date, value)) != want {
			t.Errorf("another dataInvio, %s, is another communication", value)
		}
	}
	for _, other := range [][]byte{
		set(t, hiring, "datiInvio", "protocolloSistema", str, "123457"),
		set(t, hiring, "datiInizio", "dataFine", date, "1756591200001"),
		edit(t, hiring, `<proroga type`, ` <proroga type`),
	} {
		if digest(other) == want {
			t.Error("another communication has the same digest")
		}
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" \r\n\t<o/> \n": "<o/>", "\ufeff<o/>": "<o/>", "\n\ufeff\n<o/>": "<o/>", "": "", "\u00a0<o/>": "\u00a0<o/>",
	} {
		if got := string(Trim([]byte(in))); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

// TestClasses holds our table of properties against the domain's table of beans.
func TestClasses(t *testing.T) {
	t.Parallel()
	rows := shared(t, "piemonte/beans.csv")
	declared := map[string]map[string]string{}
	for _, row := range rows[1:] {
		if row[0] != strings.TrimSuffix(dto, ".") || row[3] == "" {
			continue
		}
		if declared[row[1]] == nil {
			declared[row[1]] = map[string]string{}
		}
		declared[row[1]][row[3]] = row[4]
	}
	letter := func(javaType string) string {
		if javaType == "boolean" {
			return typeFlag
		}
		if s, ok := shapeOf(javaType); ok && s.kind != typeArray {
			return s.kind
		}
		return javaType
	}
	for _, c := range classes() {
		want, ok := declared[c.name]
		if !ok {
			t.Errorf("%s is no class of the domain", c.name)
			continue
		}
		b := beans()[c.name]
		own := map[string]string{}
		for name, p := range b.properties {
			if b.super == nil || b.super.properties[name] == (property{}) {
				own[name] = p.declared
			}
		}
		if len(own) == 0 {
			continue // of a track not converted yet
		}
		for name, javaType := range want {
			if own[name] != letter(javaType) {
				t.Errorf("%s.%s is %q here, %s there", c.name, name, own[name], javaType)
			}
			delete(own, name)
		}
		for name := range own {
			t.Errorf("%s.%s is not there", c.name, name)
		}
	}
}

// TestUnionCurrent: who needs to tell nothing of a stay is whom the table of the
// Union's citizenships has.
func TestUnionCurrent(t *testing.T) {
	t.Parallel()
	tables, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	for code := range 1000 {
		citizen := fmt.Sprintf("%03d", code)
		if want := tables.UnioneEuropea.Has(citizen, "2026-11-26"); unionCitizen(citizen) != want {
			t.Errorf("citizenship %s: got %t", citizen, !want)
		}
	}
	if unionCitizen("") {
		t.Error("no citizenship is one of the Union")
	}
}

func shared(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "domain", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the domain's tables are not here: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func decode(t *testing.T, r Result) co.Comunicazione {
	t.Helper()
	c, err := transform.Decode(xsd.ID{Kind: r.Kind, Edition: edition}, r.National)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decodeUniLav(t *testing.T, r Result) *co.UniLav {
	t.Helper()
	return decode(t, r).(*co.UniLav)
}

func BenchmarkConvert(b *testing.B) {
	c := converter(b)
	text := payload(b, hiringPayload)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if r, err := c.Convert(text); err != nil || r.Faults.Refuses() {
			b.Fatal(r.Faults, err)
		}
	}
}
