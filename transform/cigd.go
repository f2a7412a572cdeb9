package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition CIGD2026R1.

func walkCigd(c codec, v *co.Cigd) {
	walkCodici(c, &v.Intestazione)
	walkMittente(c, &v.Intestazione)
	block(c, "Richiedente", &v.Richiedente, walkRichiedente)
	block(c, "Periodo", &v.Periodo, walkPeriodo)
	text(c, "NumeroLavoratori", &v.NumeroLavoratori, must)
	text(c, "OreRichieste", &v.OreRichieste, must)
	text(c, "Causale", &v.Causale, must)
}

func walkRichiedente(c codec, v *co.Richiedente) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	block(c, "Sede", &v.Sede, walkLuogo)
}

func walkPeriodo(c codec, v *co.Periodo) {
	attr(c, "al", &v.Al, must)
	attr(c, "dal", &v.Dal, must)
}
