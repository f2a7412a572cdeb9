package rules

import "github.com/snodo-co/snodo/transform/co"

// permit makes an edit of UNILAV from one of the worker's permit.
func permit(edit func(*co.ExtraCE)) func(*co.UniLav) {
	return func(c *co.UniLav) { edit(c.Lavoratore.ExtraCE) }
}

// permitCases are those of EXT-01 to EXT-06.
func permitCases() []ruleCase {
	const foreign, at = "extra-ue-modello-q", "/UniLav/Lavoratore/extraCE"
	const office, expiry = at + "/@questura", at + "/@dataScadenzaPS"
	const stay, representative = "/UniLav/DatoreLavoro/soggiornanteInItalia", "/UniLav/DatoreLavoro/extraCE"
	some := &co.ExtraCE{DataScadenzaPS: "2027-01-15", MotivoPermesso: "LAVOR", TipoDocumento: "1", NumeroDocumento: "1", Questura: "042"}
	return []ruleCase{
		{"EXT-01 holds for a Romanian", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "235" }), nil},
		{"EXT-01 no permit", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "254" }), []string{"EXT-01 " + at}},
		{"EXT-01 holds for a Norwegian", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "231" }), nil},
		{"EXT-01 holds for an Icelander", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "223" }), nil},
		{"EXT-01 holds for a Liechtensteiner", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "225" }), nil},
		{"EXT-01 holds for a Swiss", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "241" }), nil},
		{"EXT-01 holds for a Sammarinese", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "236" }), nil},
		{"EXT-01 holds for a permit of a Swiss", foreign, worker(func(a *co.Anagrafica) { a.Cittadinanza = "241" }), nil},
		{"EXT-01 holds for a permit of a Norwegian", foreign, worker(func(a *co.Anagrafica) { a.Cittadinanza = "231" }), nil},
		{"EXT-01 no permit of an Andorran", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "202" }), []string{"EXT-01 " + at}},
		{"EXT-01 no permit of a Briton is a warning", "assunzione", worker(func(a *co.Anagrafica) { a.Cittadinanza = "219" }), []string{"EXT-01* " + at}},
		{"EXT-01 holds for a permit of a Briton", foreign, worker(func(a *co.Anagrafica) { a.Cittadinanza = "219" }), nil},
		{"EXT-01 a permit of an Italian", "assunzione", func(c *co.UniLav) { c.Lavoratore.ExtraCE = some }, []string{"EXT-01 " + at}},
		{"EXT-01 second worker", "lavoro-ripartito", func(c *co.UniLav) { c.LavoratoreCoobbligato.AnagraficaCompleta.Cittadinanza = "254" },
			[]string{"EXT-01 /UniLav/LavoratoreCoobbligato/extraCE"}},
		{"EXT-01 agency's worker", "unisomm/CO190701R1/assunzione", func(c *co.UniSomm) { c.Lavoratore.AnagraficaCompleta.Cittadinanza = "254" },
			[]string{"EXT-01 /UniSomm/Lavoratore/extraCE"}},

		{"EXT-02 holds from 2000 on", foreign, permit(func(p *co.ExtraCE) { p.DataScadenzaPS = "2000-01-01" }), nil},
		{"EXT-02 before 2000", foreign, permit(func(p *co.ExtraCE) { p.DataScadenzaPS = "1999-12-31" }), []string{"EXT-02 " + expiry}},
		{"EXT-02 holds for one applied for", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.DataScadenzaPS, p.Questura = "4", "1900-01-01", "" }), nil},
		{"EXT-02 one applied for", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.Questura = "4", "" }), []string{"EXT-02 " + expiry}},
		{"EXT-02 holds for a permanent one", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.DataScadenzaPS = "5", "2099-12-31" }), nil},
		{"EXT-02 a permanent one", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento = "5" }), []string{"EXT-02 " + expiry}},

		{"EXT-03 holds for renewal", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.Questura = "3", "" }), nil},
		{"EXT-03 renewal", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento = "3" }), []string{"EXT-03 " + office}},
		{"EXT-03 applied for", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.DataScadenzaPS = "4", "1900-01-01" }), []string{"EXT-03 " + office}},
		{"EXT-03 another measure is a warning", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento = "6" }), []string{"EXT-03* " + office}},
		{"EXT-03 holds for another measure", foreign, permit(func(p *co.ExtraCE) { p.TipoDocumento, p.Questura = "6", "" }), nil},
		{"EXT-03 no office", foreign, permit(func(p *co.ExtraCE) { p.Questura = "" }), []string{"EXT-03 " + office}},

		{"EXT-04 holds with a number", foreign, permit(func(p *co.ExtraCE) { p.NumeroDocumento = "I00000001" }), nil},
		{"EXT-04", foreign, permit(func(p *co.ExtraCE) { p.NumeroDocumento = "" }), []string{"EXT-04 " + at + "/@numeroDocumento"}},

		{"EXT-05 holds on hiring, with the representative", foreign, func(*co.UniLav) {}, nil},
		{"EXT-05 elsewhere", "proroga", func(c *co.UniLav) {
			c.Lavoratore.ModelloQ = &co.ModelloQ{SussistenzaSistemazioneAlloggiativa: "SI", ImpegnoDatorePagamentoRimpatrio: "SI"}
		}, []string{"EXT-05 /UniLav/Lavoratore/ModelloQ"}},
		{"EXT-05 without the representative", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.ModelloQ = &co.ModelloQ{SussistenzaSistemazioneAlloggiativa: "SI", ImpegnoDatorePagamentoRimpatrio: "SI"}
		}, []string{"EXT-05 /UniLav/DatoreLavoro/DatoreAnagraficaCompleta"}},

		{"EXT-06 no answer", foreign, func(c *co.UniLav) { c.DatoreLavoro.SoggiornanteInItalia, c.DatoreLavoro.ExtraCE = "", nil }, []string{"EXT-06 " + stay}},
		{"EXT-06 a stay without permit", foreign, func(c *co.UniLav) { c.DatoreLavoro.ExtraCE = nil }, []string{"EXT-06 " + representative}},
		{"EXT-06 a permit without stay", foreign, func(c *co.UniLav) { c.DatoreLavoro.SoggiornanteInItalia = "NO" }, []string{"EXT-06 " + representative}},
		{"EXT-06 holds without stay", foreign, func(c *co.UniLav) { c.DatoreLavoro.SoggiornanteInItalia, c.DatoreLavoro.ExtraCE = "NO", nil }, nil},
		{"EXT-06 holds of a Swiss, with both", foreign, func(c *co.UniLav) { c.DatoreLavoro.DatoreAnagraficaCompleta.Cittadinanza = "241" }, nil},
		{"EXT-06 holds of a Swiss, with neither", foreign, func(c *co.UniLav) {
			c.DatoreLavoro.DatoreAnagraficaCompleta.Cittadinanza, c.DatoreLavoro.SoggiornanteInItalia, c.DatoreLavoro.ExtraCE = "241", "", nil
		}, nil},
		{"EXT-06 of a Briton, a stay without permit is a warning", foreign, func(c *co.UniLav) {
			c.DatoreLavoro.DatoreAnagraficaCompleta.Cittadinanza, c.DatoreLavoro.ExtraCE = "219", nil
		}, []string{"EXT-06* " + representative}},
		{"EXT-06 of the Union, with both", foreign, func(c *co.UniLav) { c.DatoreLavoro.DatoreAnagraficaCompleta.Cittadinanza = "000" },
			[]string{"EXT-06 " + stay, "EXT-06 " + representative}},
		{"EXT-06 holds of the Union, with neither", foreign, func(c *co.UniLav) {
			c.DatoreLavoro.DatoreAnagraficaCompleta.Cittadinanza, c.DatoreLavoro.SoggiornanteInItalia, c.DatoreLavoro.ExtraCE = "000", "", nil
		}, nil},
	}
}
