package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition LAO2026R1.

func walkLao(c codec, v *co.Lao) {
	attr(c, "codiceComunicazione", &v.CodiceComunicazione, must)
	attr(c, "codiceComunicazionePrec", &v.CodiceComunicazionePrec, may)
	attr(c, "dataInvio", &v.DataInvio, must)
	attr(c, "versione", &v.Versione, must)
	block(c, "Committente", &v.Committente, walkCommittente)
	block(c, "LavoratoreAutonomo", &v.LavoratoreAutonomo, walkLavoratoreAutonomo)
	block(c, "RapportoDiLavoro", &v.RapportoDiLavoro, walkRapportoDiLavoro)
	block(c, "DatiInvio", &v.DatiInvio, walkDatiInvio)
}

func walkCommittente(c codec, v *co.Committente) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	option(c, "SedeLegale", &v.SedeLegale, walkLuogo)
}

func walkLuogo(c codec, v *co.Luogo) {
	text(c, "Comune", &v.Comune, must)
	text(c, "Indirizzo", &v.Indirizzo, must)
	text(c, "Cap", &v.Cap, must)
}

func walkLavoratoreAutonomo(c codec, v *co.LavoratoreAutonomo) {
	block(c, "Anagrafica", &v.Anagrafica, walkAnagrafica)
	option(c, "DocumentoIdentita", &v.DocumentoIdentita, walkDocumentoIdentita)
	option(c, "PermessoDiSoggiorno", &v.PermessoDiSoggiorno, walkExtraCE)
	block(c, "Domicilio", &v.Domicilio, walkDomicilio)
}

func walkDocumentoIdentita(c codec, v *co.DocumentoIdentita) {
	attr(c, "dataScadenza", &v.DataScadenza, may)
	attr(c, "numero", &v.Numero, must)
	attr(c, "tipo", &v.Tipo, must)
}

func walkDomicilio(c codec, v *co.Domicilio) {
	option(c, "Italia", &v.Italia, func(c codec, v *co.DomicilioItaliano) {
		text(c, "Comune", &v.Comune, must)
		text(c, "Indirizzo", &v.Indirizzo, may)
		text(c, "Cap", &v.Cap, may)
	})
	option(c, "Estero", &v.Estero, func(c codec, v *co.DomicilioEstero) {
		text(c, "Stato", &v.Stato, must)
		text(c, "CittaEstera", &v.CittaEstera, must)
	})
}

func walkRapportoDiLavoro(c codec, v *co.RapportoDiLavoro) {
	text(c, "DataInizio", &v.DataInizio, must)
	text(c, "Termine", &v.Termine, must)
	text(c, "Descrizione", &v.Descrizione, must)
	text(c, "CompensoStimato", &v.CompensoStimato, must)
	block(c, "SediDiLavoro", &v.SediDiLavoro, func(c codec, v *co.SediDiLavoro) {
		list(c, "SedeDiLavoro", &v.SedeDiLavoro, walkLuogo)
	})
}

func walkDatiInvio(c codec, v *co.DatiInvio) {
	text(c, "CodiceFiscaleCompilatore", &v.CodiceFiscaleCompilatore, must)
	text(c, "EMailCompilatore", &v.EMailCompilatore, must)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
}
