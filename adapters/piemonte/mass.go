package piemonte

import (
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// judgingCopies is how many times its size a document takes while it is judged:
// unpacked, converted, sealed, decoded, with its faults. Measured on documents of
// 4 MiB (some 30 MB each); a small archive may unpack to many of those.
const judgingCopies = 6

// mass is a mass submission: the archive of one call, the Batch that the edge
// takes its files from, and the State of the call.
type mass struct {
	invocation
	dialect Dialect
	req     hub.Request
	archive archive
}

// openMass opens the archive of a call. Its argument is the zip, or a string with
// the zip in base64, which a client without byte arrays can send.
func (d Dialect) openMass(req hub.Request, in invocation, arg envelope.Argument) (hub.Call, *hub.Problem) {
	raw := arg.Text
	if arg.Kind == envelope.StringArgument {
		var ok bool
		if raw, ok = envelope.DecodeBase64(arg.Text); !ok {
			return hub.Call{}, refuse(fault.Fault{Code: fault.CallArguments})
		}
	}
	a, f := openArchive(raw)
	if f != nil {
		return hub.Call{}, refuse(*f)
	}
	req.Body = nil // else a slow call keeps it
	m := &mass{invocation: in, dialect: d, req: req, archive: a}
	return hub.Call{
		Operation: hub.OpSubmitAll,
		Batch:     m,
		State:     m,
		Holds:     len(raw) + judgingCopies*a.largest(),
	}, nil
}

// Len implements hub.Batch.
func (m *mass) Len() int { return len(m.archive.files) }

// Open implements hub.Batch: one file, as if it had come alone in a call. Its own
// bytes are the evidence of it; the archive is kept in a signed message alone, by the
// edge.
func (m *mass) Open(i int) (hub.Submission, *hub.Problem) {
	content, f := m.archive.files[i].read()
	if f != nil {
		return hub.Submission{}, refuse(*f)
	}
	s, problem := m.dialect.submission(m.req, content)
	s.Evidence, s.Bulk = content, true
	return s, problem
}

// reply writes the outcomes of all files as one string.
func (m *mass) reply(items []hub.Item) hub.Response {
	list := make([]envelope.MassItem, len(items))
	for i, item := range items {
		list[i] = massItem(item)
		list[i].File = m.archive.files[i].name
	}
	text := envelope.AppendMassOutcome(nil, list)
	return answer(m.service, envelope.StringProperty("value", string(text)), nil)
}

func massItem(item hub.Item) envelope.MassItem {
	if p := item.Problem; p != nil {
		m := envelope.MassItem{State: envelope.FileMissed, Faults: append(fault.List{p.Fault}, p.Faults...)}
		if p.Sender && p.RetryAfter == 0 {
			m.State = envelope.FileRefused
		}
		return m
	}
	a := item.Answer
	m := envelope.MassItem{
		State:    envelope.FileRejected,
		Repeated: a.Repeated,
		Codice:   a.Entry.Codice,
		Position: a.Entry.Position,
		Entry:    a.Entry.ID(),
		Digest:   a.Entry.Digest.String(),
		Receipt:  a.Receipt,
	}
	if a.Accepted {
		m.State = envelope.FileAccepted
		return m
	}
	p := problemOf(a.Faults)
	m.Faults = append(fault.List{p.Fault}, p.Faults...)
	return m
}
