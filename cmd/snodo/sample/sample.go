// Package sample invents what is sent on trial: persons, employers, and valid
// communications of every kind, the same ones for the same numbers. It owns no key
// and no network, and imports nothing of its siblings: what it invents is signed and
// sent by package sender.
package sample

import (
	"fmt"
	"strconv"
	"time"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/transform/co"
)

// Maker invents valid communications of one region: every one has another
// worker, employer or date, so that no two are alike. Those of the other kinds
// than UNILAV are in kinds.go.
type Maker struct {
	Region string    // slug; workplaces lie in it
	Day    time.Time // of sending; starts lie after it
	Serial int       // first person to use
}

// workplace is a comune: Belfiore code, generic CAP and ISTAT province.
type workplace struct{ comune, cap, province string }

// workplaces are some of each region.
var workplaces = map[string][]workplace{
	"piemonte": {{"L219", "10121", "001"}, {"D205", "12100", "004"}, {"F952", "28100", "003"}},
	"marche":   {{"A271", "60121", "042"}, {"G479", "61121", "041"}, {"E783", "62100", "043"}},
	"lazio":    {{"H501", "00184", "058"}, {"E472", "04100", "059"}, {"D810", "03100", "060"}},
}

// Hiring invents the n-th hiring.
func (s Maker) Hiring(n int) *co.UniLav {
	c := s.base(n)
	contract := s.contract(n)
	c.InizioRapporto = &contract
	return c
}

// Extension prolongs the n-th hiring; previous is the code it got, "" to leave the
// chain to employer, worker and start.
func (s Maker) Extension(n int, previous string) *co.UniLav {
	c := s.follow(n, previous)
	contract := s.contract(n)
	c.Proroga = &co.Proroga{DataFineProroga: co.Data(s.start(n).AddDate(0, 9, 0).Format(time.DateOnly)), Contratto: contract}
	return c
}

// Transformation makes the n-th hiring one without an end; previous is as for
// Extension.
func (s Maker) Transformation(n int, previous string) *co.UniLav {
	c := s.follow(n, previous)
	contract := s.contract(n)
	contract.TipologiaContrattuale, contract.DataFine = "A.01.00", ""
	c.Trasformazione = &co.Trasformazione{
		CodiceTrasformazione: "DI",
		DataTrasformazione:   co.Data(s.start(n).AddDate(0, 3, 0).Format(time.DateOnly)),
		Contratto:            contract,
	}
	return c
}

// Termination ends the n-th hiring; previous is as for Extension.
func (s Maker) Termination(n int, previous string) *co.UniLav {
	c := s.follow(n, previous)
	contract := s.contract(n)
	c.Cessazione = &co.Cessazione{
		CodiceCausa:    "DI",
		DataCessazione: co.Data(s.start(n).AddDate(0, 2, 0).Format(time.DateOnly)),
		Contratto:      contract,
	}
	return c
}

// follow refers to the hiring without a code when the type forbids one: a
// follow-up of type 01 belongs to the chain by employer, worker and start.
func (s Maker) follow(n int, previous string) *co.UniLav {
	c := s.base(n)
	if previous != "" {
		c.TipoComunicazione = "03"
		c.CodiceComunicazionePrec = co.CodiceComunicazione(previous)
	}
	return c
}

func (s Maker) base(n int) *co.UniLav {
	return &co.UniLav{
		Intestazione:            s.heading(n, "CO190701R1"),
		AssunzioneForzaMaggiore: "NO",
		TipoComunicazione:       "01",
		DatoreLavoro: co.DatoreLavoro{
			CodiceFiscale: s.employer(n),
			Denominazione: s.company(n),
			SedeLegale:    s.legalSeat(n),
			SedeLavoro:    s.seat(n),
			Settore:       "46.18.13", PubblicaAmministrazione: "NO",
		},
		Lavoratore: s.Worker(n),
	}
}

// heading is what every national format has on its root.
func (s Maker) heading(n int, edition string) co.Intestazione {
	return co.Intestazione{
		Versione:            edition,
		CodiceComunicazione: co.Zero,
		DataInvio:           s.Sent(),
		EMailDelegato:       "ufficio@example.org",
		Protocollo:          fmt.Sprintf("%08d", (s.Serial+n)%100_000_000),
	}
}

// Sent is the instant of sending, as documents write it.
func (s Maker) Sent() string { return s.Day.Format("2006-01-02T15:04:05Z07:00") }

func (s Maker) place(n int) workplace { return workplaces[s.Region][n%len(workplaces[s.Region])] }

func (s Maker) employer(n int) co.CodiceFiscale {
	return co.CodiceFiscale(InventFirm(s.Serial + n))
}

