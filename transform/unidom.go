package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema.

func walkUniDom(c codec, v *co.UniDom) {
	walkCodici(c, &v.Intestazione)
	walkMittente(c, &v.Intestazione)
	block(c, "DatoreDomestico", &v.DatoreDomestico, walkDatoreDomestico)
	block(c, "Lavoratore", &v.Lavoratore, func(c codec, v *co.LavoratoreDomestico) {
		option(c, "AnagraficaCompleta", &v.AnagraficaCompleta, walkAnagrafica)
	})
	block(c, "InizioRapporto", &v.InizioRapporto, walkRapportoDomestico)
	option(c, "Dichiarazioni", &v.Dichiarazioni, walkDichiarazioni)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
}

func walkDatoreDomestico(c codec, v *co.DatoreDomestico) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "cognome", &v.Cognome, may)
	attr(c, "denominazione", &v.Denominazione, may)
	attr(c, "nome", &v.Nome, may)
}

func walkRapportoDomestico(c codec, v *co.RapportoDomestico) {
	attr(c, "TipologiaContrattuale", &v.TipologiaContrattuale, must)
	attr(c, "ccnlApplicato", &v.CCNLApplicato, may)
	attr(c, "dataFine", &v.DataFine, may)
	attr(c, "dataInizio", &v.DataInizio, must)
}

func walkDichiarazioni(c codec, v *co.Dichiarazioni) {
	attr(c, "coniuge", &v.Coniuge, may)
	attr(c, "convivente", &v.Convivente, may)
	attr(c, "invalido", &v.Invalido, may)
	attr(c, "parente", &v.Parente, may)
}
