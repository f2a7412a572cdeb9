package marche

import (
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// clockTolerance is how far ahead a sender's clock may be. SPCoop gives no
// number; its identifiers count minutes, and clocks of ports drift by some.
const clockTolerance = 5 * time.Minute

// judge adds to the faults of the header's form what it says that does not hold
// here: all of it, but nothing about what is told already, and nothing about what
// is not there unless the form holds, for then it may not have been read.
func (d *Dialect) judge(h envelope.EGov, operation envelope.Name, req hub.Request, faults fault.List) fault.List {
	told, whole := slices.Clone(faults), len(faults) == 0
	tell := func(c fault.Code, at string) {
		if !slices.ContainsFunc(told, func(f fault.Fault) bool { return f.Code == c || f.Code == fault.EGovEnvelope }) {
			faults = append(faults, fault.Fault{Code: c, Path: at})
		}
	}
	party := func(p envelope.Party, known bool, c fault.Code, at string) {
		switch {
		case p == envelope.Party{} && !whole:
		case p.Type != envelope.EGovSPC:
			tell(c, at+"/tipo")
		case !known:
			tell(c, at)
		}
	}
	_, known := d.cfg.Parties.Senders[h.Sender.Name]
	party(h.Sender, known, fault.EGovSender, "Mittente/IdentificativoParte")
	if known && !d.cfg.Parties.brings(h.Sender.Name, req.Names) {
		tell(fault.EGovAuthority, "Mittente/IdentificativoParte")
	}
	party(h.Recipient, slices.Contains(d.cfg.Parties.Hub, h.Recipient.Name), fault.EGovRecipient, "Destinatario/IdentificativoParte")
	if h.Profile != envelope.EGovSynchronous && (whole || h.Profile != "") {
		tell(fault.EGovProfile, "ProfiloCollaborazione")
	}
	switch {
	case h.Service == "" && !whole:
	case h.Service != envelope.Service:
		tell(fault.EGovService, "Servizio")
	case h.ServiceType != envelope.EGovSPC:
		tell(fault.EGovService, "Servizio/tipo")
	}
	if h.Action != "" && h.Action != actionOf(operation) {
		tell(fault.EGovAction, "Azione")
	}
	stranger := slices.ContainsFunc(faults, func(f fault.Fault) bool { return f.Code == fault.EGovSender })
	if id, ok := envelope.ParseIdentifier(h.ID); ok && !stranger && id.Sender != h.Sender.Name {
		tell(fault.EGovIdentifier, "Messaggio/Identificatore")
	}
	if h.Registered.After(req.Received.Add(clockTolerance)) {
		tell(fault.EGovRegistered, "Messaggio/OraRegistrazione")
	}
	if h.Sequence != "" {
		tell(fault.EGovOrder, "Sequenza")
	}
	if len(h.Exceptions) > 0 {
		tell(fault.EGovEnvelope, "ListaEccezioni")
	}
	return faults
}

// actionOf names the action of a Body: the operation of the WSDL.
func actionOf(operation envelope.Name) string {
	if b, ok := envelope.BindingOf(operation); ok {
		return b.Operation
	}
	return operation.Local
}
