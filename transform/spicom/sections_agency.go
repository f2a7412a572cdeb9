package spicom

import "github.com/snodo-co/snodo/xsd/fault"

// oldEdition is the edition before 2013, whose UNISOMM has another layout.
const oldEdition = "CO130110"

// agencySections holds UNISOMM against the region's check. The sections of the
// old layout are known by the check, but only a first start has the form that
// can still be written; any other is refused as of an edition out of force.
func agencySections(root *object) *fault.Fault {
	if f := require(root, section{"datoreDiLavoro", missingEmployer}, section{"lavoratore", missingWorker},
		section{"datiInvio", missingSending}, section{"datiInizio", missingStart}); f != nil {
		return f
	}
	if !root.get("datiInizio").class.is("InizioRapportoUniSommDTO") {
		return missing(missingStart, "datiInizio")
	}
	if !root.get("datoreDiLavoro").class.is("AgenziaSomministrazioneDTO") {
		return missing(missingEmployer, "datoreDiLavoro")
	}
	if root.get("datiInvio").str("versione") == oldEdition {
		return oldSections(root)
	}
	firm, mission, change := root.get("dittaUtilizzatrice"), root.get("missione"), root.get("datiVariazione")
	switch {
	case firm != nil && mission == nil:
		return missing(missingMission, "missione")
	case change != nil:
		return changeSections(root, change)
	case firm == nil && mission == nil:
		return nil
	case firm == nil:
		return missing(missingMission, "dittaUtilizzatrice")
	case mission.get("datiInizioMissione") == nil, mission.get("cessazioneMissione") != nil:
		return missing(missingMission, "missione")
	}
	return nil
}

// change is a row of the region's table of changes.
type change struct {
	section string // of datiVariazione
	named   string // end of the region's constant for its absence
	mission bool
}

// changes are the changes of UNISOMM by code (codiceVariazione).
func changes() map[string]change {
	const extended, transformed, ended = "datiProroga", "datiTrasformazione", "datiCessazione"
	return map[string]change{
		"2.01": {extended, "DATI_PROROGA", false},
		"2.02": {extended, "DATI_PROROGA", true},
		"2.03": {extended, "DATI_PROROGA", true},
		"3.01": {transformed, "DATI_TRASFORMAZIONE", true},
		"3.02": {transformed, "DATI_TRASFORMAZIONE", false},
		"3.03": {transformed, "DATI_TRASFORMAZIONE", true},
		"3.04": {transformed, "DATI_TRASFORMAZIONE", false},
		"4.01": {ended, "DATI_CESSAZIONE", true},
		"4.02": {ended, "DATI_CESSAZIONE", false},
	}
}

// changeSections holds a change against its row, step by step as the region's
// check does. A mission without its firm or its start, into which that check
// does not look, has no national form.
func changeSections(root, given *object) *fault.Fault {
	wrong := func(constant, below string) *fault.Fault {
		return &fault.Fault{Code: fault.ChangeWrong, Expected: constant, Path: "/object/datiVariazione" + below}
	}
	code := given.str("codiceVariazione")
	if code == "" {
		return wrong(changeCode, "/codiceVariazione")
	}
	present := 0
	for _, name := range []string{"datiProroga", "datiCessazione", "datiTrasformazione"} {
		if given.get(name) != nil {
			present++
		}
	}
	row, known := changes()[code]
	mission := root.get("missione")
	switch {
	case present == 0:
		return wrong(changeIncomplete, "")
	case present > 1, !known:
		return wrong(changeWrong, "")
	case given.get(row.section) == nil:
		return wrong(changeNoSection+row.named, "/"+row.section)
	case row.mission && mission == nil:
		return missing(changeNoMission, "missione")
	case mission != nil && root.get("dittaUtilizzatrice") == nil:
		return missing(missingMission, "dittaUtilizzatrice")
	case mission != nil && mission.get("datiInizioMissione") == nil:
		return missing(missingMission, "missione/datiInizioMissione")
	}
	return nil
}

// oldSections decides on the layout before 2013: a hiring, with or without the
// start of a mission, is as today's. What the region's check refuses gets its
// constant.
func oldSections(root *object) *fault.Fault {
	firm, mission, start := root.get("dittaUtilizzatrice"), root.get("missione"), root.get("datiInizio")
	extended, ended := start.get("dataFineProroga") != nil, start.get("dataCessazione") != nil
	began := mission.get("datiInizioMissione") != nil
	changed := func(name string) bool { return mission.get(name) != nil }
	missionExtended, missionMoved, missionEnded := changed("prorogaMissione"), changed("trasformazioneMissione"), changed("cessazioneMissione")
	plain := !missionExtended && !missionMoved && !missionEnded
	switch {
	case !extended && !ended && firm == nil && mission == nil,
		!extended && !ended && firm != nil && began && plain:
		return nil
	case ended && (mission == nil || missionEnded),
		!ended && !extended && missionEnded,
		!ended && extended && firm == nil && mission == nil,
		!ended && firm != nil && mission != nil && oldChange(extended, began, missionExtended, missionMoved, missionEnded):
		versione := root.get("datiInvio").get("versione")
		return &fault.Fault{Code: fault.EditionOld, Path: "/object/datiInvio/versione", Line: versione.line}
	}
	return missing(missingMission, "missione")
}

// oldChange reports whether the sections of a mission make one of the changes
// of the old layout.
func oldChange(extended, began, missionExtended, missionMoved, missionEnded bool) bool {
	switch {
	case missionMoved:
		return !extended && !missionExtended && !missionEnded
	case missionExtended:
		return !missionEnded
	case missionEnded:
		return extended
	}
	return extended && began
}
