package rules

import "github.com/snodo-co/snodo/transform/co"

func terminationCases() []ruleCase {
	const cause = "/UniLav/Cessazione/@codiceCausa"
	because := func(code co.CausaCessazione) func(*co.UniLav) {
		return func(c *co.UniLav) { c.Cessazione.CodiceCausa = code }
	}
	return []ruleCase{
		{"CES-02 holds for a public administration", "cessazione", func(c *co.UniLav) {
			c.Cessazione.CodiceCausa, c.DatoreLavoro.PubblicaAmministrazione = "DS", "SI"
		}, nil},
		{"CES-02", "cessazione", because("DS"), []string{"CES-02 " + cause}},

		{"CES-03 holds for an apprentice", "cessazione-apprendista", func(*co.UniLav) {}, nil},
		{"CES-03 AC", "cessazione", because("AC"), []string{"CES-03 " + cause}},
		{"CES-03 AD", "cessazione", because("AD"), []string{"CES-03 " + cause}},
		{"CES-03 AM", "cessazione", because("AM"), []string{"CES-03 " + cause}},
		{"CES-03 AR", "cessazione", because("AR"), []string{"CES-03 " + cause}},
		{"CES-03 holds for another cause", "cessazione", because("AL"), nil},
	}
}
