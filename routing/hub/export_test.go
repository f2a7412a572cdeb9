package hub

// MaxSenders is the bound that tests fill.
const MaxSenders = maxSenders

// Senders tells how many senders are remembered.
func (r *Rates) Senders() int { return len(r.full) }
