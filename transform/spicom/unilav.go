package spicom

import (
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The editions of the national formats that are written.
const (
	edition       = "CO190701R1" // UNILAV, UNISOMM, VARDATORI
	editionUniUrg = "CO130131"
)

// writer fills the national model from the beans of one communication. A null
// property, or an empty text, leaves the field empty.
type writer struct {
	rome     *time.Location
	root     *object
	warnings fault.List
	previous string
}

// drop warns that the property at path, which lies at o, has no place in the
// national form.
func (w *writer) drop(code fault.Code, o *object, path string) {
	w.warnings = append(w.warnings, fault.Fault{Code: code, Path: "/object/" + path, Line: o.line, Warning: true})
}

// dropGiven drops those of the properties named that the bean at o, which lies
// under path, gives.
func (w *writer) dropGiven(code fault.Code, o *object, path string, names ...string) {
	for _, name := range names {
		if v := o.get(name); v != nil && v.given() {
			w.drop(code, v, path+"/"+name)
		}
	}
}

// ministry is the code of the ministry among the applications that a front end
// names as no receivers (vctApplicativiNonDestinatari).
const ministry = "MI"

// receivers warns that the ministry is told of every communication.
func (w *writer) receivers() {
	const name = "vctApplicativiNonDestinatari"
	if spared := w.root.get("datiAggiuntivi").get(name); spared != nil &&
		slices.ContainsFunc(spared.items, func(o object) bool { return o.text == ministry }) {
		w.drop(fault.MinistryTold, spared, "datiAggiuntivi/"+name)
	}
}

// communication writes the whole of a communication in the format of its track.
func (w *writer) communication(track string) (co.Comunicazione, *fault.Fault) {
	switch track {
	case trackUniSomm:
		if f := agencySections(w.root); f != nil {
			return nil, f
		}
		w.foreign(track)
		return w.unisomm(), nil
	case trackUniUrg:
		if f := urgencySections(w.root); f != nil {
			return nil, f
		}
		w.foreign(track)
		return w.uniurg(), nil
	case trackVarDatori:
		if f := transferSections(w.root); f != nil {
			return nil, f
		}
		w.foreign(track)
		return w.vardatori(), nil
	case trackProspetto:
		if f := prospettoSections(w.root); f != nil {
			return nil, f
		}
		return w.prospetto(), nil
	}
	m, f := movementOf(w.root)
	if f != nil {
		return nil, f
	}
	w.foreign(track)
	return w.unilav(m), nil
}

// heading reads what every format says of its sending; edition is the one that
// is written.
func (w *writer) heading(edition string) co.Intestazione {
	sending := w.root.get("datiInvio")
	h := co.Intestazione{
		Versione:            edition,
		CodiceComunicazione: co.Zero,
		DataInvio:           sending.instant("dataInvio", w.rome),
		Delegato:            co.CodiceFiscale(sending.str("codFiscaleSoggettoComunicante")),
		TipoDelegato:        co.TipoDelegato(sending.str("soggettoComunicante")),
		EMailDelegato:       sending.str("emailDelegato"),
		Protocollo:          protocol(sending.str("protocolloSistema")),
	}
	if v := sending.get("versione"); v != nil && v.text != edition {
		w.drop(fault.EditionAdapted, v, "datiInvio/versione")
	}
	w.receivers()
	if code := sending.get("codiceComunicazione"); code != nil {
		h.CodiceComunicazione = co.CodiceComunicazione(code.text)
	}
	h.CodiceComunicazionePrec = w.previousCode(w.tipo())
	return h
}

// tipo is the type of the communication.
func (w *writer) tipo() co.TipoComunicazione {
	return co.TipoComunicazione(w.root.get("datiInvio").str("tipoComunicazione"))
}

// unilav writes UNILAV of that movement.
func (w *writer) unilav(m movement) *co.UniLav {
	sending := w.root.get("datiInvio")
	employer, worker := w.employer(), w.worker(w.root.get("lavoratore"))
	h := w.heading(edition)
	c := &co.UniLav{
		Intestazione:             h,
		AssunzioneForzaMaggiore:  sending.str("flgAssunzionePerCausaForzaMaggiore"),
		DescrizioneForzaMaggiore: sending.str("descrizioneCausaForzaMaggiore"),
		DatoreLavoro:             employer,
		Lavoratore:               worker,
		TipoComunicazione:        w.tipo(),
		Tirocinio:                w.traineeship(),
	}
	if second := w.root.bean("lavoratoreCoobbligato"); second != nil {
		l := w.worker(second)
		c.LavoratoreCoobbligato = &l
	}
	switch contract := w.contract(w.root.get("datiInizio"), "datiInizio"); m {
	case hiring:
		c.InizioRapporto = &contract
	case extension:
		c.Proroga = w.extension(contract)
	case transformation:
		c.Trasformazione = w.transformation(contract)
	case termination:
		c.Cessazione = w.termination(contract)
	}
	return c
}

// protocol writes the sender's protocol number in the eight characters of the
// national form: a shorter number behind zeros, which change no number; eight
// zeros for none, as the national form has it. Any other text stays as it is,
// for the schema to judge.
func protocol(p string) string {
	const width = 8
	if p == "" {
		return strings.Repeat("0", width)
	}
	return padded(p, width)
}

// previousCode is the code of the previous communication where the national
// form admits one (rules ENV-03 and ENV-06); where it does not, a code that
// names a communication is kept as reference. So is the one that the regional
// references give, which the national form has no place for.
func (w *writer) previousCode(tipo co.TipoComunicazione) co.CodiceComunicazione {
	given := w.root.get("datiInvio").get("codiceComunicazionePrecedente")
	reference := co.CodiceComunicazione(w.root.get("datiAggiuntivi").get("datiAggiuntiviComunicazione").str("riferimentoCodReg"))
	if given == nil || given.text == "" {
		w.keep(reference)
		return ""
	}
	code := co.CodiceComunicazione(given.text)
	switch tipo {
	case "03", "04", "07", "09":
		return code
	case "08":
		if code == co.Zero {
			return code
		}
	}
	if code.Given() {
		w.drop(fault.PreviousDropped, given, "datiInvio/codiceComunicazionePrecedente")
	}
	w.keep(code)
	return ""
}

// keep keeps a code as reference if it names a communication.
func (w *writer) keep(code co.CodiceComunicazione) {
	if code.Valid() && code.Given() {
		w.previous = string(code)
	}
}

func (w *writer) employer() co.DatoreLavoro {
	o := w.root.get("datoreDiLavoro")
	d := co.DatoreLavoro{
		CodiceFiscale:           co.CodiceFiscale(o.str("codFiscale")),
		Denominazione:           o.str("denominazione"),
		SedeLegale:              seat(o, "SedeLegale"),
		SedeLavoro:              seat(o, "SedeLavoro"),
		Settore:                 co.Settore(o.str("settore")),
		PubblicaAmministrazione: o.str("pubblicaAmministrazione"),
	}
	representative := o.bean("legaleRappresentante")
	if representative == nil {
		return d
	}
	d.DatoreAnagraficaCompleta = w.person(representative)
	if unionCitizen(representative.str("cittadinanza")) {
		w.dropResidence(representative)
		return d
	}
	permit := representative.bean("titoloSoggiorno")
	d.SoggiornanteInItalia = representative.str("soggiornanteInItalia")
	if permit != nil {
		d.ExtraCE = &co.ExtraCE{
			DataScadenzaPS:  co.Data(permit.day("dataScadenzaPS", w.rome)),
			MotivoPermesso:  co.MotivoPermesso(permit.str("motivoPermesso")),
			TipoDocumento:   co.TipoDocumento(permit.str("tipoDocumento")),
			NumeroDocumento: permit.str("numeroDocumento"),
			Questura:        co.Questura(permit.str("questura")),
		}
	}
	return d
}

// dropResidence drops what a representative says of the stay in Italy.
func (w *writer) dropResidence(representative *object) {
	w.dropGiven(fault.ResidenceDropped, representative, "datoreDiLavoro/legaleRappresentante", "soggiornanteInItalia", "titoloSoggiorno")
}

// seatAbroad is a seat for which the national form wants no postal code abroad:
// the zeros that the region writes there (domain page payload.md, section 3)
// stand for none. Where the form demands a code, they stay.
func seatAbroad(s co.Sede) co.Sede {
	if s.Comune.Foreign() && s.Cap == "00000" {
		s.Cap = ""
	}
	return s
}

// seat is one of the two addresses of an employer.
func seat(o *object, which string) co.Sede {
	return co.Sede{
		Comune:    co.CodiceComune(o.str("comune" + which)),
		Cap:       o.str("cap" + which),
		Indirizzo: o.str("indirizzo" + which),
		EMail:     o.str("email" + which),
		Telefono:  o.str("telefono" + which),
		Fax:       o.str("fax" + which),
	}
}

func (w *writer) person(o *object) *co.Anagrafica {
	return &co.Anagrafica{
		Cognome:       o.str("cognome"),
		Nome:          o.str("nome"),
		CodiceFiscale: co.CodiceFiscale(o.str("codFiscale")),
		Cittadinanza:  co.Cittadinanza(o.str("cittadinanza")),
		Sesso:         o.str("sesso"),
		Nascita: co.Nascita{
			Comune: co.CodiceComune(o.str("comuneOStatoEsteroNascita")),
			Data:   co.Data(o.day("dataNascita", w.rome)),
		},
	}
}

func (w *writer) worker(o *object) co.Lavoratore {
	l := co.Lavoratore{
		AnagraficaCompleta: w.person(o),
		IndirizzoLavoratore: co.Sede{
			Comune:    co.CodiceComune(o.str("comuneDomicilio")),
			Cap:       o.str("capDomicilio"),
			Indirizzo: o.str("indirizzoDomicilio"),
		},
		LivelloIstruzione: co.LivelloIstruzione(o.str("livelloIstruzione")),
	}
	permit := co.ExtraCE{
		DataScadenzaPS:  co.Data(o.day("dataScadenzaPermessoSoggiorno", w.rome)),
		MotivoPermesso:  co.MotivoPermesso(o.str("motivoPermesso")),
		TipoDocumento:   co.TipoDocumento(o.str("tipoDocumento")),
		NumeroDocumento: o.str("numeroDocumento"),
		Questura:        co.Questura(o.str("questuraRilascioTitoloSoggiorno")),
	}
	if permit != (co.ExtraCE{}) {
		l.ExtraCE = &permit
	}
	commitments := co.ModelloQ{
		SussistenzaSistemazioneAlloggiativa: o.str("flgSussistSistemAllog"),
		ImpegnoDatorePagamentoRimpatrio:     o.str("flgPagamSpesaRimpatrio"),
	}
	if commitments != (co.ModelloQ{}) {
		l.ModelloQ = &commitments
	}
	return l
}

//go:generate go run gen.go
