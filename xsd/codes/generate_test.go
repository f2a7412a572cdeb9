package codes

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "generate the data files from ../shared/domain/codes")

// sources is where the classification's tables are, seen from this folder.
const sources = "../../../shared/domain/codes"

// source says how a data file comes from a table.
type source struct {
	name    string
	from    string // column of the first day, if any
	to      string // column of the last day, if any
	start   string // first day of the table itself: what began then is older than the table
	partial bool
	compact bool
	label   func(string) string // from the source's description; nil for none
	labels  map[string]string   // our own, where the source's will not do
	extra   string              // a line that the source lacks
	note    string
}

func asIs(s string) string { return s }

// tableSources are the tables that the documents use. What is marked partial
// says why: such a table only warns of a code that it does not list.
func tableSources() []source {
	return []source{
		{name: "province", from: "valid_from", to: "valid_to", start: "1999-01-01", label: title, partial: true,
			note: "ISTAT codes of provinces as of 2022. Those that Sardinia has since its regional law 7 of 2021 took effect are missing."},
		{name: "regioni", label: title, labels: map[string]string{
			"03": "Provincia autonoma di Bolzano", "18": "Provincia autonoma di Trento", "20": "Valle d'Aosta",
		}, note: "Ministry codes of regions."},
		{name: "tipo_comunicazione", label: asIs, labels: map[string]string{"02": "Comunicazione a seguito di urgenza, forma anteriore al 2008"},
			note: "Types of communication."},
		{name: "cessazione", partial: true, label: asIs, labels: map[string]string{
			"LA": "", "LB": "", "SC": "Sospeso", "LI": "Licenziamento individuale", "EP": "Causa riservata agli enti pubblici",
			"GO": "Licenziamento per giustificato motivo oggettivo", "GS": "Licenziamento per giustificato motivo soggettivo",
			"NT": "Non traducibile",
		}, note: "Causes of termination; some are known to be missing."},
		{name: "trasformazione", partial: true, label: asIs, labels: map[string]string{
			"AI": "Da apprendistato a contratto a tempo indeterminato", "ZZ": "Prosecuzione del periodo formativo", "NT": "Non traducibile",
		}, note: "Transformations; nearly all."},
		{name: "tipologia_contrattuale", from: "valid_from", to: "valid_to", start: "2007-06-21", label: sentence, labels: map[string]string{
			"A.03.04": "Contratto di formazione lavoro (solo pubblica amministrazione)", "C.03.00": "Lavoro o attività socialmente utile (LSU, ASU)",
			"I.01.00": "Lavoro dipendente nella pubblica amministrazione a tempo indeterminato",
			"I.02.00": "Lavoro dipendente nella pubblica amministrazione a tempo determinato",
		}, partial: true, note: "Contract types as of 2022; those that the ministry has added since (A.03.15, B.04.00, H.03.00, N.01.00 to N.03.00) are missing."},
		{name: "tipo_delegato", partial: true, label: asIs, note: "What entitles who sends for another; read in a regional schema, which may not list all."},
		{name: "cittadinanza", to: "valid_to", partial: true, label: title, labels: map[string]string{
			"253": "Macedonia, ex repubblica jugoslava", "463": "Congo, Repubblica Democratica",
		}, note: "Citizenships. The youngest states, as South Sudan, are missing. The first days of the source are not used: many are no dates."},
		{name: "stati_esteri", from: "valid_from", to: "valid_to", start: "1965-01-01", label: title, note: "Foreign states, past ones included, and Italy."},
		{name: "questure", partial: true, label: title, note: "Police offices as of 2004; those of newer provinces are missing."},
		{name: "motivo_permesso", from: "valid_from", to: "valid_to", start: "2011-04-30", partial: true, label: sentence, labels: map[string]string{
			"APORI": "Riconoscimento dello stato di apolide", "ASIL1": "Richiesta di asilo politico",
			"ASIL2": "Richiesta di asilo politico, attività lavorativa", "ASMIN": "Assistenza a minori",
			"CSST1": "Permesso UE per soggiornanti di lungo periodo", "DICPR": "Dichiarazione di presenza",
			"FAMIN": "Famiglia, minore di 14-18 anni", "LAVAU": "Motivi commerciali, lavoro autonomo",
			"LAVO3": "Lavoro subordinato, attesa occupazione", "LAVO4": "Attesa occupazione",
			"LAVPL": "Lavoro stagionale pluriennale", "LAVTU": "Lavoro, casi particolari (testo unico, art. 27)",
			"MISSV": "Missione di volontariato", "PROSU": "Protezione sussidiaria", "PROTE": "Protezione temporanea",
			"SOINV": "Motivi umanitari (legge 155/2005)", "UMAN1": "Motivi umanitari (art. 11, lettera c-ter)",
			"UMAN2": "Motivi umanitari (testo unico, art. 18)",
			// The source ends temporary protection in 2011. It is given again
			// since 4 March 2022 (decree of the President of the Council of 28
			// March 2022, article 1, Gazzetta Ufficiale 89 of 15 April 2022).
			// That its code is the old one is our reading.
		}, extra: "PROTE 2022-03-04 - Protezione temporanea\n", note: "Reasons of residence permits as of 2014; those that later laws made are missing."},
		{name: "status_titolo_soggiorno", from: "valid_from", to: "valid_to", start: "2007-06-21", label: sentence, labels: map[string]string{
			"7": "Permesso di soggiorno CE per soggiornanti di lungo periodo",
		}, note: "Kinds of residence permit."},
		{name: "livello_istruzione", label: sentence, labels: map[string]string{
			"30": "Istruzione secondaria superiore che non dà accesso all'università",
			"40": "Diploma di istruzione secondaria superiore che dà accesso all'università", "70": "Laurea",
		}, note: "Levels of education."},
		{name: "settore_ateco", from: "valid_from", to: "valid_to", start: "2009-01-15", compact: true, partial: true,
			note: "ATECO 2007. The classification of 2025, in use since 1 April 2025, is not here."},
		{name: "qualifica_professionale", from: "valid_from", to: "valid_to", start: "2011-11-15", compact: true, partial: true,
			note: "Occupations, six levels, as of 2011. The classification of 2021 is not here."},
		{name: "ccnl", from: "valid_from", to: "valid_to", start: "2007-06-21", compact: true, partial: true,
			note: "Collective agreements, the codes of two and three characters. Those of four, in use since 2019, are not here."},
		{name: "tipo_orario", label: asIs, note: "Working times."},
		{name: "ente_previdenziale", partial: true, label: asIs, note: "Social security bodies; most are missing."},
		{name: "categoria_assunzione_obbligatoria", partial: true, label: asIs, labels: map[string]string{
			"CP": "Categorie protette", "PD": "Persone con disabilità",
		}, note: "Categories of compulsory placement; most are missing."},
		{name: "tipologia_soggetto_promotore", partial: true, label: asIs, labels: map[string]string{
			"01": "Servizi e centri per l'impiego",
		}, note: "Promoters of traineeships; most are missing."},
		{name: "categoria_tirocinante", partial: true, label: asIs, labels: map[string]string{"09": "", "08": "Lavoratore sospeso, in mobilità o in cassa integrazione"},
			note: "Categories of trainees; read in a regional validator, which may not list all."},
		{name: "tipologia_tirocinio", partial: true, label: asIs, labels: map[string]string{"C": "Altra tipologia"},
			note: "Kinds of traineeship; read in a regional validator, which may not list all."},
		{name: "variazione_somministrazione", label: asIs, note: "Changes of agency work."},
		{name: "trasferimento_azienda", label: asIs, note: "Transfers of business."},
	}
}

