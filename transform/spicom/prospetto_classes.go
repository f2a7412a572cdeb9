package spicom

// prospettoClasses are the return of disabled workers: the communication of PRODIS.
func prospettoClasses() []class {
	return append(prospettoSheets(), prospettoParts()...)
}

// prospettoSheets are the return, its three sheets and who declares.
func prospettoSheets() []class {
	return []class{
		{name: classProspetto, properties: "idTrasmissione:Long datiAggiuntivi:DatiAggiuntiviTracciatoDTO datiInvio:DatiInvioDTO " +
			"prospetto:ProspettoGenerale"},
		{name: "ProspettoGenerale", properties: "quadro1:Quadro1 quadro2:Quadro2[] quadro3:Quadro3 tipocomunicazione " +
			"codicecomunicazione codicecomunicazioneprecedente dataInvio:Date delegato tipoDelegato emailDelegato " +
			"protocollo versione"},
		{name: "Quadro1", properties: "datiaziendali:Datiaziendali datiprospetto:Datiprospetto gradualita:Gradualita " +
			"sospensionemobilita:Sospensionemobilita assunzionipubblicaselezione:Assunzionipubblicaselezione[]"},
		{name: "Quadro2", properties: "datiprovinciali:Datiprovinciali personaledipendente:Personale " +
			"lavoratoricomputabili:Lavoratoricomputabili[] postilavoro:Postilavoro[] compensazioni:Compensazioni[] " +
			"sospensioni:Sospensione gradualita:Gradualitaprov esoneri:Esoneri convenzione:Convenzione note " +
			"personaleNonDipendente:PersonaleNonDipendente esoneri60PerMille:Esoneri60PerMille"},
		{name: "Quadro3", properties: "elencoriepilogativoprovinciale:Elencoriepilogativo[] riepilogonazionale:Riepilogonazionale note"},
		{name: "Datiaziendali", properties: "dichiarante:Dichiarante sedelegale:Sedelegale referente:Referente"},
		{name: "Datiprospetto", properties: "nlavoratoriNazionali dataPrimaAssunzione:Date dataSecondaAssunzione:Date " +
			"nessunaAssunzioneAggiuntiva dataRiferimento:Date categoriaAzienda capogruppo cfcapogruppo flgCapogruppoEstero"},
		{name: "Dichiarante", properties: "tipologiadichiarante codicefiscale denominazione settore ccnl"},
		{name: "Sedelegale", properties: "comunesedelegale capsedelegale indirizzosedelegale telefono fax email"},
		{name: "Referente", properties: "codicefiscale cognome nome indirizzo comune cap telefono fax email"},
		{name: "Gradualita", properties: "dataatto:Date estremiatto assunzioninondisabiliprimaditrasformazione " +
			"datatrasformazione:Date percentuale"},
		{name: "Sospensionemobilita", properties: "sospensionepermobilita dataFineSospensione:Date"},
		{name: "Assunzionipubblicaselezione", properties: "regione saldodisabili saldoexart18 note"},
		{name: "Riepilogonazionale", properties: "quotariservadisabili quotariservacatprotette esoneri disabili catprotette " +
			"scoperturedisabili scoperturecatprotette numLavBaseComputoArt3 numLavBaseComputoArt18 sospensioniincorso " +
			"quotaEsuberiArt18"},
		{name: "Elencoriepilogativo", properties: "provincia categoriacompdisabili numerocompdisabili " +
			"categoriacompcatprotette numerocompcatprotette disabili catprotette quotariservadisabili " +
			"quotariservacatprotette esonerati scoperturedisabili scoperturecatprotette numLavBaseComputoArt3 " +
			"numLavBaseComputoArt18 sospensioniincorso"},
	}
}

// prospettoParts are what the sheet of a province holds.
func prospettoParts() []class {
	return []class{
		{name: "Datiprovinciali", properties: "provincia sederiferimento:Sederiferimentominimo referente:Referenteminimo " +
			"nposticentralinisti npostimassofisioterapisti"},
		{name: "Sederiferimentominimo", properties: "comune cap indirizzo telefono fax email"},
		{name: "Referenteminimo", properties: "cognome nome"},
		{name: "Personale", properties: "nlavoratori disabili:Lavoratoritempopienoparttime " +
			"centralinisti:Lavoratoritempopienoparttime massofisioterapisti:Lavoratoritempopienoparttime " +
			"categorieescluse:Categorieescluse[] dettaglioparttime:Dettaglioparttime[] " +
			"dettagliointermittenti:Dettagliointermittenti[] categorieprotette dicuiinforzaal17012000 " +
			"telelavoro:Lavoratoritempopienoparttime"},
		{name: "PersonaleNonDipendente", properties: "lavoratoriDisabiliSomministrati:Lavoratoritempopienoparttime " +
			"lavoratoriDisabiliConv12bis14:Lavoratoritempopienoparttime"},
		{name: "Lavoratoritempopienoparttime", properties: "nlavoratoritempopieno parttime:ArrayList"},
		{name: "Parttime", properties: "nlavoratoriparttime orariosettimanalecontrattuale orariosettimanaleparttime"},
		{name: "Categorieescluse", properties: "categoria numero"},
		{name: "Dettaglioparttime", properties: "numero orariosettimanalecontrattuale orariosettimanaleparttime"},
		{name: "Dettagliointermittenti", properties: "numero orariosettimanalecontrattuale orariosettimanalesvolto"},
		{name: "Lavoratoricomputabili", properties: "lavoratore:Lavoratore rapportolavoro:Rapportolavoro"},
		{name: "Lavoratore", properties: "codicefiscale cognome nome sesso datanascita:Date comunenascita percentualeDisabilita"},
		{name: "Rapportolavoro", properties: "datainizio:Date tipologiacontr datafine:Date qualifica tipoassunzione " +
			"orariosettimanale orariosettimanaleparttime categoriasogg categoriaass"},
		{name: "Postilavoro", properties: "qualificaprof mansione nposti categoriasogg comuneass capacitacontroindicazioni " +
			"barrierearchitettoniche turninotturni mezzipubblici categoriaass"},
		{name: "Compensazioni", properties: "stato dataatto:Date estremiatto provincia categoriacomp numero categoriasogg " +
			"codicefiscaleaziendagruppo"},
		{name: "Sospensione", properties: "stato causale numerolavoratori dataFineSospensione:Date"},
		{name: "Gradualitaprov", properties: "nassunzioni"},
		{name: "Esoneri", properties: "stato dataatto:Date estremiatto finoal:Date percentuale numerolavoratori"},
		{name: "Esoneri60PerMille", properties: "dataAutocertificazione:Date numeroLavoratori60PerMille " +
			"numeroLavoratoriEsonero percentuale"},
		{name: "Convenzione", properties: "stato dataatto:Date estremiatto tipoconvenzione datastipula:Date " +
			"dataconcessione:Date numLavoratoriPrevisti"},
	}
}
