package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition CO190701R1.

func walkUniLav(c codec, v *co.UniLav) {
	attr(c, "assunzioneForzaMaggiore", &v.AssunzioneForzaMaggiore, must)
	walkCodici(c, &v.Intestazione)
	attr(c, "descrizioneForzaMaggiore", &v.DescrizioneForzaMaggiore, may)
	walkMittente(c, &v.Intestazione)
	block(c, "DatoreLavoro", &v.DatoreLavoro, walkDatore)
	block(c, "Lavoratore", &v.Lavoratore, walkLavoratore)
	option(c, "LavoratoreCoobbligato", &v.LavoratoreCoobbligato, walkLavoratore)
	option(c, "InizioRapporto", &v.InizioRapporto, walkContratto)
	option(c, "Proroga", &v.Proroga, walkProroga)
	option(c, "Trasformazione", &v.Trasformazione, walkTrasformazione)
	option(c, "Cessazione", &v.Cessazione, walkCessazione)
	// Tirocinio is valid on either side of TipoComunicazione. An encoder finds
	// nothing in early and writes it after.
	var early *co.Tirocinio
	option(c, "Tirocinio", &early, walkTirocinio)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
	if early != nil {
		v.Tirocinio = early
		return
	}
	option(c, "Tirocinio", &v.Tirocinio, walkTirocinio)
}

func walkDatore(c codec, v *co.DatoreLavoro) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	option(c, "DatoreAnagraficaCompleta", &v.DatoreAnagraficaCompleta, walkAnagrafica)
	text(c, "soggiornanteInItalia", &v.SoggiornanteInItalia, may)
	option(c, "extraCE", &v.ExtraCE, walkExtraCE)
	block(c, "SedeLegale", &v.SedeLegale, walkSede)
	block(c, "SedeLavoro", &v.SedeLavoro, walkSede)
	text(c, "Settore", &v.Settore, must)
	text(c, "PubblicaAmministrazione", &v.PubblicaAmministrazione, must)
}

func walkLavoratore(c codec, v *co.Lavoratore) {
	option(c, "AnagraficaCompleta", &v.AnagraficaCompleta, walkAnagrafica)
	option(c, "extraCE", &v.ExtraCE, walkExtraCE)
	option(c, "ModelloQ", &v.ModelloQ, walkModelloQ)
	block(c, "IndirizzoLavoratore", &v.IndirizzoLavoratore, walkSede)
	text(c, "LivelloIstruzione", &v.LivelloIstruzione, must)
}

func walkContratto(c codec, v *co.Contratto) {
	walkTermini(c, v)
	attr(c, "socioLavoratore", &v.SocioLavoratore, must)
	attr(c, "tipoLavorazione", &v.TipoLavorazione, may)
	walkCondizioni(c, v)
	text(c, "PatINAIL", &v.PatINAIL, must)
	option(c, "Agevolazioni", &v.Agevolazioni, func(codec, *struct{}) {})
}

func walkProroga(c codec, v *co.Proroga) {
	attr(c, "dataFineProroga", &v.DataFineProroga, must)
	attr(c, "prosecuzioneDiFatto", &v.ProsecuzioneDiFatto, may)
	block(c, "Contratto", &v.Contratto, walkContratto)
}

func walkTrasformazione(c codec, v *co.Trasformazione) {
	attr(c, "codiceTrasformazione", &v.CodiceTrasformazione, must)
	attr(c, "dataTrasformazione", &v.DataTrasformazione, must)
	attr(c, "distaccoAziendaEstera", &v.DistaccoAziendaEstera, may)
	attr(c, "distaccoParziale", &v.DistaccoParziale, may)
	block(c, "Contratto", &v.Contratto, walkContratto)
	option(c, "SedePrecedente", &v.SedePrecedente, walkSedePrecedente)
	option(c, "DatoreLavoroPrec", &v.DatoreLavoroPrec, walkDatorePrecedente)
	option(c, "DatoreDistaccatario", &v.DatoreDistaccatario, walkDistaccatario)
}

func walkSedePrecedente(c codec, v *co.SedePrecedente) {
	text(c, "Comune", &v.Comune, must)
	text(c, "Indirizzo", &v.Indirizzo, must)
}

func walkDatorePrecedente(c codec, v *co.DatorePrecedente) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, may)
	attr(c, "denominazione", &v.Denominazione, may)
}

func walkDistaccatario(c codec, v *co.DatoreDistaccatario) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, may)
	attr(c, "denominazione", &v.Denominazione, must)
	text(c, "Settore", &v.Settore, must)
	block(c, "Sede", &v.Sede, walkSede)
	text(c, "PatINAIL", &v.PatINAIL, may)
}

func walkCessazione(c codec, v *co.Cessazione) {
	attr(c, "codiceCausa", &v.CodiceCausa, must)
	attr(c, "dataCessazione", &v.DataCessazione, must)
	block(c, "Contratto", &v.Contratto, walkContratto)
}

func walkTirocinio(c codec, v *co.Tirocinio) {
	attr(c, "categoriaTirocinante", &v.CategoriaTirocinante, must)
	attr(c, "cfSoggettoPromotore", &v.CFSoggettoPromotore, must)
	attr(c, "denominazione", &v.Denominazione, must)
	attr(c, "tipologiaEntePromotore", &v.TipologiaEntePromotore, must)
	attr(c, "tipologieTirocinio", &v.TipologieTirocinio, must)
}
