package probe

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// judged judges every file offline.
func (c Cmd) judged(ctx context.Context, con verb.Console, rome *time.Location) (probe.Report, error) {
	files, err := filesIn(c.Files)
	if err != nil {
		return probe.Report{}, err
	}
	n, at, err := node.ReadNormsAt(ctx, con, c.Standards, c.At)
	if err != nil {
		return probe.Report{}, err
	}
	var signers, systems []*x509.Certificate
	if c.Trust != "" {
		if signers, err = verb.ReadAnchors("--trust", c.Trust); err != nil {
			return probe.Report{}, err
		}
	}
	if c.ModI.Trust != "" {
		if systems, err = verb.ReadAnchors("--modi-trust", c.ModI.Trust); err != nil {
			return probe.Report{}, err
		}
	}
	r := newRehearsal(n, at, rome, signers, systems)
	r.channel, r.to, r.dated = c.Channel, c.To, c.At != ""
	report := probe.Report{
		Title:   "Esame di messaggi prima del collegamento",
		Subject: fmt.Sprintf("%d file, giudicati fuori linea come li giudicherebbe un nodo", len(files)),
		Instant: at.In(rome).Truncate(time.Second),
		Notes:   []string{"ciò che sa solo il registro di un nodo non è giudicato: duplicati, comunicazioni precedenti, limiti di invio"},
	}
	if !r.trusted {
		report.Notes = append(report.Notes, "nessuna autorità indicata (--trust): l'identità di chi firma non è giudicata")
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			return report, fmt.Errorf("read file: %w", err)
		}
		parts, err := r.judgeAll(ctx, fileName(files, path), raw, c.Region)
		if err != nil {
			return report, fmt.Errorf("%s: %w", path, err)
		}
		report.Parts = append(report.Parts, parts...)
	}
	return report, nil
}

// fileName is a file's name without what the names of all files have before it.
func fileName(all []string, path string) string {
	at := strings.LastIndexByte(path, os.PathSeparator) + 1
	for _, other := range all {
		for at > 0 && !strings.HasPrefix(other, path[:at]) {
			at = strings.LastIndexByte(path[:at-1], os.PathSeparator) + 1
		}
	}
	return path[at:]
}

// examined is one file on its way through a rehearsal, mended wherever a fault would
// hide what follows.
type examined struct {
	fileForm
	guarded bool
	found   map[stage][]probe.Finding
	notes   []string
	stopped bool // nothing more can be read
	seen    *rehearsed
}

// mostMends bounds how often one file is mended: each fault is mended once.
const mostMends = 8

// judgeFile judges one file, stage by stage.
func (r *rehearsal) judgeFile(ctx context.Context, name string, raw []byte, region string) (probe.Part, error) {
	form, err := recognise(raw, region)
	var not *unopened
	if errors.As(err, &not) {
		return not.part(name), nil
	}
	if err != nil {
		return probe.Part{}, err
	}
	t := &examined{fileForm: form, found: make(map[stage][]probe.Finding)}
	t.guarded = r.messages != nil && form.enveloped
	if !t.guarded && form.security {
		t.note("firma WS-Security presente, non giudicata: --modi-trust")
		t.cutHeader()
	}
	for range mostMends {
		req, err := requestOf(t.path, t.header.Clone(), t.body)
		if err != nil {
			return probe.Part{}, err
		}
		req.Method = t.method
		if t.announced > 0 {
			req.ContentLength, req.Body = t.announced, io.NopCloser(io.MultiReader(req.Body, cutShort{}))
		}
		if t.seen, err = r.serve(ctx, t.region, req, t.guarded); err != nil {
			return probe.Part{}, err
		}
		if t.seen.asked > 0 || t.seen.status == http.StatusOK {
			break
		}
		a := readAnswer(t.seen.status, t.seen.header, t.seen.body, strings.HasPrefix(t.seen.header.Get("Content-Type"), "application/soap+xml"), r.rome)
		if len(a.errors) == 0 {
			return probe.Part{}, errors.New("judge file: the edge answered without a fault")
		}
		for _, e := range a.errors {
			t.add(findingOf(e))
		}
		if t.stopped = !t.mend(fault.Code(a.errors[0].Code)); t.stopped {
			break
		}
	}
	if t.seen.asked > 0 && len(t.seen.drafts) == 0 {
		return probe.Part{}, errors.New("judge file: the path of a submission failed")
	}
	for _, f := range t.seen.noted {
		t.add(findingOfFault(f))
	}
	for _, d := range t.seen.drafts {
		faults, err := fault.Decode(d.Entry.Faults)
		if err != nil {
			return probe.Part{}, err
		}
		for _, f := range faults {
			t.add(findingOfFault(f))
		}
	}
	if names := t.seen.unread; len(names) > 0 {
		t.note("proprietà che il nodo non conosce e non legge: " + strings.Join(names, ", "))
	}
	return probe.Part{Name: name, About: t.about(), Notes: t.notes, Checks: r.checks(t)}, nil
}

