package fault

import "slices"

// The faults of the conversion of regional formats (today Piemonte's SPICOM).
// CNV-01 to CNV-09 speak of the call, CNV-10 to CNV-19 of the regional
// document as text, CNV-20 to CNV-29 of its sections. From CNV-30 on they are
// warnings: something that one form carries and the other cannot.
const (
	CallMalformed     Code = "CNV-01"
	OperationUnknown  Code = "CNV-02"
	OperationAbsent   Code = "CNV-03"
	CallArguments     Code = "CNV-04"
	ReferencesRefused Code = "CNV-05"

	RegionalMalformed  Code = "CNV-10"
	RegionalDTD        Code = "CNV-11"
	RegionalSurrogates Code = "CNV-12"
	RegionalTooLarge   Code = "CNV-13"
	RegionalType       Code = "CNV-14"
	RegionalRoot       Code = "CNV-15"
	RegionalValue      Code = "CNV-16"
	RegionalStructure  Code = "CNV-17"

	SectionMissing  Code = "CNV-20"
	MovementUnclear Code = "CNV-21"
	TrackUnknown    Code = "CNV-22"
	TrackNotYet     Code = "CNV-23"
	TrackDomestic   Code = "CNV-24"
	NoRegionalForm  Code = "CNV-25"
	EditionOld      Code = "CNV-26"
	ChangeWrong     Code = "CNV-27"
	SignedToConvert Code = "CNV-28"

	HoursDropped      Code = "CNV-30"
	ResidenceDropped  Code = "CNV-31"
	PreviousDropped   Code = "CNV-32"
	IncentivesDropped Code = "CNV-33"
	ClearanceDropped  Code = "CNV-34"
	MovementDropped   Code = "CNV-35"
	EditionAdapted    Code = "CNV-36"
	NoRegionalPlace   Code = "CNV-37"
	OldPartDropped    Code = "CNV-38"
	MinistryTold      Code = "CNV-39"
	SectionForeign    Code = "CNV-40"
	NoNationalPlace   Code = "CNV-41"
)

// conversionEntries are the faults of the conversion of regional formats.
func conversionEntries() []Entry {
	return slices.Concat(callEntries(), regionalEntries(), sectionEntries(), droppedEntries())
}

// spicomWire and spicomPayload are the sources most of these faults share.
const (
	spicomWire      = "SPICOM, busta RPC/encoded del client csi-apachesoap 1.4.6"
	spicomPayload   = "SPICOM, testo XML di ObjectSerializer (spicom-client 2.13.3)"
	spicomValidator = "SPICOM, ComunicazioneTUValidator (spicom-client 2.13.3)"
	neverInvents    = "Snodo, conversione: ciò che il tracciato nazionale non ammette è tralasciato con un avviso"
)

// callEntries speak of the message around the document.
func callEntries() []Entry {
	return []Entry{
		{
			Code: CallMalformed, Stage: StageBusta, Anomalia: "0000",
			Text:   "La chiamata invokeSynch non rispetta la codifica RPC prevista.",
			Source: spicomWire,
			Remedy: "Controllare methodName, param, i tipi dichiarati in xsi:type e il numero di elementi in arrayType.",
		},
		{
			Code: OperationUnknown, Stage: StageBusta, Anomalia: "0000",
			Text:   "Operazione sconosciuta per il servizio indicato.",
			Source: spicomWire,
			Remedy: "Usare inviaComunicazioneProspettoXML o inviaComunicazioniMassive del servizio PA_AccettazioneComunicazioni, convertiInFormatoUnico2 di PA_ServizioTraduzioneTracciati, isAlive o testResources di entrambi.",
		},
		{
			Code: OperationAbsent, Stage: StageBusta, Anomalia: "0000",
			Text:   "Operazione non disponibile su questo nodo.",
			Source: spicomWire,
			Remedy: "Usare l'operazione indicata nel messaggio.",
		},
		{
			Code: CallArguments, Stage: StageBusta, Anomalia: "0000",
			Text:   "Gli argomenti della chiamata non sono quelli dell'operazione.",
			Source: spicomWire,
			Remedy: "Controllare il numero e il tipo degli argomenti passati all'operazione.",
		},
		{
			Code: ReferencesRefused, Stage: StageBusta, Anomalia: "0000",
			Text:   "I riferimenti fra elementi della busta (href) non sono ammessi.",
			Source: spicomWire,
			Remedy: "Scrivere i valori per esteso, come fa il client del nodo regionale.",
		},
	}
}

