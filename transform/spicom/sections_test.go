package spicom

import (
	"fmt"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// with makes a bean of the sections named, each a bean.
func with(class string, sections map[string]*object) *object {
	o := newBean(class)
	for name, v := range sections {
		o.put(name, v)
	}
	return o
}

// agencyRoot is an agency communication of an edition; start, firm, mission and
// change are nil where absent.
func agencyRoot(edition string, start, firm, mission, change *object) *object {
	sending := newBean("DatiInvioDTO")
	text(sending, "versione", edition)
	return with(classComunicazione, map[string]*object{
		"datoreDiLavoro": newBean("AgenziaSomministrazioneDTO"), "lavoratore": newBean(classLavoratore),
		"datiInvio": sending, "datiInizio": start, "dittaUtilizzatrice": firm, "missione": mission, "datiVariazione": change,
	})
}

func verdict(f *fault.Fault) string {
	if f == nil {
		return "accept"
	}
	if f.Expected == "" {
		return string(f.Code)
	}
	return f.Expected
}

// TestChangeSections goes over every code and every mix of sections, against
// the region's two tables.
func TestChangeSections(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		needs   string
		mission bool
	}{
		"2.01": {"P", false}, "2.02": {"P", true}, "2.03": {"P", true},
		"3.01": {"T", true}, "3.02": {"T", false}, "3.03": {"T", true}, "3.04": {"T", false},
		"4.01": {"C", true}, "4.02": {"C", false}, "9.99": {}, "": {},
	}
	names := map[string]string{"P": "DATI_PROROGA", "T": "DATI_TRASFORMAZIONE", "C": "DATI_CESSAZIONE"}
	for code, row := range rows {
		for _, given := range []string{"", "P", "T", "C", "PT", "PC", "TC", "PTC"} {
			for _, placed := range []bool{false, true} {
				v := newBean("DatiVariazioneDTO")
				text(v, "codiceVariazione", code)
				for _, s := range given {
					switch s {
					case 'P':
						v.put("datiProroga", newBean("DatiProrogaDTO"))
					case 'T':
						v.put("datiTrasformazione", newBean("DatiTrasformazioneDTO"))
					case 'C':
						v.put("datiCessazione", newBean("DatiCessazioneDTO"))
					}
				}
				var firm, mission *object
				if placed {
					firm = newBean("DittaUtilizzatriceDTO")
					mission = with("MissioneDTO", map[string]*object{"datiInizioMissione": newBean("InizioMissioneDTO")})
				}
				want := "accept"
				switch {
				case code == "":
					want = changeCode
				case given == "":
					want = changeIncomplete
				case len(given) > 1, row.needs == "":
					want = changeWrong
				case given != row.needs:
					want = "ESITO_COMUNICAZIONE_INCOMPLETA_" + names[row.needs]
				case row.mission && !placed:
					want = changeNoMission
				}
				root := agencyRoot(edition, newBean("InizioRapportoUniSommDTO"), firm, mission, v)
				if got := verdict(agencySections(root)); got != want {
					t.Errorf("%q with %q, mission %v: %s, want %s", code, given, placed, got, want)
				}
			}
		}
	}
}

