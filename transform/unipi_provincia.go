package transform

import "github.com/snodo-co/snodo/transform/co"

// The walks of quadro 2, the data of one province.

func walkQuadro2(c codec, v *co.Quadro2) {
	block(c, "datiprovinciali", &v.DatiProvinciali, walkDatiProvinciali)
	block(c, "personaledipendente", &v.PersonaleDipendente, walkPersonaleDipendente)
	block(c, "personalenondipendente", &v.PersonaleNonDipendente, func(c codec, v *co.PersonaleNonDipendente) {
		block(c, "lavoratoridisabilisomministrati", &v.LavoratoriDisabiliSomministrati, walkInForza)
		block(c, "lavoratoridisabiliconv12bis14", &v.LavoratoriDisabiliConv12bis14, walkInForza)
	})
	list(c, "lavoratoricomputabili", &v.LavoratoriComputabili, func(c codec, v *co.LavoratoriComputabili) {
		block(c, "lavoratore", &v.Lavoratore, walkLavoratoreComputabile)
		block(c, "rapportolavoro", &v.RapportoLavoro, walkRapportoComputabile)
	})
	list(c, "postilavoro", &v.PostiLavoro, walkPostiLavoro)
	list(c, "compensazioni", &v.Compensazioni, walkCompensazioni)
	option(c, "sospensioni", &v.Sospensioni, walkSospensioni)
	option(c, "gradualita", &v.Gradualita, func(c codec, v *co.GradualitaProvinciale) {
		text(c, "nassunzioni", &v.NAssunzioni, must)
	})
	option(c, "esoneri", &v.Esoneri, walkEsoneri)
	option(c, "esoneri60permille", &v.Esoneri60PerMille, walkEsoneri60PerMille)
	option(c, "convenzione", &v.Convenzione, walkConvenzione)
	text(c, "note", &v.Note, may)
}

func walkDatiProvinciali(c codec, v *co.DatiProvinciali) {
	text(c, "provincia", &v.Provincia, must)
	block(c, "sederiferimento", &v.SedeRiferimento, func(c codec, v *co.SedeRiferimento) {
		text(c, "comune", &v.Comune, must)
		text(c, "cap", &v.Cap, must)
		text(c, "indirizzo", &v.Indirizzo, must)
		walkContatti(c, &v.Contatti)
	})
	block(c, "referente", &v.Referente, func(c codec, v *co.ReferenteProvinciale) {
		text(c, "cognome", &v.Cognome, must)
		text(c, "nome", &v.Nome, must)
	})
	text(c, "nposticentralinisti", &v.NPostiCentralinisti, may)
	text(c, "npostimassofisioterapisti", &v.NPostiMassofisioterapisti, may)
}

func walkPersonaleDipendente(c codec, v *co.PersonaleDipendente) {
	text(c, "nlavoratori", &v.NLavoratori, must)
	block(c, "disabili", &v.Disabili, walkInForza)
	block(c, "centralinisti", &v.Centralinisti, walkInForza)
	block(c, "massofisioterapisti", &v.Massofisioterapisti, walkInForza)
	block(c, "telelavoro", &v.Telelavoro, walkInForza)
	list(c, "categorieescluse", &v.CategorieEscluse, func(c codec, v *co.CategorieEscluse) {
		text(c, "categoria", &v.Categoria, must)
		text(c, "numero", &v.Numero, must)
	})
	list(c, "dettaglioparttime", &v.DettaglioPartTime, func(c codec, v *co.DettaglioPartTime) {
		text(c, "numero", &v.Numero, must)
		text(c, "orariosettimanalecontrattuale", &v.OrarioSettimanaleContrattuale, must)
		text(c, "orariosettimanaleparttime", &v.OrarioSettimanalePartTime, must)
	})
	list(c, "dettagliointermittenti", &v.DettaglioIntermittenti, func(c codec, v *co.DettaglioIntermittenti) {
		text(c, "numero", &v.Numero, must)
		text(c, "orariosettimanalecontrattuale", &v.OrarioSettimanaleContrattuale, must)
		text(c, "orariosettimanalesvolto", &v.OrarioSettimanaleSvolto, must)
	})
	text(c, "categorieprotette", &v.CategorieProtette, must)
	text(c, "dicuiinforzaal17012000", &v.DiCuiInForzaAl17012000, may)
}

