package rules

import "github.com/snodo-co/snodo/transform/co"

func employerCases() []ruleCase {
	const employer = "/UniLav/DatoreLavoro"
	return []ruleCase{
		{"AZ-01 holds for a public administration", "pubblica-amministrazione", func(*co.UniLav) {}, nil},
		{"AZ-01 holds for a seat abroad without postal code", "assunzione", func(c *co.UniLav) {
			c.DatoreLavoro.SedeLegale.Comune, c.DatoreLavoro.SedeLegale.Cap = "Z110", ""
		}, nil},
		{"AZ-01 no comune", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLegale.Comune = "" }, []string{"AZ-01 " + employer + "/SedeLegale/Comune"}},
		{"AZ-01 no postal code", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLegale.Cap = "" }, []string{"AZ-01 " + employer + "/SedeLegale/cap"}},
		{"AZ-01 no flag", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.PubblicaAmministrazione = "" }, []string{"AZ-01 " + employer + "/PubblicaAmministrazione"}},

		{"AZ-02 holds abroad", "sede-estera", func(*co.UniLav) {}, nil},
		{"AZ-02 abroad", "sede-estera", func(c *co.UniLav) { c.DatoreLavoro.SedeLavoro.Cap = "13001" }, []string{"AZ-02 " + employer + "/SedeLavoro/cap"}},
		{"AZ-02 in Italy", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLavoro.Cap = "" }, []string{"AZ-02 " + employer + "/SedeLavoro/cap"}},
		{"AZ-02 holds for a domicile without", "assunzione", func(c *co.UniLav) { c.Lavoratore.IndirizzoLavoratore.Cap = "" }, nil},

		{"AZ-03 holds for a fax", "assunzione", func(c *co.UniLav) {
			c.DatoreLavoro.SedeLavoro.Telefono, c.DatoreLavoro.SedeLavoro.Fax = "", "071000003"
		}, nil},
		{"AZ-03 workplace", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLavoro.Telefono = "" }, []string{"AZ-03 " + employer + "/SedeLavoro"}},
		{"AZ-03 legal seat", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLegale.EMail = "" }, []string{"AZ-03 " + employer + "/SedeLegale"}},
	}
}
