package routing

import "strings"

// Topics of the hub (design.md section 4).
const (
	TopicOutcomes    = "esiti.v1"      // outcomes of the national store
	TopicTotals      = "quadratura.v1" // sealed heads, control totals, lists
	TopicDeadLetters = "scarti.v1"     // messages that cannot be delivered, with cause
)

// Delivery is one message due to one office.
type Delivery struct {
	Topic  string
	Ground string // Italian, why the office is due the communication
}

// Plan lists the deliveries due to an accepted communication of a kind, the
// national store first. It is a function of its arguments alone, so that the
// ledger's audit can recompute it.
func Plan(kind string) []Delivery {
	return []Delivery{{
		Topic:  TopicFor(kind),
		Ground: "nodo nazionale: registrazione della comunicazione",
	}}
}

// TopicFor is the national topic of a kind: co.<kind>.v1.
func TopicFor(kind string) string {
	return "co." + strings.ToLower(kind) + ".v1"
}