func (s Maker) company(n int) string { return "Esempio " + strconv.Itoa(s.Serial+n) + " S.r.l." }

func (s Maker) legalSeat(n int) co.Sede {
	at := s.place(n)
	return co.Sede{Comune: co.CodiceComune(at.comune), Cap: at.cap, Indirizzo: "Via Esempio 1", EMail: "legale@example.org"}
}

func (s Maker) seat(n int) co.Sede {
	at := s.place(n)
	return co.Sede{Comune: co.CodiceComune(at.comune), Cap: at.cap, Indirizzo: "Via Prova 2", EMail: "sede@example.org"}
}

// Worker is the n-th person to use, as the worker of a hiring.
func (s Maker) Worker(n int) co.Lavoratore {
	at, who := s.place(n), s.person(n)
	return co.Lavoratore{
		AnagraficaCompleta:  &who,
		IndirizzoLavoratore: co.Sede{Comune: co.CodiceComune(at.comune), Cap: at.cap, Indirizzo: "Via Casa 3"},
		LivelloIstruzione:   "40",
	}
}

func (s Maker) person(n int) co.Anagrafica {
	p := Invent(s.Serial + n)
	return co.Anagrafica{
		Cognome: p.Cognome, Nome: p.Nome, CodiceFiscale: co.CodiceFiscale(p.CodiceFiscale()),
		Cittadinanza: "000", Sesso: p.Sesso,
		Nascita: co.Nascita{Comune: co.CodiceComune(p.Comune), Data: co.Data(p.Nascita.Format(time.DateOnly))},
	}
}

func (s Maker) start(n int) time.Time { return s.Day.AddDate(0, 0, 3+n%20) }

func (s Maker) contract(n int) co.Contratto {
	return co.Contratto{
		LavInMobilita: "NO", LavoroStagionale: "NO", LavoroInAgricoltura: "NO", AssunzioneObbligatoria: "NO",
		SocioLavoratore: "NO", TipologiaContrattuale: "A.02.00", EntePrevidenziale: "01",
		DataInizio: co.Data(s.start(n).Format(time.DateOnly)),
		DataFine:   co.Data(s.start(n).AddDate(0, 6, 0).Format(time.DateOnly)),
		CCNL:       "003", LivelloInquadramento: "3",
		TipoOrario:             co.TipoOrario{Codice: "F"},
		QualificaProfessionale: "4.1.2.1.0.1",
		RetribuzioneCompenso:   strconv.Itoa(18_000 + n%20*500),
		PatINAIL:               "12345678",
	}
}

// SPICOMPayload writes a hiring as the regional front end of Piemonte does:
// the text dump of its Java objects (domain page payload.md). External is the
// front end's own number of it.
func SPICOMPayload(c *co.UniLav, external int64, rome *time.Location) (string, error) {
	doc := etree.NewDocument()
	doc.WriteSettings.CanonicalText = true
	root := doc.CreateElement("object")
	root.CreateAttr("type", dto+"ComunicazioneTracciatoUnicoDTO")
	p := payloadWriter{rome: rome}
	p.employer(p.bean(root, "datoreDiLavoro", "DatoreDiLavoroDTO"), c.DatoreLavoro)
	p.worker(p.bean(root, "lavoratore", "LavoratoreDTO"), c.Lavoratore)
	p.contract(p.bean(root, "datiInizio", "InizioRapportoUnilavDTO"), c.InizioRapporto)
	sending := p.bean(root, "datiInvio", "DatiInvioDTO")
	sent, err := time.Parse("2006-01-02T15:04:05Z07:00", c.DataInvio)
	if err != nil {
		return "", fmt.Errorf("read dataInvio: %w", err)
	}
	p.value(sending, "dataInvio", "java.util.Date", strconv.FormatInt(sent.UnixMilli(), 10))
	p.text(sending, "tipoComunicazione", string(c.TipoComunicazione))
	p.text(sending, "flgAssunzionePerCausaForzaMaggiore", c.AssunzioneForzaMaggiore)
	p.null(sending, "codiceComunicazione", "java.lang.String")
	p.text(sending, "protocolloSistema", c.Protocollo)
	p.text(sending, "emailDelegato", c.EMailDelegato)
	p.text(sending, "versione", c.Versione)
	more := p.bean(root, "datiAggiuntivi", "DatiAggiuntiviTracciatoDTO")
	p.text(more, "tipoTracciatoXML", "UL")
	p.text(more, "idAppMittente", "GE")
	p.value(more, "richiestaValidazioneMinisteriale", "java.lang.Boolean", "true")
	p.text(more, "numVersioneXML", "1.5")
	p.value(more, "chiaveEsterna", "java.lang.Long", strconv.FormatInt(external, 10))
	text, err := doc.WriteToString()
	if err != nil {
		return "", fmt.Errorf("write payload: %w", err)
	}
	return text, nil
}

