package xsd

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// divergences are the facts of the formats' tables from which a schema departs
// on purpose, with the reason.
func divergences() map[string]string {
	return map[string]string{
		"/UniLav/(choice)":             "a note, not a field",
		"/UniLav/@codiceComunicazione": "any length: ENV-04 tells the sender what to write",
		"/UniLav/@versione":            "this schema is of one edition",
		"/UniLav/InizioRapporto":       "required inside the choice",
		"/UniLav/Proroga":              "required inside the choice",
		"/UniLav/Trasformazione":       "required inside the choice",
		"/UniLav/Cessazione":           "required inside the choice",

		"/VarDatori/(choice)":                            "a note, not a field",
		"/VarDatori/@codiceComunicazione":                "any length: ENV-04 tells the sender what to write",
		"/VarDatori/@versione":                           "this schema is of one edition",
		"/VarDatori/TrasferimentoAzienda":                "required inside the choice",
		"/VarDatori/VariazioneRagioneSociale":            "required inside the choice",
		"/VarDatori/TrasferimentoAzienda/SedeLavoro/cap": "optional: AZ-02 forbids it to a workplace abroad",

		"/UniUrg/@codiceComunicazione":               "any length: ENV-04 tells the sender what to write",
		"/UniUrg/@versione":                          "this schema is of one edition",
		"/UniSomm/@codiceComunicazione":              "any length: ENV-04 tells the sender what to write",
		"/UniSomm/@versione":                         "this schema is of one edition",
		"/UniSomm/DatiVariazione/(choice)":           "a note, not a field",
		"/UniSomm/DatiVariazione/DatiProroga":        "required inside the choice",
		"/UniSomm/DatiVariazione/DatiTrasformazione": "required inside the choice",
		"/UniSomm/DatiVariazione/DatiCessazione":     "required inside the choice",

		"/UniMare/(choice)":             "a note, not a field",
		"/UniMare/@codiceComunicazione": "any length: ENV-04 tells the sender what to write",
		"/UniMare/@versione":            "this schema is of one edition",
		"/UniMare/InizioRapporto":       "required inside the choice",
		"/UniMare/Proroga":              "required inside the choice",
		"/UniMare/Trasformazione":       "required inside the choice",
		"/UniMare/Cessazione":           "required inside the choice",

		"/UniDom/@codiceComunicazione": "any length: ENV-04 tells the sender what to write",
		"/UniDom/@versione":            "this schema is of one edition",

		"/prospetto/@codicecomunicazione": "any length: ENV-04 tells the sender what to write",
		"/prospetto/@versione":            "this schema is of one edition",
		"/prospetto/quadro1/datiprospetto/nessunaassunzioneaggiuntiva": "N or S in either branch of the choice: UPI-91 tells which; " +
			"an element without text, which a fixed value would fill, is refused",
	}
}

// factsOf are the tables of the formats with the standard each describes.
func factsOf() map[string]ID {
	return map[string]ID{
		"unilav.csv":    unilavID,
		"vardatori.csv": {"VARDATORI", "CO190701R1"},
		"uniurg.csv":    {"UNIURG", "CO130131"},
		"unisomm.csv":   {"UNISOMM", "CO190701R1"},
		"unimare.csv":   {"UNIMARE", "CO190701R1"},
		"unidom.csv":    {"UNIDOM", "CO190701R1"},
		"unipi.csv":     {"UNIPI", "PIDISABILI001600"},
	}
}

// TestSchemasHaveTheFacts compares the schemas, row by row, with the tables of
// the formats where they are at hand: every field there, required or not, as
// often, same facets, and marked where the table calls it inferred.
func TestSchemasHaveTheFacts(t *testing.T) {
	t.Parallel()
	s := build(t)
	for file, id := range factsOf() {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open("../../shared/domain/formats/" + file)
			if err != nil {
				t.Skip("the table of the format is not here")
			}
			defer f.Close()
			rows, err := csv.NewReader(f).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			compared := 0
			sch := s.compiled[id].schema
			marked := sch.inferredPaths()
			for _, row := range rows[1:] {
				path, required, facets := row[1], row[4] == "1", row[6]
				if strings.Contains(row[8]+row[10], "inferred") && !strings.HasSuffix(path, "(choice)") &&
					!slices.ContainsFunc(marked, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") }) {
					t.Errorf("%s is inferred, and not marked so", path)
				}
				if divergences()[path] != "" {
					continue
				}
				compared++
				found, least, most, simple := resolve(sch, path)
				switch {
				case !found:
					t.Errorf("%s is not in the schema", path)
				case (row[5] == "unbounded") != (most < 0) || most >= 0 && row[5] != strconv.Itoa(most):
					t.Errorf("%s: at most %s, in the schema %d", path, row[5], most)
				case required != (least == 1):
					t.Errorf("%s: required %v, in the schema %v", path, required, least == 1)
				case simple != nil && !slices.Equal(factFacets(facets), schemaFacets(simple)):
					t.Errorf("%s: facets %q, in the schema %q", path, factFacets(facets), schemaFacets(simple))
				}
			}
			if compared < len(rows)*3/4 {
				t.Errorf("%d of %d rows compared", compared, len(rows))
			}
		})
	}
}

func resolve(sch *schema, path string) (found bool, least, most int, simple *simpleType) {
	e := sch.root
	for i, step := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if name, ok := strings.CutPrefix(step, "@"); ok {
			for _, a := range e.complex.attributes {
				if a.name == name {
					least = 0
					if a.required {
						least = 1
					}
					return true, least, 1, a.simple
				}
			}
			return false, 0, 0, nil
		}
		if i > 0 {
			if e.complex == nil || e.complex.elements[step] == nil {
				return false, 0, 0, nil
			}
			e = e.complex.elements[step]
		}
	}
	return true, e.min, e.max, e.simple
}

// factFacets reads "pattern=x ; pattern=y; maxLength=9" in the notation of the
// schema, which spells digits as ASCII.
func factFacets(s string) []string {
	var out []string
	for _, at := range []string{"pattern=", "minLength=", "maxLength=", "length=", "enumeration="} {
		s = strings.ReplaceAll(s, " ; "+at, "\x00"+at)
		s = strings.ReplaceAll(s, "; "+at, "\x00"+at)
	}
	for _, f := range strings.Split(s, "\x00") {
		name, value, _ := strings.Cut(f, "=")
		value = strings.NewReplacer(`\d`, "[0-9]", "{1}", "", "[0]", "0").Replace(value)
		switch name {
		case "length":
			out = append(out, "minLength="+value, "maxLength="+value)
		case "enumeration":
			for _, v := range strings.Split(value, "|") {
				out = append(out, "enumeration="+v)
			}
		case "minLength", "maxLength", "pattern":
			out = append(out, name+"="+value)
		}
	}
	slices.Sort(out)
	return out
}

func schemaFacets(t *simpleType) []string {
	var out []string
	if t.min > 0 {
		out = append(out, "minLength="+strconv.Itoa(t.min))
	}
	if t.max >= 0 {
		out = append(out, "maxLength="+strconv.Itoa(t.max))
	}
	for _, v := range t.values {
		out = append(out, "enumeration="+v)
	}
	if t.base == "xs:string" { // the patterns of dates are ours
		for _, p := range t.patterns {
			value := strings.TrimSuffix(strings.TrimPrefix(p.String(), `\A(?:`), `)\z`)
			out = append(out, "pattern="+value)
		}
	}
	slices.Sort(out)
	return out
}