func walkInForza(c codec, v *co.LavoratoriInForza) {
	text(c, "nlavoratoritempopieno", &v.NLavoratoriTempoPieno, must)
	list(c, "parttime", &v.PartTime, func(c codec, v *co.PartTime) {
		text(c, "nlavoratoriparttime", &v.NLavoratoriPartTime, must)
		text(c, "orariosettimanalecontrattuale", &v.OrarioSettimanaleContrattuale, must)
		text(c, "orariosettimanaleparttime", &v.OrarioSettimanalePartTime, must)
	})
}

func walkLavoratoreComputabile(c codec, v *co.LavoratoreComputabile) {
	text(c, "codicefiscale", &v.CodiceFiscale, must)
	text(c, "cognome", &v.Cognome, must)
	text(c, "nome", &v.Nome, must)
	text(c, "sesso", &v.Sesso, must)
	text(c, "datanascita", &v.DataNascita, must)
	text(c, "comunenascita", &v.ComuneNascita, must)
	text(c, "percentualedisabilita", &v.PercentualeDisabilita, may)
}

func walkRapportoComputabile(c codec, v *co.RapportoComputabile) {
	text(c, "datainizio", &v.DataInizio, must)
	text(c, "tipologiacontr", &v.TipologiaContr, may)
	text(c, "datafine", &v.DataFine, may)
	text(c, "qualifica", &v.Qualifica, must)
	text(c, "tipoassunzione", &v.TipoAssunzione, must)
	text(c, "orariosettimanale", &v.OrarioSettimanale, must)
	text(c, "orariosettimanaleparttime", &v.OrarioSettimanalePartTime, must)
	text(c, "categoriasogg", &v.CategoriaSogg, must)
	text(c, "categoriaass", &v.CategoriaAss, must)
}

func walkPostiLavoro(c codec, v *co.PostiLavoro) {
	text(c, "qualificaprof", &v.QualificaProf, must)
	text(c, "mansione", &v.Mansione, must)
	text(c, "nposti", &v.NPosti, must)
	text(c, "categoriasogg", &v.CategoriaSogg, must)
	text(c, "comuneass", &v.ComuneAss, must)
	text(c, "capacitacontroindicazioni", &v.CapacitaControindicazioni, must)
	text(c, "barrierearchitettoniche", &v.BarriereArchitettoniche, must)
	text(c, "turninotturni", &v.TurniNotturni, must)
	text(c, "mezzipubblici", &v.MezziPubblici, must)
	text(c, "categoriaass", &v.CategoriaAss, may)
}

func walkCompensazioni(c codec, v *co.Compensazioni) {
	text(c, "provincia", &v.Provincia, must)
	text(c, "categoriacomp", &v.CategoriaComp, must)
	text(c, "numero", &v.Numero, must)
	text(c, "categoriasogg", &v.CategoriaSogg, must)
	text(c, "codicefiscaleaziendagruppo", &v.CodiceFiscaleAziendaGruppo, may)
}

func walkSospensioni(c codec, v *co.Sospensioni) {
	text(c, "stato", &v.Stato, must)
	text(c, "causale", &v.Causale, must)
	text(c, "datafinesospensione", &v.DataFineSospensione, may)
	text(c, "numerolavoratori", &v.NumeroLavoratori, must)
}

func walkEsoneri(c codec, v *co.Esoneri) {
	text(c, "stato", &v.Stato, must)
	text(c, "dataatto", &v.DataAtto, may)
	text(c, "estremiatto", &v.EstremiAtto, may)
	text(c, "finoal", &v.FinoAl, may)
	text(c, "percentuale", &v.Percentuale, may)
	text(c, "numerolavoratori", &v.NumeroLavoratori, may)
}

func walkEsoneri60PerMille(c codec, v *co.Esoneri60PerMille) {
	text(c, "dataautocertificazione", &v.DataAutocertificazione, must)
	text(c, "numerolavoratori60permille", &v.NumeroLavoratori60PerMille, must)
	text(c, "numerolavoratoriesonero", &v.NumeroLavoratoriEsonero, must)
	text(c, "percentuale", &v.Percentuale, may)
}

func walkConvenzione(c codec, v *co.Convenzione) {
	text(c, "stato", &v.Stato, must)
	text(c, "dataatto", &v.DataAtto, may)
	text(c, "estremiatto", &v.EstremiAtto, may)
	text(c, "tipoconvenzione", &v.TipoConvenzione, must)
	text(c, "numLavoratoriPrevisti", &v.NumLavoratoriPrevisti, must)
	text(c, "datastipula", &v.DataStipula, may)
	text(c, "dataconcessione", &v.DataConcessione, may)
}