// regionalEntries speak of documents that cannot be read.
func regionalEntries() []Entry {
	return []Entry{
		{
			Code: RegionalMalformed, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento regionale non è XML ben formato.",
			Source: spicomPayload,
			Remedy: "Inviare il testo prodotto da ObjectSerializer senza modificarlo.",
		},
		{
			Code: RegionalDTD, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento regionale contiene una dichiarazione di tipo (DOCTYPE) o entità non predefinite.",
			Source: spicomPayload,
			Remedy: "Togliere DOCTYPE ed entità: non sono mai necessari.",
		},
		{
			Code: RegionalSurrogates, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento regionale contiene un carattere fuori dal piano base scritto come due riferimenti numerici, che nessun lettore XML accetta.",
			Source: spicomPayload,
			Remedy: "Togliere il carattere (per esempio un simbolo grafico) dai campi di testo e inviare di nuovo.",
		},
		{
			Code: RegionalTooLarge, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento regionale supera i limiti di dimensione o di profondità.",
			Source: "Snodo, limiti: documento di al più 4 MiB",
			Remedy: "Inviare una sola comunicazione per chiamata.",
		},
		{
			Code: RegionalType, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento regionale indica un tipo che non è ammesso in quel punto.",
			Source: spicomPayload,
			Remedy: "Usare solo i tipi delle comunicazioni di spicom-client.",
		},
		{
			Code: RegionalRoot, Stage: StageConversione, Anomalia: "0000",
			Text:   "La stringa inviata non contiene una comunicazione regionale né un documento nazionale.",
			Source: spicomPayload,
			Remedy: "Inviare il testo di ObjectSerializer di ComunicazioneTracciatoUnicoDTO, oppure il documento nazionale.",
		},
		{
			Code: RegionalValue, Stage: StageConversione, Anomalia: "0000",
			Text:   "Un valore del documento regionale non è del tipo dichiarato.",
			Source: spicomPayload,
			Remedy: "Le date sono millisecondi dal 1970-01-01 UTC e non possono essere vuote, i numeri sono decimali, i logici true o false.",
		},
		{
			Code: RegionalStructure, Stage: StageConversione, Anomalia: "0000",
			Text:   "La struttura del documento regionale non è quella di ObjectSerializer.",
			Source: spicomPayload,
			Remedy: "Controllare proprietà ripetute, testo fuori posto, lunghezza e indici degli array.",
		},
	}
}

// sectionEntries speak of documents that can be read.
func sectionEntries() []Entry {
	return []Entry{
		{
			Code: SectionMissing, Stage: StageConversione, Anomalia: "0000",
			Text:   "Manca una sezione obbligatoria della comunicazione.",
			Source: spicomValidator,
			Remedy: "Compilare la sezione indicata.",
		},
		{
			Code: MovementUnclear, Stage: StageConversione, Anomalia: "0000",
			Text:   "Dalle sezioni compilate non si può stabilire di quale comunicazione si tratta.",
			Source: spicomValidator,
			Remedy: "Compilare datiInizio e al più una fra proroga, trasformazione e cessazione; nessuna delle tre con tipo 05.",
		},
		{
			Code: TrackUnknown, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il tipo di tracciato indicato non è conosciuto.",
			Source: spicomValidator,
			Remedy: "In datiAggiuntivi.tipoTracciatoXML indicare la sigla del tracciato in maiuscolo, per esempio UL per UNILAV.",
		},
		{
			Code: TrackNotYet, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il tracciato non è ancora gestito da questo nodo.",
			Source: "Snodo, elenco dei tracciati gestiti",
			Remedy: "Inviare queste comunicazioni al nodo che le gestisce oggi.",
		},
		{
			Code: SignedToConvert, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il documento nazionale è firmato: convertito nel formato regionale perderebbe la firma.",
			Source: "Snodo, documenti firmati: ciò che si registra è, byte per byte, ciò che fu firmato",
			Remedy: "Inviare il documento firmato così com'è, con inviaComunicazioneProspettoXML o in un archivio con inviaComunicazioniMassive.",
		},
		{
			Code: TrackDomestic, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il lavoro domestico (UNIDOM) non si comunica attraverso il nodo regionale.",
			Source: "Piemonte, regola ENV-11; " + spicomValidator,
			Remedy: "Comunicare il rapporto di lavoro domestico all'INPS.",
		},
		{
			Code: NoRegionalForm, Stage: StageConversione, Anomalia: "0000",
			Text:   "Questo tracciato nazionale non ha una forma regionale.",
			Source: spicomPayload,
			Remedy: "Convertire soltanto documenti UniLav, UniSomm, UniUrg e VarDatori.",
		},
		{
			Code: EditionOld, Stage: StageConversione, Anomalia: "0000",
			Text:   "La comunicazione di somministrazione è nell'edizione del tracciato precedente al 2013, che non è più in vigore.",
			Source: spicomValidator + ", versione CO130110",
			Remedy: "Compilare la variazione con datiVariazione, nell'edizione CO190701R1.",
		},
		{
			Code: ChangeWrong, Stage: StageConversione, Anomalia: "0000",
			Text:   "I dati della variazione di somministrazione non sono coerenti con il suo codice.",
			Source: spicomValidator,
			Remedy: "Indicare un codice di variazione da 2.01 a 4.02 e la sola sezione (proroga, trasformazione o cessazione) che gli corrisponde.",
		},
	}
}