// dto is the package of the regional objects.
const dto = "it.csi.spicom.dto."

// payloadWriter writes the properties of the regional objects.
type payloadWriter struct{ rome *time.Location }

func (p payloadWriter) bean(parent *etree.Element, name, class string) *etree.Element {
	e := parent.CreateElement(name)
	e.CreateAttr("type", dto+class)
	return e
}

func (p payloadWriter) value(parent *etree.Element, name, class, v string) {
	e := parent.CreateElement(name)
	e.CreateAttr("type", class)
	e.SetText(v)
}

func (p payloadWriter) text(parent *etree.Element, name, v string) {
	if v == "" {
		p.null(parent, name, "java.lang.String")
		return
	}
	p.value(parent, name, "java.lang.String", v)
}

func (p payloadWriter) null(parent *etree.Element, name, class string) {
	e := parent.CreateElement(name)
	e.CreateAttr("type", class)
	e.CreateElement("null")
}

// day writes local midnight in Rome, in milliseconds.
func (p payloadWriter) day(parent *etree.Element, name string, d co.Data) {
	t, err := time.ParseInLocation(time.DateOnly, d.Day(), p.rome)
	if err != nil {
		p.null(parent, name, "java.util.Date")
		return
	}
	p.value(parent, name, "java.util.Date", strconv.FormatInt(t.UnixMilli(), 10))
}

func (p payloadWriter) employer(e *etree.Element, d co.DatoreLavoro) {
	p.text(e, "codFiscale", string(d.CodiceFiscale))
	p.text(e, "denominazione", d.Denominazione)
	p.text(e, "settore", string(d.Settore))
	p.text(e, "comuneSedeLegale", string(d.SedeLegale.Comune))
	p.text(e, "capSedeLegale", d.SedeLegale.Cap)
	p.text(e, "indirizzoSedeLegale", d.SedeLegale.Indirizzo)
	p.text(e, "emailSedeLegale", d.SedeLegale.EMail)
	p.text(e, "comuneSedeLavoro", string(d.SedeLavoro.Comune))
	p.text(e, "capSedeLavoro", d.SedeLavoro.Cap)
	p.text(e, "indirizzoSedeLavoro", d.SedeLavoro.Indirizzo)
	p.text(e, "pubblicaAmministrazione", d.PubblicaAmministrazione)
	p.text(e, "emailSedeLavoro", d.SedeLavoro.EMail)
}

func (p payloadWriter) worker(e *etree.Element, l co.Lavoratore) {
	who := l.AnagraficaCompleta
	p.text(e, "codFiscale", string(who.CodiceFiscale))
	p.text(e, "cognome", who.Cognome)
	p.text(e, "nome", who.Nome)
	p.text(e, "sesso", who.Sesso)
	p.day(e, "dataNascita", who.Nascita.Data)
	p.text(e, "comuneOStatoEsteroNascita", string(who.Nascita.Comune))
	p.text(e, "cittadinanza", string(who.Cittadinanza))
	p.text(e, "comuneDomicilio", string(l.IndirizzoLavoratore.Comune))
	p.text(e, "indirizzoDomicilio", l.IndirizzoLavoratore.Indirizzo)
	p.text(e, "capDomicilio", l.IndirizzoLavoratore.Cap)
	p.text(e, "livelloIstruzione", string(l.LivelloIstruzione))
}

func (p payloadWriter) contract(e *etree.Element, r *co.Contratto) {
	p.day(e, "dataInizio", r.DataInizio)
	p.day(e, "dataFine", r.DataFine)
	p.text(e, "patInail", r.PatINAIL)
	p.text(e, "tipologiaContrattuale", string(r.TipologiaContrattuale))
	p.text(e, "tipoOrario", string(r.TipoOrario.Codice))
	p.text(e, "qualificaProfessionaleIstat", string(r.QualificaProfessionale))
	p.text(e, "ccnlApplicato", string(r.CCNL))
	p.text(e, "livelloInquadramento", r.LivelloInquadramento)
	p.text(e, "entePrevidenziale", string(r.EntePrevidenziale))
	p.value(e, "retribuzione", "java.lang.Long", r.RetribuzioneCompenso)
	p.text(e, "lavInMobilita", r.LavInMobilita)
	p.text(e, "flgSocioLavoratore", r.SocioLavoratore)
	p.text(e, "flgLavoroAgricoltura", r.LavoroInAgricoltura)
	p.text(e, "lavoroStagionale", r.LavoroStagionale)
	p.text(e, "flgAssunzioneObbligatoria", r.AssunzioneObbligatoria)
}
