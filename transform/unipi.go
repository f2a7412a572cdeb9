package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks below list attributes sorted by name, as canonical XML has them,
// and children in the order of the schema, edition PIDISABILI001600.

func walkProspetto(c codec, v *co.Prospetto) {
	attr(c, "codicecomunicazione", &v.CodiceComunicazione, must)
	attr(c, "codicecomunicazioneprecedente", &v.CodiceComunicazionePrecedente, may)
	attr(c, "dataInvio", &v.DataInvio, must)
	attr(c, "delegato", &v.Delegato, may)
	attr(c, "e-mailDelegato", &v.EMailDelegato, must)
	attr(c, "protocollo", &v.Protocollo, must)
	attr(c, "tipoDelegato", &v.TipoDelegato, may)
	attr(c, "versione", &v.Versione, must)
	block(c, "quadro1", &v.Quadro1, walkQuadro1)
	list(c, "quadro2", &v.Quadro2, walkQuadro2)
	option(c, "quadro3", &v.Quadro3, walkQuadro3)
	text(c, "tipocomunicazione", &v.TipoComunicazione, must)
}

func walkQuadro1(c codec, v *co.Quadro1) {
	block(c, "datiprospetto", &v.DatiProspetto, walkDatiProspetto)
	block(c, "datiaziendali", &v.DatiAziendali, func(c codec, v *co.DatiAziendali) {
		block(c, "dichiarante", &v.Dichiarante, walkDichiarante)
		block(c, "sedelegale", &v.SedeLegale, walkSedeLegaleProspetto)
		block(c, "referente", &v.Referente, walkReferente)
	})
	option(c, "gradualita", &v.Gradualita, walkGradualita)
	option(c, "sospensionemobilita", &v.SospensioneMobilita, func(c codec, v *co.SospensioneMobilita) {
		text(c, "sospensionepermobilita", &v.SospensionePerMobilita, may)
		text(c, "datafinesospensione", &v.DataFineSospensione, may)
	})
	list(c, "assunzionipubblicaselezione", &v.AssunzioniPubblicaSelezione, walkPubblicaSelezione)
}

func walkDatiProspetto(c codec, v *co.DatiProspetto) {
	text(c, "datariferimento", &v.DataRiferimento, must)
	text(c, "capogruppo", &v.Capogruppo, must)
	text(c, "cfcapogruppo", &v.CFCapogruppo, may)
	text(c, "capogruppoestera", &v.CapogruppoEstera, may)
	text(c, "nlavoratorinazionali", &v.NLavoratoriNazionali, must)
	text(c, "categoriaazienda", &v.CategoriaAzienda, may)
	text(c, "dataprimaassunzione", &v.DataPrimaAssunzione, may)
	text(c, "datasecondaassunzione", &v.DataSecondaAssunzione, may)
	text(c, "nessunaassunzioneaggiuntiva", &v.NessunaAssunzioneAggiuntiva, may)
}

func walkDichiarante(c codec, v *co.Dichiarante) {
	text(c, "tipologiadichiarante", &v.TipologiaDichiarante, must)
	text(c, "codicefiscale", &v.CodiceFiscale, must)
	text(c, "denominazione", &v.Denominazione, must)
	text(c, "settore", &v.Settore, must)
	text(c, "ccnl", &v.CCNL, must)
}

func walkSedeLegaleProspetto(c codec, v *co.SedeLegaleProspetto) {
	text(c, "comunesedelegale", &v.ComuneSedeLegale, must)
	text(c, "capsedelegale", &v.CapSedeLegale, must)
	text(c, "indirizzosedelegale", &v.IndirizzoSedeLegale, must)
	walkContatti(c, &v.Contatti)
	text(c, "PECemail", &v.PECEmail, must)
}

// walkContatti carries contacts, which have no element around them.
func walkContatti(c codec, v *co.Contatti) {
	text(c, "telefono", &v.Telefono, may)
	text(c, "fax", &v.Fax, may)
	text(c, "email", &v.Email, may)
}