// cutShort is the end of a body that is shorter than was announced, as net/http
// gives it.
type cutShort struct{}

func (cutShort) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (t *examined) add(f probe.Finding) {
	s := stageOf(fault.Code(f.Code), t.http)
	t.found[s] = append(t.found[s], f)
}

func (t *examined) note(text string) { t.notes = append(t.notes, text) }

// about says what the file is.
func (t *examined) about() string {
	text := t.what + ", come inviato a " + t.region.Name
	if t.guessed {
		text += " (--region per un'altra regione)"
	}
	return text
}

// mend removes what a fault is about, so that what it hides is judged too; false
// if that cannot be.
func (t *examined) mend(c fault.Code) bool {
	family, _, _ := strings.Cut(string(c), "-")
	switch {
	case c == fault.MethodNotAllowed:
		t.method = http.MethodPost
	case c == fault.UnknownPath:
		t.path = pathOf(t.region)
	case c == fault.MediaType, c == fault.EnvelopeVersion && !t.typed:
		t.typed = true
		t.header.Set("Content-Type", t.contentType())
	case c == fault.CompressedBody:
		t.header.Del("Content-Encoding")
	case c == fault.ActionMismatch:
		t.header.Del("SOAPAction")
		t.header.Set("Content-Type", t.contentType())
	case c == fault.BodyIncomplete && t.announced > 0:
		t.announced = 0
	case c == fault.EnvelopeCharset && strings.Contains(t.header.Get("Content-Type"), "charset"):
		t.header.Set("Content-Type", t.contentType())
	case family == "WSS" || c == fault.SecurityTwice:
		if !t.guarded && c != fault.SecurityTwice {
			return false
		}
		t.guarded = false
		t.cutHeader() // there may be none: that is what is wrong
		return t.mended(c, true)
	case family == "EGOV", c == fault.MustUnderstand:
		return t.mended(c, t.cutHeader())
	default:
		return false
	}
	return t.mended(c, true)
}

func (t *examined) mended(c fault.Code, done bool) bool {
	if done {
		t.note("quanto segue " + string(c) + " è giudicato come se quel difetto non ci fosse")
	}
	return done
}

// cutHeader takes the Header away, once.
func (t *examined) cutHeader() bool {
	out, ok := withoutHeader(t.body)
	if !ok || bytes.Equal(out, t.body) {
		return false
	}
	t.body = out
	return true
}

func findingOf(e envelope.Error) probe.Finding {
	f := probe.Finding{Code: e.Code, Text: e.Text, Path: e.Path, Line: e.Line, Remedy: e.Remedy}
	if entry, ok := fault.Lookup(fault.Code(e.Code)); ok {
		f.Source = entry.Source
	}
	return f
}

func findingOfFault(f fault.Fault) probe.Finding {
	e, _ := fault.Lookup(f.Code)
	return probe.Finding{Code: string(f.Code), Warning: f.Warning, Text: f.Text(), Path: f.Path, Line: f.Line, Remedy: e.Remedy, Source: e.Source}
}

// ofSigner tells whether a fault is of the signer, not of the signature.
func ofSigner(c fault.Code) bool {
	switch c {
	case xmlsig.Untrusted, xmlsig.WrongUsage, xmlsig.NoIdentity, xmlsig.NotYetValid, xmlsig.Expired, xmlsig.RevokedCert,
		xmlsig.UnknownStanding, xmlsig.ForeignOrganization:
		return true
	}
	return false
}