// droppedEntries are warnings: the receipt carries them, the document goes on.
func droppedEntries() []Entry {
	return []Entry{
		{
			Code: HoursDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "Le ore settimanali medie non sono riportate nel tracciato nazionale con questo tipo di orario.",
			Source: neverInvents + "; regola nazionale REL-08",
			Remedy: "Non occorre fare nulla: con orario pieno o non definito le ore non vanno indicate.",
		},
		{
			Code: ResidenceDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "I dati di soggiorno del legale rappresentante non sono riportati: il tracciato nazionale non li prevede per i cittadini UE, né nella somministrazione.",
			Source: neverInvents + "; regola nazionale EXT-06",
			Remedy: "Non occorre fare nulla: i dati di soggiorno si indicano solo in UniLav e per i cittadini extra UE.",
		},
		{
			Code: PreviousDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "Il codice della comunicazione precedente non è riportato nel tracciato nazionale per questo tipo di comunicazione; il registro lo conserva come riferimento.",
			Source: neverInvents + "; regole nazionali ENV-03 ed ENV-06",
			Remedy: "Non occorre fare nulla.",
		},
		{
			Code: IncentivesDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "Le agevolazioni non sono più ammesse dal tracciato nazionale e non sono riportate.",
			Source: neverInvents + "; regola nazionale REL-13",
			Remedy: "Non occorre fare nulla: le agevolazioni si chiedono all'ente previdenziale.",
		},
		{
			Code: ClearanceDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "I dati del vecchio collocamento obbligatorio (legge 68/1999, prima del 2016) non sono riportati nel tracciato nazionale.",
			Source: neverInvents + "; edizione CO160201R1 del tracciato",
			Remedy: "Non occorre fare nulla: dal 2016 si indicano obbligo di assunzione e categoria.",
		},
		{
			Code: MovementDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "Insieme alla cessazione il tracciato nazionale non ammette proroga o trasformazione, che non sono riportate.",
			Source: neverInvents + "; " + spicomValidator,
			Remedy: "Se la comunicazione è una cessazione non occorre fare nulla; altrimenti rettificarla.",
		},
		{
			Code: EditionAdapted, Stage: StageConversione, Anomalia: "0000",
			Text:   "La comunicazione dichiara un'altra edizione del tracciato: è stata scritta nell'edizione nazionale che il nodo usa.",
			Source: spicomValidator + ", adeguaATracciatoCorrente",
			Remedy: "Se l'edizione dichiarata è superata, aggiornarla; altrimenti non occorre fare nulla.",
		},
		{
			Code: NoRegionalPlace, Stage: StageConversione, Anomalia: "0000",
			Text:   "Un dato del tracciato nazionale non ha posto nel tracciato regionale e non è riportato.",
			Source: spicomPayload,
			Remedy: "Nessuna azione; il dato resta nel documento nazionale.",
		},
		{
			Code: OldPartDropped, Stage: StageConversione, Anomalia: "0000",
			Text:   "Un dato della somministrazione nella forma precedente al 2013 (proroga, trasformazione o cessazione) non è riportato nel tracciato nazionale.",
			Source: neverInvents + "; " + spicomValidator,
			Remedy: "Se la comunicazione riferisce una variazione, inviarla con datiVariazione.",
		},
		{
			Code: MinistryTold, Stage: StageConversione, Anomalia: "0000",
			Text:   "La richiesta di non inoltrare la comunicazione al Ministero non ha effetto: il nodo inoltra ogni comunicazione accettata.",
			Source: "Snodo, inoltro: nessuna comunicazione accettata resta senza consegna; SPICOM, vctApplicativiNonDestinatari",
			Remedy: "Se il Ministero ha già registrato la comunicazione, annullare questa.",
		},
		{
			Code: SectionForeign, Stage: StageConversione, Anomalia: "0000",
			Text:   "La comunicazione contiene dati di un altro tracciato, che non sono riportati.",
			Source: neverInvents + "; SPICOM, sezioni di ComunicazioneTracciatoUnicoDTO per tracciato",
			Remedy: "Se quei dati vanno comunicati, inviarli nel loro tracciato; se il tracciato indicato in tipoTracciatoXML è sbagliato, annullare questa comunicazione.",
		},
		{
			Code: NoNationalPlace, Stage: StageConversione, Anomalia: "0000",
			Text:   "Un dato del prospetto regionale non ha posto nel tracciato nazionale e non è riportato.",
			Source: neverInvents + "; SPICOM, Compensazioni di ComunicazioneProspettoDisabiliDTO",
			Remedy: "Non occorre fare nulla: il tracciato nazionale non prevede l'atto della compensazione.",
		},
	}
}
