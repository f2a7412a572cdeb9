package rules

import (
	"slices"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The transformations that the rules name (table trasformazione).
const (
	fixedToPermanent      co.CodiceTrasformazione = "DI"
	apprenticeToPermanent co.CodiceTrasformazione = "AI"
	trainingToPermanent   co.CodiceTrasformazione = "FI"
	insertionToPermanent  co.CodiceTrasformazione = "II"
	trainingOverEarly     co.CodiceTrasformazione = "FF"
	partToFull            co.CodiceTrasformazione = "PP"
	fullToPart            co.CodiceTrasformazione = "TP"
	verticalCareer        co.CodiceTrasformazione = "PV"
	transfer              co.CodiceTrasformazione = "TL"
	secondment            co.CodiceTrasformazione = "DL"
	intoApprenticeship    co.CodiceTrasformazione = "DP"
)

// Where a UNILAV transformation and what it holds are, below the root.
const (
	belowTransformed    = "/Trasformazione"
	belowTransformation = belowTransformed + "/@codiceTrasformazione"
	belowFormerSeat     = belowTransformed + "/SedePrecedente"
	belowHost           = belowTransformed + "/DatoreDistaccatario"
)

func transformationRules() []Rule {
	row := func(code fault.Code, check func(*Case, *co.UniLav, *relationship) fault.List) Rule {
		return Rule{Code: code, Kinds: []string{co.UNILAV}, Movements: []co.Movimento{co.TRS}, Check: unilav(check)}
	}
	return []Rule{
		row(fault.TransformationDate, transformationDate),
		row(fault.TransformationContract, transformationContract),
		row(fault.TransformationHours, transformationHours),
		row(fault.TransformationPublic, transformationPublic),
		row(fault.TransferData, transferData),
		row(fault.SecondmentData, secondmentData),
		row(fault.TransformationTrainee, transformationTrainee),
		row(fault.TrainingOver, trainingOver),
		row(fault.OldApprenticeship, oldApprenticeship),
		row(fault.IntoApprenticeship, intoApprentice),
	}
}

// transformationDate is TRS-01: not before the start.
func transformationDate(c *Case, u *co.UniLav, r *relationship) fault.List {
	if !u.Trasformazione.DataTrasformazione.Before(r.DataInizio) {
		return nil
	}
	return one(fault.TransformationDate, c.Root()+belowTransformed+"/@dataTrasformazione", "una data non precedente all'inizio del rapporto")
}

// transformationContract is TRS-02. The contract of AI, DI, FI and II is the
// one that results, A.01.00, and it is not seasonal. Regional systems are seen
// to write the contract that was transformed instead: that one, which tells
// its origin, is a warning, and so is a type that the table lacks; any other is
// a fault.
func transformationContract(c *Case, u *co.UniLav, r *relationship) fault.List {
	var faults fault.List
	code := u.Trasformazione.CodiceTrasformazione
	origin, permanent := origins(code, r)
	if permanent && r.TipologiaContrattuale != permanentWork {
		faults = append(faults, graded(fault.TransformationContract, c.at(r.place, "/@TipologiaContrattuale"), "la tipologia A.01.00", r.known && !origin)...)
	}
	if (permanent || code == trainingOverEarly) && r.LavoroStagionale == yes {
		faults = append(faults, one(fault.TransformationContract, c.at(r.place, "/@lavoroStagionale"), "nessun lavoro stagionale")...)
	}
	return faults
}

// origins reports whether a transformation makes a contract permanent, and
// whether the contract is one that it starts from.
func origins(code co.CodiceTrasformazione, r *relationship) (origin, permanent bool) {
	switch code {
	case fixedToPermanent:
		return r.known && r.kind.Form != codes.Permanent && !r.kind.Apprenticeship, true
	case apprenticeToPermanent:
		return r.kind.Apprenticeship, true
	case trainingToPermanent:
		return r.TipologiaContrattuale == trainingWork, true
	case insertionToPermanent:
		return r.TipologiaContrattuale == insertionWork, true
	}
	return false, false
}

// transformationHours is TRS-03: the working time that results.
func transformationHours(c *Case, u *co.UniLav, r *relationship) fault.List {
	time, expected := r.TipoOrario.Codice, ""
	switch code := u.Trasformazione.CodiceTrasformazione; {
	case code == partToFull && time != "F":
		expected = "tempo pieno (F)"
	case code == fullToPart && (time == "F" || time == "N"):
		expected = "un tempo parziale (P, V o M)"
	default:
		return nil
	}
	return one(fault.TransformationHours, c.at(r.place, "/tipoOrario/@codice"), expected)
}

// transformationPublic is TRS-04: PV and FI are of public administrations.
func transformationPublic(c *Case, u *co.UniLav, _ *relationship) fault.List {
	code := u.Trasformazione.CodiceTrasformazione
	if code != verticalCareer && code != trainingToPermanent || u.DatoreLavoro.PubblicaAmministrazione == yes {
		return nil
	}
	return one(fault.TransformationPublic, c.Root()+belowTransformation, "")
}

// transferData is TRS-05: a transfer names the workplace it leaves, and
// nothing of a secondment.
func transferData(c *Case, u *co.UniLav, _ *relationship) fault.List {
	t := u.Trasformazione
	if t.CodiceTrasformazione != transfer {
		return nil
	}
	var faults fault.List
	missing := func(value, below string) {
		if value == "" {
			faults = append(faults, one(fault.TransferData, c.Root()+below, "da indicare per un trasferimento")...)
		}
	}
	if t.SedePrecedente == nil {
		missing("", belowFormerSeat)
	} else {
		missing(string(t.SedePrecedente.Comune), belowFormerSeat+"/Comune")
		missing(t.SedePrecedente.Indirizzo, belowFormerSeat+"/Indirizzo")
	}
	if t.DatoreDistaccatario != nil {
		faults = append(faults, one(fault.TransferData, c.Root()+belowHost, "nessun datore distaccatario")...)
	}
	if t.DistaccoParziale == yes {
		faults = append(faults, one(fault.TransferData, c.Root()+belowTransformed+"/@distaccoParziale", "nessun distacco")...)
	}
	if t.DistaccoAziendaEstera == yes {
		faults = append(faults, one(fault.TransferData, c.Root()+belowTransformed+"/@distaccoAziendaEstera", "nessun distacco")...)
	}
	return faults
}

// secondmentData is TRS-06: a secondment names its end and its host, and no
// workplace it leaves. That other transformations name no host is inferred,
// hence a warning; of a transfer it is TRS-05.
func secondmentData(c *Case, u *co.UniLav, r *relationship) fault.List {
	t := u.Trasformazione
	if t.CodiceTrasformazione != secondment {
		if t.DatoreDistaccatario == nil || t.CodiceTrasformazione == transfer {
			return nil
		}
		return doubt(fault.SecondmentData, c.Root()+belowHost, "nessun datore distaccatario senza distacco")
	}
	var faults fault.List
	switch {
	case r.DataFine == "":
		faults = append(faults, one(fault.SecondmentData, c.at(r.place, "/@dataFine"), "da indicare, la fine del distacco")...)
	case r.DataFine.Before(t.DataTrasformazione):
		faults = append(faults, one(fault.SecondmentData, c.at(r.place, "/@dataFine"), "una fine non prima dell'inizio del distacco")...)
	}
	if t.SedePrecedente != nil {
		faults = append(faults, one(fault.SecondmentData, c.Root()+belowFormerSeat, "nessuna sede precedente")...)
	}
	if t.DatoreDistaccatario == nil {
		return append(faults, one(fault.SecondmentData, c.Root()+belowHost, dueOfHost)...)
	}
	return append(faults, hostData(c, t)...)
}

// What TRS-06 expects where data of the host are missing.
const (
	dueOfHost  = "da indicare per un distacco"
	dueInItaly = "da indicare per un distacco in Italia"
)

// hostData are the faults of the host of a secondment. Abroad it is where the
// flag says so or, without the flag, where its seat is.
func hostData(c *Case, t *co.Trasformazione) fault.List {
	var faults fault.List
	tell := func(wrong bool, below, expected string) {
		if wrong {
			faults = append(faults, one(fault.SecondmentData, c.Root()+belowHost+below, expected)...)
		}
	}
	h := t.DatoreDistaccatario
	tell(h.Denominazione == "", "/@denominazione", dueOfHost)
	tell(h.Settore == "", "/Settore", dueOfHost)
	tell(h.Sede.Indirizzo == "", "/Sede/Indirizzo", dueOfHost)
	tell(!reachable(&h.Sede), "/Sede", "telefono, fax o e-mail")
	if t.DistaccoAziendaEstera == yes || t.DistaccoAziendaEstera == "" && h.Sede.Comune.Foreign() {
		tell(h.CodiceFiscale != "", "/@codiceFiscale", "nessun codice fiscale per un'azienda estera")
		tell(h.PatINAIL != "", "/PatINAIL", "nessuna posizione INAIL per un'azienda estera")
		tell(h.Sede.Cap != "", "/Sede/cap", "nessun CAP per un'azienda estera")
		tell(!h.Sede.Comune.Foreign(), "/Sede/Comune", "lo stato dell'azienda estera")
		return faults
	}
	tell(h.CodiceFiscale == "", "/@codiceFiscale", dueInItaly)
	tell(!pat(h.PatINAIL), "/PatINAIL", "da 8 a 10 cifre per un distacco in Italia")
	tell(h.Sede.Cap == "", "/Sede/cap", dueInItaly)
	tell(!h.Sede.Comune.Valid() || h.Sede.Comune.Foreign(), "/Sede/Comune", "un comune italiano, se l'azienda non è estera")
	return faults
}

// transformationTrainee is TRS-07: traineeships and socially useful work change
// their working time, nothing else.
func transformationTrainee(c *Case, u *co.UniLav, r *relationship) fault.List {
	if !r.kind.Traineeship && !r.kind.LSU ||
		slices.Contains([]co.CodiceTrasformazione{partToFull, fullToPart}, u.Trasformazione.CodiceTrasformazione) {
		return nil
	}
	return one(fault.TransformationTrainee, c.Root()+belowTransformation, "PP oppure TP")
}

// reform is the day from which apprenticeships are those of legislative decree
// 167/2011: the first of the contract types that it brought. The reference
// dates of TRS-08 and TRS-09 are not published; this one is inferred, so what
// rests on it is a warning.
const reform co.Data = "2012-04-26"

// trainingOver is TRS-08: FF is of permanent contracts, started since the
// reform. That it is not of seasonal ones is TRS-02.
func trainingOver(c *Case, u *co.UniLav, r *relationship) fault.List {
	if u.Trasformazione.CodiceTrasformazione != trainingOverEarly {
		return nil
	}
	var faults fault.List
	if r.known && r.kind.Form == codes.FixedTerm {
		faults = append(faults, graded(fault.TrainingOver, c.at(r.place, "/@TipologiaContrattuale"), "una tipologia a tempo indeterminato", r.kind.Certain)...)
	}
	if r.DataInizio.Before(reform) {
		faults = append(faults, doubt(fault.TrainingOver, c.at(r.place, "/@dataInizio"), "un apprendistato iniziato dopo la riforma del 2012")...)
	}
	return faults
}

// oldApprenticeship is TRS-09: AI is of apprenticeships older than the reform.
func oldApprenticeship(c *Case, u *co.UniLav, r *relationship) fault.List {
	day := r.DataInizio.Day()
	if u.Trasformazione.CodiceTrasformazione != apprenticeToPermanent || day == "" || r.DataInizio.Before(reform) {
		return nil
	}
	return doubt(fault.OldApprenticeship, c.Root()+belowTransformation, "")
}

// intoApprentice is TRS-10: DP gives a contract of A.03.09.
func intoApprentice(c *Case, u *co.UniLav, r *relationship) fault.List {
	if u.Trasformazione.CodiceTrasformazione != intoApprenticeship || r.TipologiaContrattuale == apprenticeTrade {
		return nil
	}
	return one(fault.IntoApprenticeship, c.at(r.place, "/@TipologiaContrattuale"), string(apprenticeTrade))
}
