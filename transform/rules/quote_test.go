package rules

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// said is everything that faults tell, to people and to programs.
func said(t *testing.T, faults fault.List) string {
	t.Helper()
	b, err := json.Marshal(faults)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.Write(b)
	for _, f := range faults {
		all.WriteString("\n" + f.Text())
	}
	return all.String()
}

// values are the places of a communication that hold text, settable.
func values(c co.Comunicazione) []reflect.Value {
	var o transform.Outline
	o.Lay(c)
	var all []reflect.Value
	for _, p := range o.Places() {
		if v := reflect.ValueOf(p.Value); v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.String {
			all = append(all, v.Elem())
		}
	}
	return all
}

// TestFaultsQuoteNoValue puts marks in every value of every sample in turn: a
// word, and forms that rules read on from.
func TestFaultsQuoteNoValue(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for file, content := range samples(t) {
		c := decode(t, content)
		marked, broken := 0, 0
		for _, v := range values(c) {
			was := v.String()
			for _, mark := range []string{"QZ7XK", "QZXKWJ85C55L219J", "98765432109", "2187-11-29", "9876543210987654"} {
				v.SetString(mark)
				marked++
				faults := Check(c, nil, all, today)
				broken += min(1, len(faults))
				if text := said(t, faults); strings.Contains(text, mark) {
					t.Errorf("%s: %s (%s) is quoted: %s", file, was, v.Type(), text)
				}
			}
			v.SetString(was)
		}
		if marked == 0 || broken == 0 {
			t.Errorf("%s: %d values marked, %d told", file, marked, broken)
		}
	}
}

// TestCasesQuoteNoValue: no value of a document that breaks a rule, long enough
// to be told from a word of ours, is in what its faults say.
func TestCasesQuoteNoValue(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for _, c := range allCases() {
		com := decode(t, sample(t, c.base))
		reflect.ValueOf(c.edit).Call([]reflect.Value{reflect.ValueOf(com)})
		text := said(t, Check(com, nil, all, today))
		for _, v := range values(com) {
			if s := v.String(); len(s) >= 8 && s != string(co.Zero) && strings.Contains(text, s) {
				t.Errorf("%s: %s is quoted: %s", c.name, s, text)
			}
		}
	}
}

// TestCasesNameTheirField: every fault of a rule names a place that the schema
// of its document declares, so that people read its label.
func TestCasesNameTheirField(t *testing.T) {
	t.Parallel()
	all := tables(t)
	standards, err := standards()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range allCases() {
		content := sample(t, c.base)
		id, _ := standards.Identify(content)
		com := decode(t, content)
		reflect.ValueOf(c.edit).Call([]reflect.Value{reflect.ValueOf(com)})
		faults := Check(com, nil, all, today)
		standards.Label(id, faults)
		for _, f := range faults {
			name := f.Path[strings.LastIndexAny(f.Path, "/@")+1:]
			label := f.Field[strings.LastIndex(f.Field, ">")+1:]
			undeclared := name != "" && unicode.IsLower(rune(name[0])) && strings.TrimSpace(label) == name
			if f.Field == "" || undeclared {
				t.Errorf("%s: %s at %q is %q: no such place in the schema", c.name, f.Code, f.Path, f.Field)
			}
		}
	}
}

// saysAll are the faults whose own sentence says what was expected, as ENV-04's of
// sixteen zeros, or cannot without the document's value, as of a wrong check
// character.
func saysAll() []fault.Code {
	return []fault.Code{
		fault.UnknownTipo, fault.TipoNeedsHiring, fault.PreviousNotAllowed, fault.CodeNotZero, fault.FaxPrevious, fault.TourismPrevious,
		fault.PreviousForm, fault.PersonalCode, fault.NumericCode, fault.PermitNumber, fault.SupplyContract, fault.TransferredIsEmployer,
		fault.SameEmployer, fault.TransformationPublic, fault.OldApprenticeship, fault.AgencyTransformation, fault.PublicCause,
		fault.ApprenticeCause, fault.OwnPromoter, fault.TrainingConfused, fault.LaoAnnulledLate, fault.LaoPreviousNotAllowed, fault.LaoSamePerson,
	}
}

// TestCasesSayWhatIsExpected: people read what they should have written.
func TestCasesSayWhatIsExpected(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for _, c := range allCases() {
		com := decode(t, sample(t, c.base))
		reflect.ValueOf(c.edit).Call([]reflect.Value{reflect.ValueOf(com)})
		for _, f := range Check(com, nil, all, today) {
			if f.Expected == "" && !slices.Contains(saysAll(), f.Code) {
				t.Errorf("%s: %s at %s says nothing of what was expected", c.name, f.Code, f.Path)
			}
		}
	}
}