// unused are the tables of the sources that no data file comes from.
func unused() map[string]string {
	return map[string]string{
		"comuni":                          "with names, in comuni_test.go",
		"agevolazioni":                    "empty: the field is no longer admitted",
		"titolo_studio":                   "documents carry the level of education alone",
		"livello_contrattuale_generico":   "not the grades of the documents, which depend on the agreement",
		"categorie_protette_e_disabilita": "of the placement services, not the category that documents carry",
		"unipi_enumerazioni":              "enumerations of the schema",
		"versioni_tracciato":              "editions, which package xsd lists",
	}
}

// TestGenerate is the generator of the data files: it compares them with their
// sources where these are at hand, and rewrites them with -update.
func TestGenerate(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(sources, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("the sources of the code tables are not here")
	}
	done := unused()
	for _, s := range tableSources() {
		compare(t, s.name, renderTable(s, readSource(t, s.name)))
		done[s.name] = "used"
	}
	compare(t, "unione_europea", renderUnion(readSource(t, "cittadinanza")))
	compare(t, "libera_circolazione", renderFreeMovement(readSource(t, "cittadinanza")))
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".csv"); done[name] == "" {
			t.Errorf("the table %s is neither used nor known to be unused", name)
		}
	}
	compare(t, "contract", renderContracts(t, readSource(t, "tipologia_contrattuale")))
}

func compare(t *testing.T, name string, want []byte) {
	t.Helper()
	file := filepath.Join("data", name+".txt")
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what its source gives; run with -update and read the difference", file)
	}
}

