package fault

// The fault of an edition that is known but not the one to use today.
const (
	// EditionNotInForce: the edition exists, but at the instant of reception
	// it has ended or has not begun.
	EditionNotInForce Code = "ENV-10"
)

// editionEntries are the faults of validity.
func editionEntries() []Entry {
	return []Entry{{
		Code: EditionNotInForce, Stage: StageForma, Anomalia: "0000",
		Text:   "L'edizione del tracciato non è in vigore al momento della ricezione.",
		Source: "Regole nazionali, ENV-10; catalogo delle edizioni (snodo xsd list)",
		Remedy: "Scrivere la comunicazione nell'edizione in vigore e indicarla nell'attributo versione.",
	}}
}
