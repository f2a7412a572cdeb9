package ledger

// Content audits one row of the index of accepted content.
func (a *Auditor) Content(row Content) {
	want, ok := a.state.contents[row.Digest]
	delete(a.state.contents, row.Digest)
	if (!ok || row != want) && !a.tainted[row.Position] && !a.tainted[want.Position] && !a.tainted[want.FreedBy] {
		a.find(FoundContent, cmpPosition(want.Position, row.Position), "", "l'indice dei contenuti accettati non corrisponde")
	}
}

// Chain audits one row of the table of chains.
func (a *Auditor) Chain(row Chain) {
	key := chainKey{row.Root, row.Employer, row.Worker}
	want, ok := a.state.chains[key]
	delete(a.state.chains, key)
	if (!ok || row != want) && !a.tainted[row.Position] && !a.tainted[want.Position] {
		a.find(FoundChain, cmpPosition(want.Position, row.Position), "", "la tabella delle catene non corrisponde")
	}
}

// About audits one row of the table of what speaks of accepted entries.
func (a *Auditor) About(row About) {
	_, ok := a.state.abouts[row]
	delete(a.state.abouts, row)
	if !ok && !a.tainted[row.Subject] && !a.tainted[row.Position] {
		a.find(FoundOutcome, row.Position, "", "la tabella degli esiti lo attribuisce alla voce alla posizione %d, che non è la sua", row.Subject)
	}
}

// Counter audits one row of the table of counters.
func (a *Auditor) Counter(row CounterValue) {
	want, ok := a.state.counters[row.Counter]
	delete(a.state.counters, row.Counter)
	if (!ok || want != row.Last) && !a.state.doubt[row.Counter] {
		a.find(FoundCounter, 0, "", "contatore %s-%s-%d: l'ultimo numero non è quello dell'ultimo codice",
			row.Region, row.Province, row.Year)
	}
}

// Head audits the head row.
func (a *Auditor) Head(row Head) {
	if row.Position != a.last.Position || row.Hash != a.last.Hash && !a.tainted[row.Position] ||
		!row.Recorded.Equal(a.last.Recorded) && !a.tainted[row.Position] {
		a.find(FoundHead, row.Position, "", "la testa non è l'ultima voce, che è alla posizione %d", a.last.Position)
	}
}

// Table tells of a fact of another table that does not hold, in Italian.
func (a *Auditor) Table(position int64, text string) {
	a.find(FoundTable, position, "", "%s", text)
}

// finishTables names derived rows that should have been there.
func (a *Auditor) finishTables() {
	for _, c := range a.state.contents {
		if !a.tainted[c.Position] {
			a.find(FoundContent, c.Position, "", "manca dall'indice dei contenuti accettati")
		}
	}
	for _, c := range a.state.chains {
		if !a.tainted[c.Position] {
			a.find(FoundChain, c.Position, "", "manca dalla tabella delle catene")
		}
	}
	for row := range a.state.abouts {
		if !a.tainted[row.Subject] && !a.tainted[row.Position] {
			a.find(FoundOutcome, row.Position, "", "manca dalla tabella degli esiti")
		}
	}
	for k := range a.state.counters {
		if !a.state.doubt[k] {
			a.find(FoundCounter, 0, "", "contatore %s-%s-%d: manca", k.Region, k.Province, k.Year)
		}
	}
	for k, by := range a.state.dead {
		if !a.tainted[by] {
			a.find(FoundDelivery, k.position, "", "la consegna verso %s porta uno scarto, alla posizione %d, che non c'è", k.topic, by)
		}
	}
}

func cmpPosition(want, stored int64) int64 {
	if want != 0 {
		return want
	}
	return stored
}
