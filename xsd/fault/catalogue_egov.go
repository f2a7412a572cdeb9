package fault

// The faults of SPCoop's e-Gov header. The number of each is that of the
// national code it is told by (EGOV-110 is EGOV_IT_110), and the Path of a Fault
// is what SPCoop calls posizione: "Messaggio/Identificatore".
const (
	EGovEnvelope      Code = "EGOV-001" // two headers, or a message of exceptions sent as a request
	EGovHeader        Code = "EGOV-002" // the header's own form
	EGovSender        Code = "EGOV-101" // Mittente
	EGovRecipient     Code = "EGOV-102" // Destinatario
	EGovProfile       Code = "EGOV-103" // ProfiloCollaborazione
	EGovCollaboration Code = "EGOV-104" // Collaborazione
	EGovService       Code = "EGOV-105" // Servizio
	EGovAction        Code = "EGOV-106" // Azione
	EGovNoIdentifier  Code = "EGOV-107" // Identificatore missing
	EGovRegistered    Code = "EGOV-108" // OraRegistrazione
	EGovIdentifier    Code = "EGOV-110" // Identificatore of another form or party, or used before
	EGovReference     Code = "EGOV-111" // RiferimentoMessaggio
	EGovExpiry        Code = "EGOV-112" // Scadenza is no instant
	EGovTransmission  Code = "EGOV-113" // ProfiloTrasmissione
	EGovSequence      Code = "EGOV-114" // Sequenza without its number
	EGovReceipts      Code = "EGOV-115" // ListaRiscontri
	EGovTransits      Code = "EGOV-116" // ListaTrasmissioni
	EGovAuthority     Code = "EGOV-201" // a Mittente whose messages the caller may not bring
	EGovProcessing    Code = "EGOV-300" // our own trouble
	EGovExpired       Code = "EGOV-301" // after its Scadenza
	EGovOrder         Code = "EGOV-401" // Sequenza asks for an order that is not kept
)

// Sources of the rules of this family.
const (
	sourceEGov   = "CNIPA, Sistema pubblico di cooperazione: busta di e-Government, versione 1.1"
	sourceEGov11 = "CNIPA, Linee guida all'uso della busta di e-Gov, versione 1.1"
)

// egovEntries are the faults of the e-Gov header.
func egovEntries() []Entry {
	const form = "Comporre l'intestazione secondo lo schema della busta di e-Gov 1.1, con gli elementi nell'ordine previsto."
	entry := func(c Code, text, remedy string) Entry {
		return Entry{Code: c, Stage: StageBusta, Text: text, Source: sourceEGov, Remedy: remedy}
	}
	order := entry(EGovOrder, "La consegna in ordine (Sequenza) non è gestita.",
		"Togliere l'elemento Sequenza: l'ordine delle comunicazioni di uno stesso rapporto è assicurato dal nodo.")
	order.Source = sourceEGov11
	return []Entry{
		entry(EGovEnvelope, "La busta di e-Gov non è una sola richiesta: ha più intestazioni, o porta una lista di eccezioni.",
			"Inviare una sola Intestazione, senza ListaEccezioni, nell'Header della busta SOAP."),
		entry(EGovHeader, "L'intestazione di e-Gov non ha la forma prevista.", form),
		entry(EGovSender, "Il mittente della busta di e-Gov manca, è più d'uno o non è conosciuto.",
			"Indicare in Mittente un solo IdentificativoParte di tipo SPC, con il nome concordato con il nodo."),
		entry(EGovRecipient, "Il destinatario della busta di e-Gov manca, è più d'uno o non è questo nodo.",
			"Indicare in Destinatario un solo IdentificativoParte di tipo SPC, con uno dei nomi di questo nodo."),
		entry(EGovProfile, "Il profilo di collaborazione manca o non è quello del servizio.",
			"Indicare in ProfiloCollaborazione EGOV_IT_ServizioSincrono, senza servizio correlato."),
		entry(EGovCollaboration, "L'identificativo di collaborazione non ha la forma di un identificatore di messaggio.",
			"Togliere l'elemento Collaborazione o dargli l'identificatore di un messaggio."),
		entry(EGovService, "Il servizio indicato nella busta di e-Gov manca o non è conosciuto.",
			"Indicare in Servizio, di tipo SPC, InviaComunicazioneObbligatoria."),
		entry(EGovAction, "L'azione indicata nella busta di e-Gov non è quella contenuta nel Body.",
			"Togliere l'elemento Azione o indicare l'operazione del WSDL che corrisponde all'elemento nel Body."),
		entry(EGovNoIdentifier, "Manca l'identificatore del messaggio.", form),
		entry(EGovRegistered, "L'ora di registrazione del messaggio manca, non è valida o è nel futuro.",
			"Indicare in OraRegistrazione data e ora del messaggio e in tempo EGOV_IT_SPC o EGOV_IT_Locale; controllare l'orologio."),
		entry(EGovIdentifier, "L'identificatore del messaggio non ha la forma prevista, non è del mittente o è già stato usato per un altro contenuto.",
			"Dare a ogni nuovo messaggio un identificatore nuovo: mittente, porta, sette cifre, data e ora (MITTENTE_PORTA_0000001_2026-01-31_09:30)."),
		entry(EGovReference, "Il riferimento a un altro messaggio non ha la forma di un identificatore.",
			"Togliere l'elemento RiferimentoMessaggio: una richiesta non si riferisce ad altri messaggi."),
		entry(EGovExpiry, "La scadenza del messaggio non è una data con ora valida.",
			"Correggere l'elemento Scadenza o toglierlo."),
		entry(EGovTransmission, "Il profilo di trasmissione ha valori non previsti.",
			"Usare per inoltro EGOV_IT_ALPIUUNAVOLTA o EGOV_IT_PIUDIUNAVOLTA e per confermaRicezione true o false."),
		entry(EGovSequence, "La sequenza non ha un numero progressivo di sette cifre.",
			"Togliere l'elemento Sequenza."),
		entry(EGovReceipts, "La lista dei riscontri non ha la forma prevista.", form),
		entry(EGovTransits, "La lista delle trasmissioni non ha la forma prevista.", form),
		entry(EGovAuthority, "Chi si è collegato non è autorizzato a inviare i messaggi di questo mittente.",
			"Collegarsi con il certificato della porta di dominio che la regione ha associato al mittente."),
		{Code: EGovProcessing, Stage: StageBusta,
			Text: "Il messaggio non è stato elaborato per una difficoltà di questo nodo.", Source: sourceNoPromise,
			Remedy: "Inviare di nuovo lo stesso messaggio, con lo stesso identificatore, dopo il tempo indicato."},
		entry(EGovExpired, "Il messaggio è arrivato dopo la sua scadenza.",
			"Inviare di nuovo il documento con un nuovo identificatore e una scadenza più lontana, o senza scadenza."),
		order,
	}
}
