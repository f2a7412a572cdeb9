package rules

import "github.com/snodo-co/snodo/transform/co"

func traineeshipCases() []ruleCase {
	const (
		block  = "/UniLav/Tirocinio"
		hiring = "/UniLav/InizioRapporto"
		end    = hiring + "/@dataFine"
	)
	lasts := func(category co.CategoriaTirocinante, kind co.TipologiaTirocinio, end co.Data) func(*co.UniLav) {
		return func(c *co.UniLav) {
			c.Tirocinio.CategoriaTirocinante, c.Tirocinio.TipologieTirocinio = category, kind
			c.InizioRapporto.DataFine = end
		}
	}
	cases := []ruleCase{
		{"TIR-01 holds", "tirocinio-prima", func(*co.UniLav) {}, nil},
		{"TIR-01 no data", "tirocinio-prima", func(c *co.UniLav) { c.Tirocinio = nil }, []string{"TIR-01 " + block}},
		{"TIR-01 data of another contract", "assunzione", func(c *co.UniLav) {
			c.Tirocinio = &co.Tirocinio{TipologiaEntePromotore: "01", CFSoggettoPromotore: "03216549877",
				Denominazione: "Ente formativo del Piceno", CategoriaTirocinante: "01", TipologieTirocinio: "A"}
		}, []string{"TIR-01 " + block}},
		{"TIR-01 empty data", "tirocinio-prima", func(c *co.UniLav) { *c.Tirocinio = co.Tirocinio{} }, []string{
			"TIR-01 " + block + "/@tipologiaEntePromotore", "TIR-01 " + block + "/@cfSoggettoPromotore", "TIR-01 " + block + "/@denominazione",
			"TIR-01 " + block + "/@categoriaTirocinante", "TIR-01 " + block + "/@tipologieTirocinio",
		}},

		{"TIR-02 holds for another promoter", "tirocinio-dopo", func(*co.UniLav) {}, nil},
		{"TIR-02", "tirocinio-dopo", func(c *co.UniLav) { c.Tirocinio.CFSoggettoPromotore = c.DatoreLavoro.CodiceFiscale },
			[]string{"TIR-02* " + block + "/@cfSoggettoPromotore"}},

		{"TIR-03 holds for what is not known", "tirocinio-dopo", lasts("99", "A", "2026-09-09"), nil},

		{"TIR-04 holds for six months", "tirocinio-dopo", lasts("05", "A", "2026-09-09"), nil},
		{"TIR-04 six months and a day", "tirocinio-dopo", lasts("05", "A", "2026-09-10"), []string{"TIR-04* " + end}},
		{"TIR-04 holds for twelve months", "tirocinio-inserimento", lasts("08", "B", "2027-03-09"), nil},
		{"TIR-04 twelve months and a day", "tirocinio-inserimento", lasts("08", "B", "2027-03-10"), []string{"TIR-04* " + end}},
		{"TIR-04 extension", "proroga", func(c *co.UniLav) {
			c.Proroga.Contratto.TipologiaContrattuale, c.Proroga.Contratto.CCNL = "C.01.00", "ND"
			c.Proroga.DataFineProroga = "2027-03-10"
			c.Tirocinio = &co.Tirocinio{TipologiaEntePromotore: "01", CFSoggettoPromotore: "03216549877",
				Denominazione: "Ente formativo del Piceno", CategoriaTirocinante: "01", TipologieTirocinio: "A"}
		}, []string{"TIR-04* /UniLav/Proroga/@dataFineProroga"}},

		{"TIR-05 holds", "tirocinio-dopo", func(*co.UniLav) {}, nil},
		{"TIR-05", "tirocinio-dopo", contracted(func(r *co.Contratto) { r.CCNL = "0780" }), []string{"TIR-05 " + hiring + "/ccnl"}},

		{"TIR-06 holds for twenty-four months", "tirocinio-disabili", func(*co.UniLav) {}, nil},
		{"TIR-06 twenty-four months and a day", "tirocinio-disabili", lasts("02", "A", "2028-03-10"), []string{"TIR-04* " + end, "TIR-06* " + end}},
		{"TIR-06 holds for an apprentice of six years", "apprendistato", contracted(func(r *co.Contratto) { r.DataFinePeriodoFormativo = "2032-03-09" }), nil},
		{"TIR-06 an apprentice of six years and a day", "apprendistato", contracted(func(r *co.Contratto) { r.DataFinePeriodoFormativo = "2032-03-10" }),
			[]string{"TIR-06 " + hiring + "/@dataFinePeriodoFormativo"}},
		{"TIR-06 an apprentice that ends later", "apprendistato", contracted(func(r *co.Contratto) { r.DataFine = "2032-03-10" }), []string{"TIR-06 " + end}},
	}
	for category, kinds := range map[co.CategoriaTirocinante]string{
		"01": "AB", "02": "AB", "03": "B", "04": "A", "05": "A", "06": "A", "07": "A", "08": "B", "09": "C",
	} {
		for _, kind := range []string{"A", "B", "C"} {
			c := ruleCase{"TIR-03 " + string(category) + " with " + kind, "tirocinio-dopo",
				lasts(category, co.TipologiaTirocinio(kind), "2026-09-09"), []string{"TIR-03 " + block + "/@categoriaTirocinante"}}
			if kinds[0] == kind[0] || kinds[len(kinds)-1] == kind[0] {
				c.name, c.want = "TIR-03 holds for "+c.name[7:], nil
			}
			cases = append(cases, c)
		}
	}
	return cases
}
