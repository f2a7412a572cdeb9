package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema.

func walkUniMare(c codec, v *co.UniMare) {
	attr(c, "assunzioneForzaMaggiore", &v.AssunzioneForzaMaggiore, must)
	walkCodici(c, &v.Intestazione)
	attr(c, "descrizioneForzaMaggiore", &v.DescrizioneForzaMaggiore, may)
	walkMittente(c, &v.Intestazione)
	block(c, "DatoreLavoro", &v.DatoreLavoro, walkArmatore)
	block(c, "Lavoratore", &v.Lavoratore, walkMarittimo)
	option(c, "InizioRapporto", &v.InizioRapporto, walkRapportoMarittimo)
	option(c, "Proroga", &v.Proroga, func(c codec, v *co.ProrogaMarittima) {
		attr(c, "dataFineProroga", &v.DataFineProroga, may)
	})
	option(c, "Trasformazione", &v.Trasformazione, func(c codec, v *co.TrasformazioneMarittima) {
		attr(c, "codiceTrasformazione", &v.CodiceTrasformazione, may)
		attr(c, "dataTrasformazione", &v.DataTrasformazione, may)
	})
	option(c, "Cessazione", &v.Cessazione, func(c codec, v *co.CessazioneMarittima) {
		attr(c, "codiceCausa", &v.CodiceCausa, may)
		attr(c, "dataCessazione", &v.DataCessazione, may)
	})
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
}

func walkArmatore(c codec, v *co.Armatore) {
	attr(c, "RapportoTerraComandata", &v.RapportoTerraComandata, may)
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	option(c, "Nave", &v.Nave, walkNave)
	option(c, "SedeTerra", &v.SedeTerra, walkSede)
	text(c, "Settore", &v.Settore, must)
	option(c, "DatoreDistaccatario", &v.DatoreDistaccatario, func(c codec, v *co.DistaccatarioMarittimo) {
		attr(c, "codiceFiscale", &v.CodiceFiscale, may)
	})
}

func walkNave(c codec, v *co.Nave) {
	attr(c, "NIMO", &v.NIMO, may)
	attr(c, "denominazione", &v.Denominazione, may)
	attr(c, "internazionale", &v.Internazionale, may)
	attr(c, "luogoIscrizione", &v.LuogoIscrizione, may)
	attr(c, "numeroIscrizione", &v.NumeroIscrizione, may)
	attr(c, "stazzaMin5Ton", &v.StazzaMin5Ton, may)
	attr(c, "tipo", &v.Tipo, may)
}

func walkMarittimo(c codec, v *co.Marittimo) {
	attr(c, "categoriaIscrizione", &v.CategoriaIscrizione, may)
	attr(c, "luogoMatricola", &v.LuogoMatricola, may)
	attr(c, "numeroMatricola", &v.NumeroMatricola, may)
	option(c, "AnagraficaCompleta", &v.AnagraficaCompleta, walkAnagrafica)
}

func walkRapportoMarittimo(c codec, v *co.RapportoMarittimo) {
	attr(c, "TipologiaContrattuale", &v.TipologiaContrattuale, must)
	attr(c, "contrattoVerbale", &v.ContrattoVerbale, may)
	attr(c, "dataFine", &v.DataFine, may)
	attr(c, "dataInizio", &v.DataInizio, must)
	attr(c, "entePrevidenziale", &v.EntePrevidenziale, must)
	attr(c, "socioLavoratore", &v.SocioLavoratore, must)
	text(c, "ccnl", &v.CCNL, may)
	text(c, "agevolazioni", &v.Agevolazioni, may)
}
