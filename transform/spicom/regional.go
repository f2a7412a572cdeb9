package spicom

import (
	"strconv"
	"time"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// maxTransferred is how many workers a transfer may have in the regional form,
// which writes over four thousand characters of each, most of them nulls: with
// more it would not be read back (MaxDocument).
const maxTransferred = 800

// currentVersion is numVersioneXML of the region's present front ends.
const currentVersion = "1.5"

// Regional writes a communication in the regional form, the text that
// convertiInFormatoUnico2 returns; the communication has passed its schema. The
// list tells what the regional form has no place for, as warnings, or the one
// reason why there is no text.
func (c Converter) Regional(national co.Comunicazione) ([]byte, fault.List) {
	w := regionalWriter{rome: c.Rome}
	var root *object
	switch n := national.(type) {
	case *co.UniLav:
		root = w.unilav(n)
	case *co.UniSomm:
		root = w.unisomm(n)
	case *co.UniUrg:
		root = w.uniurg(n)
	case *co.VarDatori:
		if n.Workers() > maxTransferred {
			return nil, fault.List{{Code: fault.RegionalTooLarge}}
		}
		root = w.vardatori(n)
	default:
		return nil, fault.List{{Code: fault.NoRegionalForm}}
	}
	return appendPayload(make([]byte, 0, 16<<10), root), w.warnings
}

// regionalWriter fills beans from the national model. An empty field leaves the
// property null.
type regionalWriter struct {
	rome     *time.Location
	warnings fault.List
}

// lose warns that the national field at path has no place in the regional form.
func (w *regionalWriter) lose(path string) {
	w.warnings = append(w.warnings, fault.Fault{Code: fault.NoRegionalPlace, Path: path, Warning: true})
}

func newBean(class string) *object {
	return &object{class: beans()[class], declared: class}
}

// put gives a property its value; nil leaves it null.
func (o *object) put(name string, v *object) {
	if v != nil {
		o.fields = append(o.fields, field{name, *v})
	}
}

// text gives a property of type String its value.
func text[S ~string](o *object, name string, v S) {
	if v != "" {
		o.put(name, &object{declared: typeString, text: string(v)})
	}
}

// long gives a property of type Long the value of decimal digits, which the
// schema has held to their form.
func (o *object) long(name, digits string) {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		o.put(name, &object{declared: typeLong, text: strconv.FormatInt(n, 10)})
	}
}

// number does the same and warns of leading zeros, which a Long cannot carry.
func (w *regionalWriter) number(o *object, name, digits, path string) {
	o.long(name, digits)
	if len(digits) > 1 && digits[0] == '0' {
		w.lose(path)
	}
}

// day gives a property of type Date the midnight in Italy of a day.
func (w *regionalWriter) day(o *object, name string, d co.Data) {
	if t, err := time.ParseInLocation(time.DateOnly, d.Day(), w.rome); err == nil {
		o.put(name, w.date(t))
	}
}

// instant gives a property of type Date an instant, to the second, and reports
// whether it is one; one without zone is Italian time.
func (w *regionalWriter) instant(o *object, name, value string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, value, w.rome); err == nil {
			o.put(name, w.date(t.Truncate(time.Second)))
			return true
		}
	}
	return false
}

func (w *regionalWriter) date(t time.Time) *object {
	millis := t.UnixMilli()
	return &object{declared: typeDate, text: strconv.FormatInt(millis, 10), millis: millis}
}

// sending is datiInvio, which every track has.
func (w *regionalWriter) sending(h *co.Intestazione, tipo co.TipoComunicazione) *object {
	o := newBean("DatiInvioDTO")
	w.instant(o, "dataInvio", h.DataInvio)
	text(o, "soggettoComunicante", h.TipoDelegato)
	text(o, "codFiscaleSoggettoComunicante", h.Delegato)
	text(o, "tipoComunicazione", tipo)
	text(o, "codiceComunicazionePrecedente", h.CodiceComunicazionePrec)
	if h.CodiceComunicazione.Given() {
		text(o, "codiceComunicazione", h.CodiceComunicazione)
	}
	text(o, "protocolloSistema", h.Protocollo)
	text(o, "emailDelegato", h.EMailDelegato)
	text(o, "versione", h.Versione)
	return o
}

// extras is datiAggiuntivi of a track: what the front end adds of its own stays
// null for it to fill.
func extras(track string) *object {
	o := newBean("DatiAggiuntiviTracciatoDTO")
	text(o, "tipoTracciatoXML", track)
	text(o, "numVersioneXML", currentVersion)
	return o
}

// seat gives an employer's bean one of its two addresses.
func (o *object) seat(which string, s co.Sede) {
	text(o, "comune"+which, s.Comune)
	text(o, "cap"+which, s.Cap)
	text(o, "indirizzo"+which, s.Indirizzo)
	text(o, "telefono"+which, s.Telefono)
	text(o, "fax"+which, s.Fax)
	text(o, "email"+which, s.EMail)
}

// representative is the legal representative of an employer.
func (w *regionalWriter) representative(a *co.Anagrafica, stays string, permit *co.ExtraCE) *object {
	if a == nil {
		return nil
	}
	o := newBean("LegaleRappresentante")
	text(o, "cognome", a.Cognome)
	text(o, "nome", a.Nome)
	text(o, "sesso", a.Sesso)
	w.day(o, "dataNascita", a.Nascita.Data)
	text(o, "comuneOStatoEsteroNascita", a.Nascita.Comune)
	text(o, "cittadinanza", a.Cittadinanza)
	text(o, "soggiornanteInItalia", stays)
	if permit != nil {
		p := newBean("TitoloSoggiorno")
		text(p, "tipoDocumento", permit.TipoDocumento)
		text(p, "numeroDocumento", permit.NumeroDocumento)
		text(p, "motivoPermesso", permit.MotivoPermesso)
		w.day(p, "dataScadenzaPS", permit.DataScadenzaPS)
		text(p, "questura", permit.Questura)
		o.put("titoloSoggiorno", p)
	}
	return o
}

// worker fills a bean of class LavoratoreDTO or one that extends it.
func (w *regionalWriter) worker(o *object, l *co.Lavoratore) *object {
	if a := l.AnagraficaCompleta; a != nil {
		text(o, "codFiscale", a.CodiceFiscale)
		text(o, "cognome", a.Cognome)
		text(o, "nome", a.Nome)
		text(o, "sesso", a.Sesso)
		w.day(o, "dataNascita", a.Nascita.Data)
		text(o, "comuneOStatoEsteroNascita", a.Nascita.Comune)
		text(o, "cittadinanza", a.Cittadinanza)
	}
	if p := l.ExtraCE; p != nil {
		text(o, "tipoDocumento", p.TipoDocumento)
		text(o, "numeroDocumento", p.NumeroDocumento)
		text(o, "motivoPermesso", p.MotivoPermesso)
		w.day(o, "dataScadenzaPermessoSoggiorno", p.DataScadenzaPS)
		text(o, "questuraRilascioTitoloSoggiorno", p.Questura)
	}
	text(o, "comuneDomicilio", l.IndirizzoLavoratore.Comune)
	text(o, "indirizzoDomicilio", l.IndirizzoLavoratore.Indirizzo)
	text(o, "capDomicilio", l.IndirizzoLavoratore.Cap)
	text(o, "livelloIstruzione", l.LivelloIstruzione)
	if q := l.ModelloQ; q != nil {
		text(o, "flgSussistSistemAllog", q.SussistenzaSistemazioneAlloggiativa)
		text(o, "flgPagamSpesaRimpatrio", q.ImpegnoDatorePagamentoRimpatrio)
	}
	return o
}