// TestAgencyStart goes over every mix of firm and mission without a change.
func TestAgencyStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		firm, mission *object
		want          string
	}{
		{"hiring", nil, nil, "accept"},
		{"hiring and mission", newBean("DittaUtilizzatriceDTO"), with("MissioneDTO", map[string]*object{"datiInizioMissione": newBean("InizioMissioneDTO")}), "accept"},
		{"firm alone", newBean("DittaUtilizzatriceDTO"), nil, missingMission},
		{"mission alone", nil, with("MissioneDTO", map[string]*object{"datiInizioMissione": newBean("InizioMissioneDTO")}), missingMission},
		{"mission without start", newBean("DittaUtilizzatriceDTO"), newBean("MissioneDTO"), missingMission},
		{"mission with its end", newBean("DittaUtilizzatriceDTO"), with("MissioneDTO", map[string]*object{
			"datiInizioMissione": newBean("InizioMissioneDTO"), "cessazioneMissione": newBean("CessazioneMissioneDTO")}), missingMission},
	} {
		root := agencyRoot(edition, newBean("InizioRapportoUniSommDTO"), c.firm, c.mission, nil)
		if got := verdict(agencySections(root)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := verdict(agencySections(agencyRoot(edition, newBean("InizioRapportoUnilavDTO"), nil, nil, nil))); got != missingStart {
		t.Errorf("start of another track: %s", got)
	}
	plain := agencyRoot(edition, newBean("InizioRapportoUniSommDTO"), nil, nil, nil)
	for i := range plain.fields {
		if plain.fields[i].name == "datoreDiLavoro" {
			plain.fields[i].value = *newBean(classDatore)
		}
	}
	if got := verdict(agencySections(plain)); got != missingEmployer {
		t.Errorf("employer that is no agency: %s", got)
	}
}

// oldRows is the table of the region's check for the layout before 2013: P and
// C of the relationship, firm, mission, its start, extension, transformation
// and end; 0 absent, 1 present, - any.
func oldRows() []string {
	return []string{
		"0000----", "00111000", "0011-010", "1000----", "10111000", "1011-100",
		"0011-100", "1011-001", "-1-0----", "-1-1---1", "00-1---1",
	}
}

// TestOldSections goes over every mix against the table: the first two rows can
// still be written, the others are of an edition out of force.
func TestOldSections(t *testing.T) {
	t.Parallel()
	for mix := range 1 << 8 {
		bits := fmt.Sprintf("%08b", mix)
		if bits[3] == '0' && bits[4:] != "0000" {
			continue // parts of a mission that is not there
		}
		want := missingMission
		for i, row := range oldRows() {
			if matches(row, bits) {
				want = "accept"
				if i > 1 {
					want = string(fault.EditionOld)
				}
				break
			}
		}
		if got := verdict(agencySections(oldRoot(bits))); got != want {
			t.Errorf("%s: %s, want %s", bits, got, want)
		}
	}
}

func matches(row, bits string) bool {
	for i := range row {
		if row[i] != '-' && row[i] != bits[i] {
			return false
		}
	}
	return true
}

func oldRoot(bits string) *object {
	start := newBean("InizioRapportoUniSommDTO")
	day := &object{declared: typeDate, text: "0"}
	if bits[0] == '1' {
		start.put("dataFineProroga", day)
	}
	if bits[1] == '1' {
		start.put("dataCessazione", day)
	}
	var firm, mission *object
	if bits[2] == '1' {
		firm = newBean("DittaUtilizzatriceDTO")
	}
	if bits[3] == '1' {
		mission = newBean("MissioneDTO")
		for i, part := range []string{"datiInizioMissione", "prorogaMissione", "trasformazioneMissione", "cessazioneMissione"} {
			if bits[4+i] == '1' {
				mission.put(part, newBean("InizioMissioneDTO"))
			}
		}
	}
	return agencyRoot(oldEdition, start, firm, mission, nil)
}

// TestUrgencyAndTransferSections: the region's tables of the other two tracks,
// its crashes being refusals.
func TestUrgencyAndTransferSections(t *testing.T) {
	t.Parallel()
	full := map[string]*object{
		"datiInvio": newBean("DatiInvioDTO"), "datoreDiLavoro": newBean(classDatore),
		"lavoratore": newBean(classLavoratore), "datiInizio": newBean("InizioRapportoUnilavDTO"),
	}
	for absent, want := range map[string]string{
		"": "accept", "datiInvio": missingSending, "datoreDiLavoro": missingEmployer,
		"lavoratore": missingWorker, "datiInizio": missingStart,
	} {
		sections := make(map[string]*object)
		for name, v := range full {
			if name != absent {
				sections[name] = v
			}
		}
		if got := verdict(urgencySections(with(classComunicazione, sections))); got != want {
			t.Errorf("urgency without %s: %s, want %s", absent, got, want)
		}
	}
	worker := newBean("LavoratoreInteressatoTrasferimentoRamoAziendaleDTO")
	array := func(items ...object) *object { return &object{declared: typeArray, items: items} }
	site := func(workers *object) object {
		return *with("DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO", map[string]*object{"vctElencoLavoratoriInteressati": workers})
	}
	transfer := func(current, former, sites *object) *object {
		return with("TrasferimentoRamoAziendaleDTO", map[string]*object{
			"datoreLavoroAttuale": current, "datoreLavoroPrecedente": former, "vctElencoSediDiLavoroInteressate": sites})
	}
	employer := newBean(classDatore)
	name := with("VariazioneRagioneSocialeDTO", map[string]*object{"datoreLavoroAttuale": employer})
	for _, c := range []struct {
		name            string
		sending         *object
		change, handing *object
		want            string
	}{
		{"nothing sent", nil, name, nil, missingSending},
		{"change of name", employer, name, nil, "accept"},
		{"change of name without employer", employer, newBean("VariazioneRagioneSocialeDTO"), nil, missingSections},
		{"neither", employer, nil, nil, missingSections},
		{"both", employer, name, transfer(employer, employer, array(site(array(*worker)))), missingSections},
		{"transfer", employer, nil, transfer(employer, employer, array(site(array(*worker)))), "accept"},
		{"site without workers", employer, nil, transfer(employer, employer, array(site(array()))), "accept"},
		{"no current employer", employer, nil, transfer(nil, employer, array(site(array(*worker)))), missingSections},
		{"no former employer", employer, nil, transfer(employer, nil, array(site(array(*worker)))), missingSections},
		{"no sites", employer, nil, transfer(employer, employer, array()), missingSites},
		{"sites null", employer, nil, transfer(employer, employer, nil), missingSites},
		{"workers null", employer, nil, transfer(employer, employer, array(site(nil))), missingSites},
		{"null site", employer, nil, transfer(employer, employer, array(object{null: true})), missingSites},
		{"null worker", employer, nil, transfer(employer, employer, array(site(array(object{null: true})))), missingSites},
	} {
		root := with(classComunicazione, map[string]*object{
			"datiInvio": c.sending, "variazioneRagioneSociale": c.change, "trasferimentoRamoAziendale": c.handing})
		if got := verdict(transferSections(root)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