// readSource gives the rows of a table by column.
func readSource(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(sources, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range all[1:] {
		row := make(map[string]string)
		for i, column := range all[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func header(note string, partial bool) string {
	h := "# " + note + " Generated by TestGenerate -update; do not edit.\n"
	if partial {
		h += "# " + partialMark + "\n"
	}
	return h
}

func renderTable(s source, rows []map[string]string) []byte {
	if s.compact {
		return renderCompact(s, rows)
	}
	var out []string
	for _, row := range rows {
		code := row["code"]
		// 00 and the empty code of regioni are no regions.
		if code == "" || s.name == "regioni" && code == "00" {
			continue
		}
		line := fmt.Sprintf("%s %s %s", code, s.first(row), s.last(row))
		label, ours := s.labels[code]
		if !ours && s.label != nil {
			label = s.label(row["description_it"])
		}
		out = append(out, strings.TrimSuffix(line+" "+label, " ")+"\n")
	}
	if s.extra != "" {
		out = append(out, s.extra)
	}
	slices.Sort(out)
	return []byte(header(s.note, s.partial) + strings.Join(out, ""))
}

// first and last are the days of a row.
func (s source) first(row map[string]string) string {
	if row[s.from] == s.start {
		return "-"
	}
	return first(row[s.from])
}

func (s source) last(row map[string]string) string {
	// The source gives the provinces lost in 1947 no end. The treaty of Paris
	// came into force on 15 September 1947.
	if s.name == "province" && slices.Contains([]string{"701", "702", "703"}, row["code"]) {
		return "1947-09-15"
	}
	return last(row[s.to])
}

// renderCompact writes at most maxCodes codes a line, so that a change shows
// where it is.
func renderCompact(s source, rows []map[string]string) []byte {
	const maxCodes = 40
	slices.SortFunc(rows, func(a, b map[string]string) int { return strings.Compare(a["code"], b["code"]) })
	groups := make(map[string][]string)
	for _, row := range rows {
		key := s.first(row) + " " + s.last(row)
		groups[key] = append(groups[key], row["code"])
	}
	var out []string
	for key, list := range groups {
		for part := range slices.Chunk(list, maxCodes) {
			out = append(out, key+" "+strings.Join(part, " ")+"\n")
		}
	}
	slices.Sort(out)
	return []byte(header(s.note, s.partial) + "# " + compactMark + "\n" + strings.Join(out, ""))
}

// renderUnion lists the citizenships of the states of the European Union. The
// source's flags are of one moment and wrong for today in one row: the United
// Kingdom left, and the end of the transition (Withdrawal Agreement, article
// 126) was 31 December 2020. Croatia joined on 1 July 2013. The states that
// joined earlier did so before the day of any communication.
func renderUnion(rows []map[string]string) []byte {
	const unitedKingdom, croatia = "219", "250"
	var out []string
	for _, row := range rows {
		from, to := "-", "-"
		switch row["code"] {
		case unitedKingdom:
			to = "2020-12-31"
		case croatia:
			from = "2013-07-01"
		}
		if row["flag_ue"] == "S" {
			out = append(out, fmt.Sprintf("%s %s %s\n", row["code"], from, to))
		}
	}
	slices.Sort(out)
	return []byte(header("Citizenships of the states of the European Union, Italy included.", false) + strings.Join(out, ""))
}

// renderFreeMovement lists the citizenships of the states out of the Union whose
// citizens stay in Italy as those of the Union do, without permit (legislative
// decree 30/2007): Iceland, Liechtenstein and Norway by the agreement on the
// European Economic Area, Switzerland by that of 21 June 1999, and San Marino
// (Ministry of the Interior, circular 39 of 18 July 2007, point 1; circular 64
// of 7 June 2024 for Switzerland). All of it is older than any communication.
func renderFreeMovement(rows []map[string]string) []byte {
	states := []string{"Z117", "Z119", "Z125", "Z130", "Z133"}
	var out []string
	for _, row := range rows {
		if slices.Contains(states, row["cod_stato_estero"]) {
			out = append(out, row["code"]+" - -\n")
		}
	}
	slices.Sort(out)
	return []byte(header("Citizenships of the states out of the Union whose citizens need no permit to stay: the European Economic Area, Switzerland, San Marino.", false) +
		strings.Join(out, ""))
}

// first and last turn a day of the sources into ours. The sources date what is
// older than their own start 2000-01-02, and what has no end NOW.
func first(day string) string {
	if day == "" || day == "2000-01-02" {
		return "-"
	}
	return day
}

func last(day string) string {
	if day == "" || day == "NOW" {
		return "-"
	}
	return day
}
