package sample

import (
	"fmt"
	"time"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/transform/co"
)

// VariedHiring is the n-th hiring, every second one with all that an employer
// may tell and every fourth with as little as the schema and the rules admit,
// so that the sizes vary as they do in the field.
func VariedHiring(s Maker, n int) *co.UniLav {
	c := s.Hiring(n)
	switch {
	case n%4 == 0:
		c.EMailDelegato = "u@e.it"
		c.Lavoratore.IndirizzoLavoratore.Indirizzo = "V"
		for _, seat := range []*co.Sede{&c.DatoreLavoro.SedeLegale, &c.DatoreLavoro.SedeLavoro} {
			seat.EMail, seat.Indirizzo = c.EMailDelegato, "V"
		}
		c.InizioRapporto.TipologiaContrattuale, c.InizioRapporto.DataFine = "A.01.00", ""
	case n%2 == 1:
		who := Invent(n + 500_000)
		c.DatoreLavoro.Denominazione = "Cooperativa Esempio di Lavoro, Servizi e Produzione numero " + c.DatoreLavoro.Denominazione
		c.DatoreLavoro.DatoreAnagraficaCompleta = &co.Anagrafica{
			Cognome: who.Cognome, Nome: who.Nome, Cittadinanza: "000", Sesso: who.Sesso,
			Nascita: co.Nascita{Comune: co.CodiceComune(who.Comune), Data: co.Data(who.Nascita.Format(time.DateOnly))},
		}
		for _, seat := range []*co.Sede{&c.DatoreLavoro.SedeLegale, &c.DatoreLavoro.SedeLavoro} {
			seat.Indirizzo = "Via della Prova Provata e dell'Esempio Esemplare " + seat.Indirizzo
			seat.Telefono, seat.Fax = "0123456789", "0123456788"
		}
	}
	return c
}

// Indented lays a document out as people's programs do: half of them on one
// line, the others with up to a dozen blanks a level.
func Indented(document []byte, n int) ([]byte, error) {
	if n%4 < 2 {
		return document, nil
	}
	doc := etree.NewDocument()
	doc.WriteSettings.CanonicalText = true
	if err := doc.ReadFromBytes(document); err != nil {
		return nil, fmt.Errorf("lay out document: %w", err)
	}
	doc.Indent(1 + n/4%12)
	out, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("lay out document: %w", err)
	}
	return out, nil
}
