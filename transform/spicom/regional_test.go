package spicom

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// nationalSamples are the valid documents of the kinds that have a track.
func nationalSamples(t testing.TB) map[string]co.Comunicazione {
	t.Helper()
	standards, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]co.Comunicazione)
	for _, kind := range []string{"unilav", "unisomm", "uniurg", "vardatori"} {
		files, err := filepath.Glob("../../xsd/schemas/" + kind + "/*/testdata/valid/*.xml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			id, faults := standards.Identify(content)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			c, err := transform.Decode(id, content)
			if err != nil {
				t.Fatal(err)
			}
			all[kind+"/"+strings.TrimSuffix(filepath.Base(file), ".xml")] = c
		}
	}
	return all
}

// TestThereAndBack: a national document in the regional form, converted, is the
// same national document, but for what was told.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	standards, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	c := converter(t)
	for name, national := range nationalSamples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, lost := c.Regional(national)
			if text == nil {
				t.Fatal(lost)
			}
			back, err := c.Convert(Trim(text))
			if err != nil || back.Faults.Refuses() {
				t.Fatalf("%v %v\n%s", back.Faults, err, text)
			}
			if len(back.Unknown) > 0 {
				t.Errorf("unknown %v", back.Unknown)
			}
			want, err := transform.Encode(national)
			if err != nil {
				t.Fatal(err)
			}
			told := slices.Concat(lost, back.Faults)
			if got, want := plain(back.National), plain(want); len(told) == 0 && got != want {
				t.Errorf("back\n%s\nwant\n%s", got, want)
			}
			for _, f := range told {
				if !slices.Contains(expectedLosses(), f.Code) {
					t.Errorf("lost %+v", f)
				}
			}
			if id, faults := standards.Identify(back.National); len(faults) == 0 {
				if faults, err := standards.Validate(id, back.National); err != nil || len(faults) > 0 {
					t.Errorf("back it does not hold: %v, %v", faults, err)
				}
			}
		})
	}
}

// plain leaves out how a date is written beside its day, and the block that
// edition CO190701R1 keeps empty.
func plain(document []byte) string {
	dates := regexp.MustCompile(`" *([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+\-][0-9]{2}:[0-9]{2})? *"`)
	return strings.NewReplacer("<Agevolazioni></Agevolazioni>", "", "<agevolazioni></agevolazioni>", "").
		Replace(dates.ReplaceAllString(string(document), `"$1"`))
}

// expectedLosses are what samples hold that one of the forms has no place for.
func expectedLosses() []fault.Code {
	return []fault.Code{fault.NoRegionalPlace, fault.HoursDropped, fault.ResidenceDropped, fault.PreviousDropped}
}

// trackless is a communication of a kind that no track has.
type trackless struct{ co.UniLav }

func (*trackless) Kind() string { return co.UNIPI }

func TestNoRegionalForm(t *testing.T) {
	t.Parallel()
	text, faults := converter(t).Regional(&trackless{})
	if text != nil || len(faults) != 1 || faults[0].Code != fault.NoRegionalForm || !faults.Refuses() {
		t.Errorf("got %s, %v", text, faults)
	}
}

// TestLargestTransfer: the largest transfer that has a regional form is read
// back, one more worker has none.
func TestLargestTransfer(t *testing.T) {
	t.Parallel()
	sample := nationalSamples(t)["vardatori/sedi"].(*co.VarDatori)
	site := &sample.TrasferimentoAzienda.SedeLavoro[0]
	worker := site.Lavoratori[0]
	for sample.Workers() < maxTransferred {
		site.Lavoratori = append(site.Lavoratori, worker)
	}
	text, faults := converter(t).Regional(sample)
	if faults.Refuses() || len(text) > MaxDocument {
		t.Fatalf("%d bytes, %v", len(text), faults)
	}
	back, err := converter(t).Convert(Trim(text))
	if err != nil || back.Faults.Refuses() {
		t.Fatalf("%v, %v", back.Faults, err)
	}
	site.Lavoratori = append(site.Lavoratori, worker)
	if text, faults := converter(t).Regional(sample); text != nil || len(faults) != 1 || faults[0].Code != fault.RegionalTooLarge {
		t.Errorf("%d bytes, %v", len(text), faults)
	}
}

// TestLost: what a property cannot hold is named by its own place, in the order
// of the format, whichever of many workers has it.
func TestLost(t *testing.T) {
	t.Parallel()
	sample := nationalSamples(t)["vardatori/sedi"].(*co.VarDatori)
	site := &sample.TrasferimentoAzienda.SedeLavoro[0]
	site.Lavoratori = append(site.Lavoratori[:1:1], site.Lavoratori[0], site.Lavoratori[0])
	site.Lavoratori[2].Contratto.RetribuzioneCompenso = "0100"
	site.Lavoratori[1].Contratto.DataFine = "mai"
	text, lost := converter(t).Regional(sample)
	if text == nil {
		t.Fatal(lost)
	}
	var paths []string
	for _, f := range lost {
		paths = append(paths, f.Path)
	}
	const worker = "/VarDatori/TrasferimentoAzienda/SedeLavoro[1]/Lavoratori"
	want := []string{worker + "[2]/Contratto/@dataFine", worker + "[3]/Contratto/RetribuzioneCompenso"}
	if !slices.Equal(paths, want) {
		t.Errorf("told %q, want %q", paths, want)
	}
}
