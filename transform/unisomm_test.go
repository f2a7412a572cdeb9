package transform

import (
	"path"
	"testing"

	"github.com/snodo-co/snodo/transform/co"
)

// TestUniSommSamples: together the samples report every movement of agency
// work, each under the name of what it reports.
func TestUniSommSamples(t *testing.T) {
	t.Parallel()
	want := map[string]co.Movimento{
		"assunzione": co.ASS, "assunzione-e-missione": co.ASSINIMIS,
		"proroga-rapporto": co.PRO, "proroga-rapporto-e-missione": co.PROPROMIS, "proroga-missione": co.PROMIS,
		"trasformazione-in-missione": co.TRSTRSMIS, "trasformazione": co.TRS,
		"trasferimento-utilizzatrice": co.TRAMIS, "trasferimento-agenzia": co.TRA,
		"fine-missione": co.FINEMIS, "cessazione": co.CES, "prefisso": co.FINEMIS,
	}
	for _, s := range allSamples(t) {
		if s.id != unisommID {
			continue
		}
		c, err := Decode(s.id, s.content)
		if err != nil {
			t.Fatal(err)
		}
		p, name := c.Particulars(), path.Base(s.name)
		if m, ok := want[name]; ok && p.Movement != m {
			t.Errorf("%s reports %s, want %s", name, p.Movement, m)
		}
		delete(want, name)
		if p.Start != "2026-02-02" || p.Workplace != "A271" || p.Worker == "" || p.Employer == "" || p.Code != co.Zero {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name := range want {
		t.Errorf("no sample %s", name)
	}
}

// TestUniSommValues: what lies deep, or is spelled otherwise than the rest.
func TestUniSommValues(t *testing.T) {
	t.Parallel()
	for _, s := range allSamples(t) {
		if s.name != "unisomm/CO190701R1/agricoltura" {
			continue
		}
		c, err := Decode(s.id, s.content)
		if err != nil {
			t.Fatal(err)
		}
		doc := c.(*co.UniSomm)
		m, r := doc.Mission(), doc.AgenziaSomministrazione.RapportoAgenziaSomm
		if m.VoceTariffa1 != "1110" || m.VoceTariffa2 != "1120" || m.VoceTariffa3 != "1130" || m.DescrizioneAttivitaAgricol != "Raccolta di ortaggi in serra" ||
			m.TipoOrario.Codice != "F" || m.CCNL != "0780" || r.DataFineProroga != "2026-03-31" || doc.DittaUtilizzatrice.Denominazione != "Officine Esino & C. S.r.l." {
			t.Errorf("mission %+v, relationship %+v", m, r)
		}
		return
	}
	t.Error("no sample")
}
