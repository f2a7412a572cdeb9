package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition CO190701R1.

func walkUniSomm(c codec, v *co.UniSomm) {
	walkCodici(c, &v.Intestazione)
	walkMittente(c, &v.Intestazione)
	block(c, "AgenziaSomministrazione", &v.AgenziaSomministrazione, walkAgenzia)
	block(c, "Lavoratore", &v.Lavoratore, walkLavoratore)
	option(c, "DittaUtilizzatrice", &v.DittaUtilizzatrice, walkUtilizzatrice)
	option(c, "DatiVariazione", &v.DatiVariazione, walkVariazione)
	text(c, "TipoComunicazione", &v.TipoComunicazione, must)
}

// walkAgenzia has the operating seat before the legal one, where UNILAV has
// them the other way round.
func walkAgenzia(c codec, v *co.AgenziaSomministrazione) {
	attr(c, "agenziaestera", &v.AgenziaEstera, must)
	attr(c, "codiceFiscale", &v.CodiceFiscale, must)
	attr(c, "denominazione", &v.Denominazione, must)
	attr(c, "numeroIscrizioneAlbo", &v.NumeroIscrizioneAlbo, must)
	option(c, "DatoreAnagraficaCompleta", &v.DatoreAnagraficaCompleta, walkAnagrafica)
	block(c, "SedeLavoro", &v.SedeLavoro, walkSede)
	block(c, "SedeLegale", &v.SedeLegale, walkSede)
	block(c, "RapportoAgenziaSomm", &v.RapportoAgenziaSomm, walkRapportoAgenzia)
}

func walkRapportoAgenzia(c codec, v *co.RapportoAgenziaSomm) {
	attr(c, "DataFineProroga", &v.DataFineProroga, may)
	attr(c, "TipologiaContrattuale", &v.TipologiaContrattuale, must)
	attr(c, "codiceEntePrevidenziale", &v.CodiceEntePrevidenziale, may)
	attr(c, "dataFinePeriodoFormativo", &v.DataFinePeriodoFormativo, may)
	attr(c, "dataFineSomm", &v.DataFineSomm, may)
	attr(c, "dataInizioSomm", &v.DataInizioSomm, must)
	attr(c, "entePrevidenziale", &v.EntePrevidenziale, must)
	attr(c, "indennitaDisponibilita", &v.IndennitaDisponibilita, may)
	attr(c, "lavInMobilita", &v.LavInMobilita, must)
	attr(c, "numeroAgenziaSomm", &v.NumeroAgenziaSomm, must)
	attr(c, "numeroMatricola", &v.NumeroMatricola, must)
}

func walkUtilizzatrice(c codec, v *co.DittaUtilizzatrice) {
	attr(c, "codiceFiscale", &v.CodiceFiscale, may)
	attr(c, "dataFineContrattoSomm", &v.DataFineContrattoSomm, may)
	attr(c, "dataInizioContrattoSomm", &v.DataInizioContrattoSomm, must)
	attr(c, "denominazione", &v.Denominazione, must)
	attr(c, "numeroContrattoSomm", &v.NumeroContrattoSomm, must)
	block(c, "SedeLavoro", &v.SedeLavoro, walkSede)
	block(c, "SedeLegale", &v.SedeLegale, walkSede)
	text(c, "DittaUtilizzatriceEsteraOperanteInItalia", &v.DittaUtilizzatriceEsteraOperanteInItalia, may)
	text(c, "Settore", &v.Settore, must)
	text(c, "PubblicaAmministrazione", &v.PubblicaAmministrazione, must)
	block(c, "InizioContratto", &v.InizioContratto, walkInizioContratto)
}

func walkInizioContratto(c codec, v *co.InizioContratto) {
	block(c, "Inizio", &v.Inizio, walkMissione)
}

func walkMissione(c codec, v *co.Missione) {
	attr(c, "assunzioneObbligatoria", &v.AssunzioneObbligatoria, must)
	attr(c, "categoriaLavoratoreAssunzioneObbligatoria", &v.CategoriaLavoratoreAssunzioneObbligatoria, may)
	attr(c, "dataFineMissione", &v.DataFineMissione, may)
	attr(c, "dataInizioMissione", &v.DataInizioMissione, must)
	attr(c, "descrizioneAttivita", &v.DescrizioneAttivita, must)
	attr(c, "descrizioneAttivitaAgricol", &v.DescrizioneAttivitaAgricol, may)
	attr(c, "ggLavorativePreviste", &v.GgLavorativePreviste, may)
	attr(c, "lavoroInAgricoltura", &v.LavoroInAgricoltura, must)
	attr(c, "rischioAsbestosiSilicosi", &v.RischioAsbestosiSilicosi, must)
	attr(c, "voceTariffa_1", &v.VoceTariffa1, may)
	attr(c, "voceTariffa_2", &v.VoceTariffa2, may)
	attr(c, "voceTariffa_3", &v.VoceTariffa3, may)
	text(c, "PatINAIL", &v.PatINAIL, must)
	block(c, "tipoOrario", &v.TipoOrario, walkOrario)
	text(c, "qualificaProfessionale", &v.QualificaProfessionale, must)
	text(c, "ccnl", &v.CCNL, must)
	text(c, "livelloInquadramento", &v.LivelloInquadramento, must)
	text(c, "RetribuzioneCompenso", &v.RetribuzioneCompenso, must)
}

func walkVariazione(c codec, v *co.DatiVariazione) {
	attr(c, "codiceVariazione", &v.CodiceVariazione, must)
	option(c, "DatiProroga", &v.DatiProroga, walkDatiProroga)
	option(c, "DatiTrasformazione", &v.DatiTrasformazione, walkDatiTrasformazione)
	option(c, "DatiCessazione", &v.DatiCessazione, walkDatiCessazione)
}

func walkDatiProroga(c codec, v *co.DatiProroga) {
	attr(c, "dataFineProroga", &v.DataFineProroga, must)
}

func walkDatiTrasformazione(c codec, v *co.DatiTrasformazione) {
	attr(c, "codiceTrasformazione", &v.CodiceTrasformazione, must)
	attr(c, "dataTrasformazione", &v.DataTrasformazione, must)
}

func walkDatiCessazione(c codec, v *co.DatiCessazione) {
	attr(c, "codiceCausa", &v.CodiceCausa, must)
	attr(c, "dataCessazione", &v.DataCessazione, must)
}
