package transform

import "github.com/snodo-co/snodo/transform/co"

// walkUniUrg lists attributes sorted by name, as canonical XML has them, and
// children in the order of the schema, edition CO130131.
func walkUniUrg(c codec, v *co.UniUrg) {
	attr(c, "codiceComunicazione", &v.CodiceComunicazione, must)
	attr(c, "codiceComunicazionePrec", &v.CodiceComunicazionePrec, may)
	attr(c, "dataInizioRapporto", &v.DataInizioRapporto, must)
	attr(c, "dataInvio", &v.DataInvio, must)
	attr(c, "delegato", &v.Delegato, may)
	attr(c, "e-mailDelegato", &v.EMailDelegato, must)
	attr(c, "motivoUrgenza", &v.MotivoUrgenza, must)
	attr(c, "protocollo", &v.Protocollo, must)
	attr(c, "tipoDelegato", &v.TipoDelegato, may)
	attr(c, "versione", &v.Versione, must)
	block(c, "DatoreLavoro", &v.DatoreLavoro, walkDatoreUrgenza)
	block(c, "Lavoratore", &v.Lavoratore, walkDatiLavoratore)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
}

func walkDatoreUrgenza(c codec, v *co.DatoreUrgenza) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
}