func walkReferente(c codec, v *co.Referente) {
	text(c, "codicefiscale", &v.CodiceFiscale, must)
	text(c, "cognome", &v.Cognome, must)
	text(c, "nome", &v.Nome, must)
	text(c, "indirizzo", &v.Indirizzo, must)
	text(c, "comune", &v.Comune, must)
	text(c, "cap", &v.Cap, must)
	walkContatti(c, &v.Contatti)
}

func walkGradualita(c codec, v *co.Gradualita) {
	text(c, "dataatto", &v.DataAtto, must)
	text(c, "estremiatto", &v.EstremiAtto, must)
	text(c, "assunzioninondisabiliprimaditrasformazione", &v.AssunzioniNonDisabiliPrimaDiTrasformazione, must)
	text(c, "datatrasformazione", &v.DataTrasformazione, must)
	text(c, "percentuale", &v.Percentuale, must)
}

func walkPubblicaSelezione(c codec, v *co.AssunzioniPubblicaSelezione) {
	text(c, "regione", &v.Regione, must)
	text(c, "saldodisabili", &v.SaldoDisabili, must)
	text(c, "saldoexart18", &v.SaldoExArt18, must)
	text(c, "note", &v.Note, may)
}

func walkQuadro3(c codec, v *co.Quadro3) {
	block(c, "riepilogonazionale", &v.RiepilogoNazionale, walkRiepilogoNazionale)
	list(c, "elencoriepilogativoprovinciale", &v.ElencoRiepilogativoProvinciale, walkRiepilogoProvinciale)
	text(c, "note", &v.Note, may)
}

func walkRiepilogoNazionale(c codec, v *co.RiepilogoNazionale) {
	text(c, "numLavBaseComputoArt3", &v.NumLavBaseComputoArt3, must)
	text(c, "numLavBaseComputoArt18", &v.NumLavBaseComputoArt18, must)
	text(c, "quotariservadisabili", &v.QuotaRiservaDisabili, must)
	text(c, "quotariservacatprotette", &v.QuotaRiservaCatProtette, must)
	text(c, "esoneri", &v.Esoneri, must)
	text(c, "disabili", &v.Disabili, must)
	text(c, "catprotette", &v.CatProtette, must)
	text(c, "quotaesuberiArt18", &v.QuotaEsuberiArt18, must)
	text(c, "scoperturedisabili", &v.ScopertureDisabili, must)
	text(c, "scoperturecatprotette", &v.ScopertureCatProtette, must)
	text(c, "sospensioniincorso", &v.SospensioniInCorso, must)
}

func walkRiepilogoProvinciale(c codec, v *co.RiepilogoProvinciale) {
	text(c, "provincia", &v.Provincia, must)
	text(c, "numLavBaseComputoArt3", &v.NumLavBaseComputoArt3, must)
	text(c, "numLavBaseComputoArt18", &v.NumLavBaseComputoArt18, must)
	text(c, "categoriacompdisabili", &v.CategoriaCompDisabili, may)
	text(c, "numerocompdisabili", &v.NumeroCompDisabili, may)
	text(c, "categoriacompcatprotette", &v.CategoriaCompCatProtette, may)
	text(c, "numerocompcatprotette", &v.NumeroCompCatProtette, may)
	text(c, "disabili", &v.Disabili, must)
	text(c, "catprotette", &v.CatProtette, must)
	text(c, "quotariservadisabili", &v.QuotaRiservaDisabili, must)
	text(c, "quotariservacatprotette", &v.QuotaRiservaCatProtette, must)
	text(c, "esonerati", &v.Esonerati, must)
	text(c, "scoperturedisabili", &v.ScopertureDisabili, must)
	text(c, "scoperturecatprotette", &v.ScopertureCatProtette, must)
	text(c, "sospensioniincorso", &v.SospensioniInCorso, must)
}
