package spicom

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// filled is a bean of a class with a value in every property. Of names the
// classes of some beans, by path, "" to leave one out.
func filled(class, path string, of map[string]string) *object {
	o := newBean(class)
	for i, p := range o.class.order {
		at := path + "/" + p.name
		switch p.declared {
		case typeString:
			text(o, p.name, "T"+strconv.Itoa(i))
		case typeLong:
			o.put(p.name, &object{declared: typeLong, text: strconv.Itoa(i + 1)})
		case typeFlag:
			o.put(p.name, &object{declared: typeFlag, text: "true"})
		case typeDate:
			o.put(p.name, &object{declared: typeDate, text: strconv.Itoa(1740956400000 + i*86400000)})
		case typeList:
			o.put(p.name, &object{declared: typeList, items: []object{{declared: typeString, text: "X"}}})
		case javaTypeOf(typeString) + typeArray:
			o.put(p.name, &object{declared: typeArray, items: []object{{declared: typeString, text: ministry}}})
		default:
			item, array := strings.CutSuffix(strings.TrimPrefix(p.declared, dto), typeArray)
			chosen, ok := of[at]
			switch {
			case array:
				o.put(p.name, &object{declared: typeArray, items: []object{*filled(item, at, of)}})
			case !ok:
				o.put(p.name, filled(item, at, of))
			case chosen != "":
				o.put(p.name, filled(chosen, at, of))
			}
		}
	}
	return o
}

// silent lists what of o, at path, may go without a trace: a bean whose every
// property may stands for all of them.
func silent(o *object, path string, traceless func() bool) (list []string, all bool) {
	all = true
	for i := range o.fields {
		at, v := path+"/"+o.fields[i].name, &o.fields[i].value
		if v.declared == typeArray && v.items[0].class != nil {
			v = &v.items[0]
		}
		if v.class != nil {
			below, every := silent(v, at, traceless)
			if every { // unless the whole of it is told of
				v.null = true
				every, below = traceless(), nil
				v.null = false
			}
			if every {
				below = []string{at}
			}
			list, all = append(list, below...), all && every
			continue
		}
		v.null = true
		if traceless() {
			list = append(list, at)
		} else {
			all = false
		}
		v.null = false
	}
	return list, all
}

// reporting is a communication of a track. Each section of the root that is named
// is filled, with a class where there are several; absent are paths below them that
// are not.
func reporting(track, sections, absent string) *object {
	of := make(map[string]string)
	for _, p := range beans()[classComunicazione].order {
		of["/"+p.name] = ""
	}
	for _, section := range strings.Fields(sections + " datiInvio datiAggiuntivi") {
		name, class, ok := strings.Cut(section, ":")
		if delete(of, "/"+name); ok {
			of["/"+name] = class
		}
	}
	for _, path := range strings.Fields(absent) {
		of[path] = ""
	}
	root := filled(classComunicazione, "", of)
	root.get("datiAggiuntivi").get("tipoTracciatoXML").text = track
	root.get("datiInvio").get("tipoComunicazione").text = "03"
	if change := root.get("datiVariazione"); change != nil {
		change.get("codiceVariazione").text = "2.02"
	}
	return root
}

// told is all that anybody hears of a communication.
func told(t *testing.T, root *object) string {
	t.Helper()
	r, err := converter(t).Convert(Trim(appendPayload(nil, root)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Faults {
		r.Faults[i].Line = 0
	}
	return fmt.Sprintln(string(r.National), r.Faults, r.Previous, r.External)
}

// TestLostInSilence: testdata/silent.txt lists, for each thing that may be
// reported, every property that a conversion leaves out without telling. What is
// not there reaches the national document, the hub or a warning: so does, where
// all the sections of other tracks are filled too, every one of them. Read what
// -update adds.
func TestLostInSilence(t *testing.T) {
	t.Parallel()
	// Which sections a front end fills (domain page payload.md, section 2), with
	// the class of those that have several.
	const unilav = "datoreDiLavoro lavoratore lavoratoreCoobbligato datiInizio:InizioRapportoUnilavDTO "
	const agency = "datoreDiLavoro:AgenziaSomministrazioneDTO lavoratore datiInizio:InizioRapportoUniSommDTO dittaUtilizzatrice missione "
	var got bytes.Buffer
	// Those of other tracks, with the classes that other tracks have.
	const (
		changes  = " proroga trasformazione cessazione"
		change   = " datiVariazione"
		placed   = " dittaUtilizzatrice missione"
		firms    = " variazioneRagioneSociale trasferimentoRamoAziendale"
		domestic = " dichiarazioniUnidom"
		people   = " datoreDiLavoro lavoratore lavoratoreCoobbligato datiInizio:InizioRapportoUnilavDTO"
	)
	for _, reported := range []struct{ name, track, sections, absent, foreign string }{
		{"hiring", "UL", unilav, "", change + placed + firms + domestic},
		{"extension", "UL", unilav + "proroga", "", change + placed + firms + domestic},
		{"transformation", "UL", unilav + "trasformazione", "", change + placed + firms + domestic},
		{"termination", "UL", unilav + "cessazione", "", change + placed + firms + domestic},
		{"agency hiring", "US", agency, "/missione/cessazioneMissione", " lavoratoreCoobbligato" + changes + firms + domestic},
		{
			"agency extension", "US", agency + "datiVariazione", "/datiVariazione/datiTrasformazione /datiVariazione/datiCessazione",
			" lavoratoreCoobbligato" + changes + firms + domestic,
		},
		{"urgency", "UG", unilav, "", changes + change + placed + firms + domestic},
		{"change of name", "VD", "variazioneRagioneSociale", "", people + changes + change + placed + domestic},
		{"transfer of business", "VD", "trasferimentoRamoAziendale", "", people + changes + change + placed + domestic},
	} {
		root := reporting(reported.track, reported.sections, reported.absent)
		whole := told(t, root)
		list, _ := silent(root, "", func() bool { return told(t, root) == whole })
		slices.Sort(list)
		fmt.Fprintf(&got, "-- %s --\n%s\n", reported.name, strings.Join(list, "\n"))

		root = reporting(reported.track, reported.sections+reported.foreign, reported.absent)
		whole = told(t, root)
		for _, section := range strings.Fields(reported.foreign) {
			name, _, _ := strings.Cut(section, ":")
			v := root.get(name)
			if v.null = true; told(t, root) == whole {
				t.Errorf("%s: %s, of another track, is lost without a word", reported.name, name)
			}
			v.null = false
		}
	}
	root := filled(classProspetto, "", nil)
	root.get("datiAggiuntivi").get("tipoTracciatoXML").text = trackProspetto
	root.get("prospetto").get("tipocomunicazione").text = "02"
	whole := told(t, root)
	list, _ := silent(root, "", func() bool { return told(t, root) == whole })
	slices.Sort(list)
	fmt.Fprintf(&got, "-- return of disabled workers --\n%s\n", strings.Join(list, "\n"))

	const file = "testdata/silent.txt"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("lost without a word:\n%s\nwant\n%s", got.Bytes(), want)
	}
}
