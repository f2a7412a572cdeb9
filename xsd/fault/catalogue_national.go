package fault

// The faults by which the national store refuses a message. What the second
// verification of the signature finds keeps its own SIG code.
const (
	// NationalMessage: the message lacks a fact of the topic contract.
	NationalMessage Code = "NAZ-01"
	// NationalDigest: the verified content is not the one the message names.
	NationalDigest Code = "NAZ-02"
	// NationalCodeTaken: the code already names another content.
	NationalCodeTaken Code = "NAZ-03"
	// NationalRepeated: the code and the content are already registered under
	// another entry of the hub.
	NationalRepeated Code = "NAZ-04"
	// NationalRegion: the code is not one of the receiving region's.
	NationalRegion Code = "NAZ-05"
	// NationalPredecessor: the predecessor in the chain did not arrive within
	// 24 hours.
	NationalPredecessor Code = "NAZ-06"
)

// nationalEntries are the faults of the national store.
func nationalEntries() []Entry {
	const chains, kafka = "Snodo, catene e ordine", "Snodo, trasporto verso il nodo nazionale"
	return []Entry{
		{
			Code: NationalMessage, Stage: StageNazionale, Anomalia: "0000",
			Text:   "Il messaggio ricevuto dal nodo nazionale non rispetta il contratto del canale di trasporto.",
			Source: kafka + ": intestazioni CloudEvents e snodo_*",
			Remedy: "Il problema è dell'infrastruttura, non del mittente: il gestore controlla il nodo e inoltra di nuovo la comunicazione.",
		},
		{
			Code: NationalDigest, Stage: StageNazionale, Anomalia: "0000",
			Text:   "Il contenuto firmato non corrisponde all'impronta con cui il nodo regionale lo ha accettato.",
			Source: kafka + ": il nodo nazionale verifica di nuovo documento e impronta",
			Remedy: "Il gestore verifica il registro del nodo regionale; la comunicazione può essere inviata di nuovo.",
		},
		{
			Code: NationalCodeTaken, Stage: StageNazionale, Anomalia: "0000",
			Text:   "Il codice comunicazione è già registrato con un contenuto diverso.",
			Source: kafka + ": un codice noto con un'altra impronta è rifiutato",
			Remedy: "Il gestore verifica l'assegnazione dei codici del nodo regionale; la comunicazione può essere inviata di nuovo.",
		},
		{
			Code: NationalRepeated, Stage: StageNazionale, Anomalia: "0000",
			Text:   "La comunicazione è già registrata con lo stesso codice e lo stesso contenuto.",
			Source: kafka + ": ogni comunicazione è registrata una volta sola",
			Remedy: "Non inviare di nuovo: vale la registrazione già avvenuta.",
		},
		{
			Code: NationalRegion, Stage: StageNazionale, Anomalia: "0000",
			Text:   "Il codice comunicazione non appartiene alla regione che lo ha ricevuto.",
			Source: "Snodo, codice comunicazione: le prime due cifre sono della regione ricevente",
			Remedy: "Il gestore verifica l'assegnazione dei codici del nodo regionale; la comunicazione può essere inviata di nuovo.",
		},
		{
			Code: NationalPredecessor, Stage: StageNazionale, Anomalia: "0000",
			Text:   "La comunicazione precedente della stessa catena non è arrivata al nodo nazionale entro 24 ore.",
			Source: chains + ": attesa massima del precedente",
			Remedy: "Attendere la registrazione della comunicazione precedente e inviare di nuovo questa.",
		},
	}
}
