package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition CO190701R1.

func walkVarDatori(c codec, v *co.VarDatori) {
	walkCodici(c, &v.Intestazione)
	walkMittente(c, &v.Intestazione)
	block(c, "DatoreAttuale", &v.DatoreAttuale, walkDatoreAttuale)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
	option(c, "TrasferimentoAzienda", &v.TrasferimentoAzienda, walkTrasferimento)
	option(c, "VariazioneRagioneSociale", &v.VariazioneRagioneSociale, walkRagioneSociale)
}

func walkDatoreAttuale(c codec, v *co.DatoreAttuale) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	block(c, "Sede", &v.Sede, walkSede)
	text(c, "Settore", &v.Settore, must)
	text(c, "PubblicaAmministrazione", &v.PubblicaAmministrazione, must)
}

func walkTrasferimento(c codec, v *co.TrasferimentoAzienda) {
	attr(c, "codiceTrasferimento", &v.CodiceTrasferimento, must)
	attr(c, "dataFineAffittoRamo", &v.DataFineAffittoRamo, may)
	attr(c, "dataInizio", &v.DataInizio, must)
	block(c, "DatorePrecedente", &v.DatorePrecedente, walkCedente)
	list(c, "SedeLavoro", &v.SedeLavoro, walkSedeTrasferita)
}

func walkCedente(c codec, v *co.DatoreCedente) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	block(c, "Sede", &v.Sede, walkSede)
	text(c, "Settore", &v.Settore, must)
}

func walkSedeTrasferita(c codec, v *co.SedeTrasferita) {
	shown(c, &v.Sede)
	walkSede(c, &v.Sede)
	list(c, "Lavoratori", &v.Lavoratori, walkRapportoTrasferito)
}

func walkRapportoTrasferito(c codec, v *co.RapportoTrasferito) {
	block(c, "Contratto", &v.Contratto, walkContrattoTrasferito)
	block(c, "DatiLavoratore", &v.DatiLavoratore, walkDatiLavoratore)
}

// walkContrattoTrasferito differs from the relationship of UNILAV in patINAIL,
// an attribute here, and in agevolazioni, which come first and may be several.
func walkContrattoTrasferito(c codec, v *co.Contratto) {
	walkTermini(c, v)
	attr(c, "patINAIL", &v.PatINAIL, may)
	attr(c, "socioLavoratore", &v.SocioLavoratore, must)
	attr(c, "tipoLavorazione", &v.TipoLavorazione, may)
	list(c, "agevolazioni", &v.AgevolazioniRipetute, func(codec, *struct{}) {})
	walkCondizioni(c, v)
}

func walkRagioneSociale(c codec, v *co.VariazioneRagioneSociale) {
	attr(c, "dataVariazione", &v.DataVariazione, must)
	attr(c, "denominazionePrecedente", &v.DenominazionePrecedente, must)
}
