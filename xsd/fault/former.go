package fault

// formerWording is the first text of a code that has been reworded since, ""
// for all others. Entries recorded before faults carried their wording, and the
// outcomes of the national store, which never do, are read with it: a receipt is
// a function of its entry, and must not change when a text is mended. Nothing
// is ever taken out; a code whose text never stood without its wording needs no
// line here. testdata/unworded.txt holds the texts of
// that time, but for the faults of envelopes, which leave no entry.
func formerWording(c Code) string {
	switch c {
	case WrongKind:
		return "Il documento è di un tipo diverso da quello annunciato dall'operazione"
	case ResidenceDropped:
		return "I dati di soggiorno del legale rappresentante cittadino UE non sono riportati nel tracciato nazionale."
	case EditionAdapted:
		return "La comunicazione dichiara un'altra edizione del tracciato: è stata scritta nell'edizione nazionale in vigore."
	case TrackUnknown:
		return "Tipo tracciato sconosciuto."
	case TrackNotYet:
		return "Tracciato non ancora gestito da questo nodo."
	case Unsupported:
		return "Il tipo di comunicazione non è ancora gestito da questo nodo."
	case MissingElement:
		return "Manca un elemento obbligatorio."
	case MissingAttribute:
		return "Manca un attributo obbligatorio."
	case UnexpectedElement:
		return "Elemento non previsto in questa posizione."
	case UnexpectedAttribute:
		return "Attributo non previsto per questo elemento."
	case RepeatedElement:
		return "Elemento ripetuto più volte di quanto ammesso."
	case MisplacedElement:
		return "Elemento fuori posto rispetto all'ordine del tracciato."
	case OneOf:
		return "Gli elementi alternativi sono assenti o più di uno."
	case UnexpectedText:
		return "Testo non previsto fra gli elementi."
	case ContractInForce:
		return "La tipologia contrattuale non era in vigore all'inizio del rapporto."
	case LatePublic:
		return "La comunicazione della pubblica amministrazione è in ritardo."
	case WrongType:
		return "Il valore non è una data o un istante valido."
	}
	return ""
}
