package spicom

import (
	"strconv"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
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
	return appendPayload(make([]byte, 0, 16<<10), root), w.warnings(national)
}

// regionalWriter fills beans from the national model. An empty field leaves the
// property null, and so does one that the property's type cannot hold, which
// only editions from packs have.
type regionalWriter struct {
	rome *time.Location
	lost map[any]bool // by the address of the national field or block
}

// lose notes that a national field, or a block, has no place in the regional
// form, or not with this value.
func (w *regionalWriter) lose(field any) {
	if w.lost == nil {
		w.lost = make(map[any]bool)
	}
	w.lost[field] = true
}

// warnings name what is lost of the communication, in the order of its format;
// at most xsd.MaxFaults.
func (w *regionalWriter) warnings(national co.Comunicazione) (list fault.List) {
	if len(w.lost) == 0 {
		return nil
	}
	var o transform.Outline
	o.Lay(national)
	for i, p := range o.Places() {
		if w.lost[p.Value] && len(list) < xsd.MaxFaults {
			list = append(list, fault.Fault{Code: fault.NoRegionalPlace, Path: o.Path(i), Warning: true})
		}
	}
	return list
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

// number gives a property of type Long the value of decimal digits. A Long
// carries neither leading zeros nor fractions.
func (w *regionalWriter) number(o *object, name string, digits *string) {
	n, err := strconv.ParseInt(*digits, 10, 64)
	if err == nil {
		o.put(name, &object{declared: typeLong, text: strconv.FormatInt(n, 10)})
	}
	if *digits != "" && strconv.FormatInt(n, 10) != *digits {
		w.lose(digits)
	}
}

// day gives a property of type Date the midnight in Italy of a day.
func (w *regionalWriter) day(o *object, name string, d *co.Data) {
	if t, err := time.ParseInLocation(time.DateOnly, d.Day(), w.rome); err == nil {
		o.put(name, w.date(t))
	} else if *d != "" {
		w.lose(d)
	}
}

// instant gives a property of type Date an instant, to the second; one without
// zone is Italian time.
func (w *regionalWriter) instant(o *object, name string, value *string) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, *value, w.rome); err == nil {
			o.put(name, w.date(t.Truncate(time.Second)))
			return
		}
	}
	if *value != "" {
		w.lose(value)
	}
}

func (w *regionalWriter) date(t time.Time) *object {
	millis := t.UnixMilli()
	return &object{declared: typeDate, text: strconv.FormatInt(millis, 10), millis: millis}
}

// sending is datiInvio, which every track has.
func (w *regionalWriter) sending(h *co.Intestazione, tipo co.TipoComunicazione) *object {
	o := newBean("DatiInvioDTO")
	w.instant(o, "dataInvio", &h.DataInvio)
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
	w.day(o, "dataNascita", &a.Nascita.Data)
	text(o, "comuneOStatoEsteroNascita", a.Nascita.Comune)
	text(o, "cittadinanza", a.Cittadinanza)
	text(o, "soggiornanteInItalia", stays)
	if permit != nil {
		p := newBean("TitoloSoggiorno")
		text(p, "tipoDocumento", permit.TipoDocumento)
		text(p, "numeroDocumento", permit.NumeroDocumento)
		text(p, "motivoPermesso", permit.MotivoPermesso)
		w.day(p, "dataScadenzaPS", &permit.DataScadenzaPS)
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
		w.day(o, "dataNascita", &a.Nascita.Data)
		text(o, "comuneOStatoEsteroNascita", a.Nascita.Comune)
		text(o, "cittadinanza", a.Cittadinanza)
	}
	if p := l.ExtraCE; p != nil {
		text(o, "tipoDocumento", p.TipoDocumento)
		text(o, "numeroDocumento", p.NumeroDocumento)
		text(o, "motivoPermesso", p.MotivoPermesso)
		w.day(o, "dataScadenzaPermessoSoggiorno", &p.DataScadenzaPS)
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
