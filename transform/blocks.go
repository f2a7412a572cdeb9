package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks of blocks that several kinds share. Attributes come sorted by name,
// as canonical XML has them, and children in the order of the schema.

// walkCodici and walkMittente carry the attributes that every national format
// has on its root, those before and after the ones that only some have.
func walkCodici(c codec, v *co.Intestazione) {
	attr(c, "codiceComunicazione", &v.CodiceComunicazione, must)
	attr(c, "codiceComunicazionePrec", &v.CodiceComunicazionePrec, may)
	attr(c, "dataInvio", &v.DataInvio, must)
	attr(c, "delegato", &v.Delegato, may)
}

func walkMittente(c codec, v *co.Intestazione) {
	attr(c, "e-mailDelegato", &v.EMailDelegato, must)
	attr(c, "protocollo", &v.Protocollo, must)
	attr(c, "tipoDelegato", &v.TipoDelegato, may)
	attr(c, "versione", &v.Versione, must)
}

func walkAnagrafica(c codec, v *co.Anagrafica) {
	text(c, "cognome", &v.Cognome, must)
	text(c, "nome", &v.Nome, must)
	text(c, "codice-fiscale", &v.CodiceFiscale, may)
	text(c, "cittadinanza", &v.Cittadinanza, must)
	text(c, "sesso", &v.Sesso, must)
	block(c, "nascita", &v.Nascita, walkNascita)
}

func walkNascita(c codec, v *co.Nascita) {
	text(c, "comune", &v.Comune, must)
	text(c, "data", &v.Data, must)
}

func walkDatiLavoratore(c codec, v *co.DatiLavoratore) {
	text(c, "cognome", &v.Cognome, must)
	text(c, "nome", &v.Nome, must)
	text(c, "codice-fiscale", &v.CodiceFiscale, must)
	text(c, "comuneDomicilio", &v.ComuneDomicilio, may)
}

func walkExtraCE(c codec, v *co.ExtraCE) {
	attr(c, "dataScadenzaPS", &v.DataScadenzaPS, must)
	attr(c, "motivoPermesso", &v.MotivoPermesso, must)
	attr(c, "numeroDocumento", &v.NumeroDocumento, may)
	attr(c, "questura", &v.Questura, may)
	attr(c, "tipoDocumento", &v.TipoDocumento, must)
}

func walkSede(c codec, v *co.Sede) {
	text(c, "Comune", &v.Comune, must)
	text(c, "cap", &v.Cap, may)
	text(c, "Indirizzo", &v.Indirizzo, must)
	text(c, "e-mail", &v.EMail, may)
	text(c, "telefono", &v.Telefono, may)
	text(c, "fax", &v.Fax, may)
}

func walkModelloQ(c codec, v *co.ModelloQ) {
	text(c, "SussistenzaSistemazioneAlloggiativa", &v.SussistenzaSistemazioneAlloggiativa, must)
	text(c, "ImpegnoDatorePagamentoRimpatrio", &v.ImpegnoDatorePagamentoRimpatrio, must)
}

func walkLegge68(c codec, v *co.Legge68) {
	attr(c, "dataNullaOsta", &v.DataNullaOsta, may)
	attr(c, "numeroAtto", &v.NumeroAtto, may)
}

func walkOrario(c codec, v *co.TipoOrario) {
	attr(c, "codice", &v.Codice, must)
	attr(c, "oreSettimanaliMedie", &v.OreSettimanaliMedie, may)
}

// walkTermini carries the first attributes of every relationship, those before
// the one that only some kinds have.
func walkTermini(c codec, v *co.Contratto) {
	attr(c, "TipologiaContrattuale", &v.TipologiaContrattuale, must)
	attr(c, "assunzioneObbligatoria", &v.AssunzioneObbligatoria, must)
	attr(c, "categoriaLavoratoreAssunzioneObbligatoria", &v.CategoriaLavoratoreAssunzioneObbligatoria, may)
	attr(c, "codiceEntePrevidenziale", &v.CodiceEntePrevidenziale, may)
	attr(c, "dataFine", &v.DataFine, may)
	attr(c, "dataFinePeriodoFormativo", &v.DataFinePeriodoFormativo, may)
	attr(c, "dataInizio", &v.DataInizio, must)
	attr(c, "entePrevidenziale", &v.EntePrevidenziale, must)
	attr(c, "ggLavorativePreviste", &v.GgLavorativePreviste, may)
	attr(c, "lavInMobilita", &v.LavInMobilita, must)
	attr(c, "lavoroInAgricoltura", &v.LavoroInAgricoltura, must)
	attr(c, "lavoroStagionale", &v.LavoroStagionale, must)
}

// walkCondizioni carries the children that every relationship has.
func walkCondizioni(c codec, v *co.Contratto) {
	text(c, "ccnl", &v.CCNL, must)
	text(c, "livelloInquadramento", &v.LivelloInquadramento, must)
	option(c, "legge68", &v.Legge68, walkLegge68)
	block(c, "tipoOrario", &v.TipoOrario, walkOrario)
	text(c, "qualificaProfessionale", &v.QualificaProfessionale, must)
	text(c, "RetribuzioneCompenso", &v.RetribuzioneCompenso, must)
}
