package hub_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Ends of a submission, as the cases below name them.
const (
	accepted = "accepted"
	rejected = "rejected"
	refused  = "refused"
	repeated = "repeated"
	failed   = "failed"
)

func endOf(a hub.Answer, err error) string {
	switch {
	case err != nil:
		return failed
	case a.Refused:
		return refused
	case a.Repeated:
		return repeated
	case a.Accepted:
		return accepted
	}
	return rejected
}

func codesOf(l fault.List) string {
	var codes []string
	for _, f := range l {
		code := string(f.Code)
		if f.Warning {
			code += "*"
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, " ")
}

// submitCase is one submission: what stands around it, which steps it takes in
// which order, and how it ends.
type submitCase struct {
	name   string
	around func(*world)
	send   hub.Submission
	steps  string
	end    string
	codes  string // of the answer's faults, a warning with an asterisk
}

func storedBy(sender string) func(*world) {
	return func(w *world) {
		w.found = &ledger.Stored{
			Entry:   ledger.Entry{Position: 3, Type: ledger.Submission, Status: ledger.Accepted, Sender: sender, Codice: "1104226000000003"},
			Receipt: []byte("stored receipt"),
		}
	}
}

func fails(step string) func(*world) {
	return func(w *world) { w.fails = map[string]error{step: errBroken} }
}

func both(a, b func(*world)) func(*world) { return func(w *world) { a(w); b(w) } }

func unsound(codes ...fault.Code) func(*world) {
	return func(w *world) {
		for _, c := range codes {
			w.unsound = append(w.unsound, fault.Fault{Code: c})
		}
	}
}

func nothing(*world) {}

func signedCases(t *testing.T) []submitCase {
	hiring, rectification := national(t, "assunzione"), national(t, "rettifica")
	expired := func(w *world) { w.expired = fault.List{{Code: "SIG-35"}} }
	known := func(w *world) { w.reading.Known = true }
	named := strings.Replace(hiring, `codiceComunicazione="0000000000000000"`, `codiceComunicazione="1300126000000001"`, 1)
	announced := signed(hiring)
	announced.Kind = "UNISOMM"
	silent := signed(hiring)
	silent.Kind = ""
	return []submitCase{
		{"good", nothing, signed(hiring), "verify accepted validity append", accepted, ""},
		{"operation without a kind", nothing, silent, "verify accepted validity append", accepted, ""},
		{"previous code of ours", known, signed(rectification), "verify accepted validity read append", accepted, ""},
		{"previous code unknown", nothing, signed(rectification), "verify accepted validity read append", accepted, "CAT-01*"},

		{"broken signature", unsound("SIG-30"), signed(hiring), "verify append", refused, "SIG-30"},
		{"no signature where one is due", unsound(fault.Unsigned), signed(hiring), "verify append", refused, "SIG-01"},
		{"expired certificate", expired, signed(hiring), "verify accepted validity append", refused, "SIG-35"},

		{"accepted before", storedBy(signer), signed(hiring), "verify accepted", repeated, ""},
		{"accepted before, certificate expired since", both(storedBy(signer), expired), signed(hiring), "verify accepted", repeated, ""},
		{"accepted from another", storedBy(stranger), signed(hiring), "verify accepted validity append", rejected, "DUP-01"},
		{"accepted from another, expired certificate", both(storedBy(stranger), expired), signed(hiring), "verify accepted validity append", refused, "SIG-35"},
		{"another's copy wins the commit", func(w *world) { w.foreign = true }, signed(hiring), "verify accepted validity append append", rejected, "DUP-01"},

		{"no standard", nothing, signed("<a/>"), "verify accepted validity append", rejected, "XSD-02"},
		{"edition that has ended", nothing, signed(strings.Replace(hiring, "CO190701R1", "CO160201R1", 1)), "verify accepted validity append", rejected, "ENV-10"},
		{"another kind than announced", nothing, announced, "verify accepted validity append", rejected, "CAT-02"},
		{"against the schema", nothing, signed(strings.Replace(hiring, "<sesso>F<", "<sesso>X<", 1)), "verify accepted validity append", rejected, "XSD-21"},
		{"against a rule", nothing, signed(named), "verify accepted validity append", rejected, "ENV-04"},

		{"stale once", func(w *world) { w.stale = 1 }, signed(rectification), "verify accepted validity read append read append", accepted, "CAT-01*"},
		{"stale twice", func(w *world) { w.stale = 2 }, signed(hiring), "verify accepted validity append append append", accepted, ""},
		{"stale three times", func(w *world) { w.stale = 3 }, signed(hiring), "verify accepted validity append append append", failed, ""},

		{"verifier fails", fails("verify"), signed(hiring), "verify", failed, ""},
		{"look-up fails", fails("accepted"), signed(hiring), "verify accepted", failed, ""},
		{"validity fails", fails("validity"), signed(hiring), "verify accepted validity", failed, ""},
		{"chain cannot be read", fails("read"), signed(rectification), "verify accepted validity read", failed, ""},
		{"ledger fails", fails("append"), signed(hiring), "verify accepted validity append", failed, ""},
		{"ledger fails on a rejection", fails("append"), signed("<a/>"), "verify accepted validity append", failed, ""},
		{"ledger fails on a refusal", both(unsound("SIG-30"), fails("append")), signed(hiring), "verify append", failed, ""},
		{"stored faults are unreadable", func(w *world) {
			w.repeated = &ledger.Stored{Entry: ledger.Entry{Faults: []byte("{")}}
		}, signed(hiring), "verify accepted validity append", failed, ""},
	}
}

func channelCases(t *testing.T) []submitCase {
	hiring, rectification := national(t, "assunzione"), national(t, "rettifica")
	stranger := unsigned(hiring)
	stranger.System = ""
	elsewhere := unsigned(hiring)
	elsewhere.Region, _ = routing.RegionBySlug("marche")
	withSignature := signed(hiring)
	withSignature.Region, withSignature.System = stranger.Region, "geco"
	unknownCaller := regional(hiring)
	unknownCaller.System = ""
	wrongRegion := regional(hiring)
	wrongRegion.Region = elsewhere.Region
	formless := regional("")
	formless.Regional.National, formless.Regional.Kind = nil, ""
	formless.Regional.Faults = fault.List{{Code: fault.HoursDropped, Warning: true}, {Code: fault.RegionalMalformed, Line: 4}}
	warned := regional(hiring)
	warned.Regional.Faults = fault.List{{Code: fault.HoursDropped, Warning: true}}
	warnedAndWrong := regional(strings.Replace(hiring, "<sesso>F<", "<sesso>X<", 1))
	warnedAndWrong.Regional.Faults = warned.Regional.Faults
	reference := regional(hiring)
	reference.Regional.Previous = earlier
	zeros := regional(hiring)
	zeros.Regional.Previous = "1300000000000000"
	owned := storedBy("piemonte/geco/987")
	return []submitCase{
		{"unsigned", unsound(fault.Unsigned), unsigned(hiring), "verify seal accepted append", accepted, ""},
		{"unsigned, no system proven", unsound(fault.Unsigned), stranger, "verify append", refused, "SIG-01"},
		{"unsigned, a region that asks for signatures", unsound(fault.Unsigned), elsewhere, "verify append", refused, "SIG-01"},
		{"unsigned and more than that", unsound(fault.Unsigned, "SIG-07"), unsigned(hiring), "verify append", refused, "SIG-01 SIG-07"},
		{"signed on a channel", nothing, withSignature, "verify accepted validity append", accepted, ""},
		{"broken signature on a channel", unsound("SIG-29"), withSignature, "verify append", refused, "SIG-29"},
		{"unsigned, not sound XML", both(unsound(fault.Unsigned), func(w *world) { w.unfit = fault.List{{Code: "SIG-02"}} }),
			unsigned(hiring), "verify seal append", refused, "SIG-02"},

		{"regional", nothing, regional(hiring), "seal accepted append", accepted, ""},
		{"regional, no system proven", nothing, unknownCaller, "append", refused, "SIG-01"},
		{"regional, a region without channel", nothing, wrongRegion, "append", refused, "SIG-01"},
		{"regional without a national form", nothing, formless, "accepted append", rejected, "CNV-30* CNV-10"},
		{"regional with warnings", nothing, warned, "seal accepted append", accepted, "CNV-30*"},
		{"regional with warnings, against the schema", nothing, warnedAndWrong, "seal accepted append", rejected, "XSD-21 CNV-30*"},
		{"regional with a previous code as reference", nothing, reference, "seal accepted read append", accepted, "CAT-01*"},
		{"regional with zeros for a previous code", nothing, zeros, "seal accepted append", accepted, ""},
		{"regional rectification", nothing, regional(rectification), "seal accepted read append", accepted, "CAT-01*"},
		{"regional, accepted before", owned, regional(hiring), "seal accepted", repeated, ""},
		{"regional, accepted from another", storedBy("piemonte/geco/988"), regional(hiring), "seal accepted append", rejected, "DUP-01"},
		{"regional against the schema", nothing, regional(strings.Replace(hiring, "<sesso>F<", "<sesso>X<", 1)), "seal accepted append", rejected, "XSD-21"},
		{"conversion seal fails", fails("seal"), regional(hiring), "seal", failed, ""},
	}
}

// TestRegionalWithoutChannel: who sends a regional text, which cannot be signed, is not
// only told to sign it.
func TestRegionalWithoutChannel(t *testing.T) {
	t.Parallel()
	s := regional(national(t, "assunzione"))
	s.System = ""
	a, err := hubIn(t, &world{}).Submit(context.Background(), s)
	if got := endOf(a, err); got != refused || len(a.Faults) != 1 || a.Faults[0].Code != fault.Unsigned ||
		!strings.Contains(a.Faults[0].Expected, "canale autenticato") {
		t.Errorf("%s (%v), %v", got, err, a.Faults)
	}
}

// TestBarredKind: domestic work at Piemonte is rejected with the region's own
// rule and nothing else, sound or not; elsewhere that rule says nothing.
func TestBarredKind(t *testing.T) {
	t.Parallel()
	const domestic = `<UniDom xmlns="http://servizi.lavoro.gov.it/unidom" versione="ignota"/>`
	for _, r := range routing.Regions() {
		w := &world{signer: signer}
		s := signed(domestic)
		s.Region, s.Kind = r, ""
		a, err := hubIn(t, w).Submit(context.Background(), s)
		if got := endOf(a, err); got != rejected || len(w.drafts) != 1 {
			t.Fatalf("%s: %s (%v), %d drafts", r.Slug, got, err, len(w.drafts))
		}
		if got := codesOf(a.Faults); (got == "ENV-11") != (r.Slug == "piemonte") {
			t.Errorf("%s: %s", r.Slug, got)
		}
	}
}

// TestBarredInBulk: an urgency is taken alone, not among many.
func TestBarredInBulk(t *testing.T) {
	t.Parallel()
	const urgency = `<UniUrg xmlns="http://servizi.lavoro.gov.it/uniurg" versione="ignota"/>`
	for _, bulk := range []bool{false, true} {
		s := signed(urgency)
		s.Region, _ = routing.RegionBySlug("piemonte")
		s.Kind, s.Bulk = "", bulk
		a, err := hubIn(t, &world{signer: signer}).Submit(context.Background(), s)
		if got := endOf(a, err); got != rejected || (codesOf(a.Faults) == "ENV-12") != bulk {
			t.Errorf("bulk %t: %s, %s (%v)", bulk, got, codesOf(a.Faults), err)
		}
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	for _, tc := range slices.Concat(signedCases(t), channelCases(t)) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := &world{signer: signer}
			tc.around(w)
			a, err := hubIn(t, w).Submit(context.Background(), tc.send)
			if got := w.path(); got != tc.steps {
				t.Errorf("steps %q, want %q", got, tc.steps)
			}
			if got := endOf(a, err); got != tc.end || codesOf(a.Faults) != tc.codes {
				t.Errorf("%s with %q (%v), want %s with %q", got, codesOf(a.Faults), err, tc.end, tc.codes)
			}
			switch tc.end {
			case failed:
				if a.Receipt != nil || a.Accepted || a.Entry.Position != 0 {
					t.Errorf("an error promised %+v", a)
				}
			case refused:
				checkRefusal(t, w, tc.send, a)
			case repeated:
				if string(a.Receipt) != "stored receipt" || len(w.drafts) != 0 {
					t.Errorf("receipt %q, %d drafts", a.Receipt, len(w.drafts))
				}
			default:
				checkDecision(t, w, tc, a)
			}
		})
	}
}

// checkRefusal: no receipt, and an entry that keeps no document, no sender and
// nothing that the document said.
func checkRefusal(t *testing.T, w *world, s hub.Submission, a hub.Answer) {
	t.Helper()
	if a.Receipt != nil || a.Accepted {
		t.Errorf("a refusal promised %+v", a)
	}
	d := w.drafts[len(w.drafts)-1]
	want := ledger.Entry{
		Type: ledger.Submission, Status: ledger.Refused, Received: received.Truncate(time.Microsecond),
		Region: s.Region.Slug, Kind: s.Kind, Digest: ledger.Sum(s.Evidence), Faults: d.Entry.Faults,
	}
	if d.Document != nil || d.Evidence != nil || len(d.Deliveries) > 0 || d.Entry.Chain(ledger.Hash{}) != want.Chain(ledger.Hash{}) {
		t.Errorf("refusal recorded as %+v", d)
	}
	if list, err := fault.Decode(d.Entry.Faults); err != nil || codesOf(list) != codesOf(a.Faults) {
		t.Errorf("recorded %s %v, answered %s", d.Entry.Faults, err, codesOf(a.Faults))
	}
}

// checkDecision: what every accepted or rejected entry says.
func checkDecision(t *testing.T, w *world, tc submitCase, a hub.Answer) {
	t.Helper()
	d, s := w.drafts[len(w.drafts)-1], tc.send
	e := d.Entry
	if a.Receipt == nil || a.Entry.Position == 0 {
		t.Errorf("answer %+v without its entry's receipt", a)
	}
	if !e.Received.Equal(received.Truncate(time.Microsecond)) || e.Region != s.Region.Slug || e.Digest.IsZero() {
		t.Errorf("entry %+v", e)
	}
	if list, err := fault.Decode(e.Faults); err != nil || codesOf(list) != tc.codes {
		t.Errorf("recorded faults %s, %v", e.Faults, err)
	}
	overChannel := len(w.sealed) > 0 || s.Regional != nil
	if overChannel != (e.Origin == ledger.Channel) || overChannel != bytes.Equal(d.Evidence, s.Evidence) {
		t.Errorf("origin %s, evidence %q", e.Origin, d.Evidence)
	}
	if tc.end == accepted {
		if !slices.Equal(d.Deliveries, routing.Plan("UNILAV")) || d.Province != "042" || e.Employer != employer ||
			e.Worker != worker || e.Start != "2026-03-09" || e.Kind != "UNILAV" || e.Edition != "CO190701R1" || e.Basis != "basis" {
			t.Errorf("accepted as %+v", d)
		}
		return
	}
	if e.Employer+e.Worker+e.Start+e.Previous != "" || d.Reading != nil || len(d.Deliveries) > 0 || d.Province != "000" || a.Entry.Codice != "" {
		t.Errorf("rejected as %+v", d)
	}
}

// TestForeignNamesNobody: who sent a stranger's document again learns nothing
// of the stranger's.
func TestForeignNamesNobody(t *testing.T) {
	t.Parallel()
	w := &world{signer: signer}
	storedBy(stranger)(w)
	a, err := hubIn(t, w).Submit(context.Background(), signed(national(t, "assunzione")))
	if err != nil {
		t.Fatal(err)
	}
	text, err := a.Faults.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{w.found.Entry.Codice, stranger, "stored receipt"} {
		if strings.Contains(string(text)+a.Faults[0].Text()+string(a.Receipt)+a.Entry.Codice, secret) {
			t.Errorf("the answer gives %s away", secret)
		}
	}
}

// TestWhatGoesOn: the stored document is what arrived, or what was sealed; the
// decision reads the verified content alone.
func TestWhatGoesOn(t *testing.T) {
	t.Parallel()
	hiring := national(t, "assunzione")
	for _, tc := range []struct {
		name           string
		send           hub.Submission
		unsigned       bool
		document       string
		verify, seal   string
		sender, origin string
		request        ledger.Hash
	}{
		{"signed", signed(hiring), false, "SIGNED" + hiring, "SIGNED" + hiring, "", signer, "signed", ledger.Hash{}},
		{"unsigned", unsigned(hiring), true, "SEALED" + hiring, hiring, hiring, "piemonte/geco", "channel", ledger.Hash{}},
		{"regional", regional(hiring), false, "SEALED" + hiring, "", hiring, "piemonte/geco/987", "channel", ledger.Sum([]byte("regional"))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := &world{signer: signer}
			if tc.unsigned {
				unsound(fault.Unsigned)(w)
			}
			if _, err := hubIn(t, w).Submit(context.Background(), tc.send); err != nil {
				t.Fatal(err)
			}
			d := w.drafts[0]
			if string(d.Document) != tc.document || strings.Join(w.verified, "") != tc.verify || strings.Join(w.sealed, "") != tc.seal {
				t.Errorf("stored %.40q, verified %.40q, sealed %.40q", d.Document, w.verified, w.sealed)
			}
			e := d.Entry
			if e.Digest != ledger.Sum([]byte(hiring)) || e.Sender != tc.sender || string(e.Origin) != tc.origin || e.RequestDigest != tc.request {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

// TestWithoutForm: a regional document that has no national form is known by
// its own digest and kept as evidence.
func TestWithoutForm(t *testing.T) {
	t.Parallel()
	s := regional("")
	s.Regional.National = nil
	s.Regional.Faults = fault.List{{Code: fault.RegionalMalformed}}
	w := &world{}
	if _, err := hubIn(t, w).Submit(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	d := w.drafts[0]
	if d.Document != nil || !bytes.Equal(d.Evidence, s.Evidence) || d.Entry.Digest != s.Regional.RequestDigest {
		t.Errorf("drafted %+v", d)
	}
}

// TestReading: the draft carries what its decision read, so that the group
// commit can read it again.
func TestReading(t *testing.T) {
	t.Parallel()
	w := &world{signer: signer, reading: ledger.Reading{Head: ledger.Sum([]byte("head")), Known: true}}
	if _, err := hubIn(t, w).Submit(context.Background(), signed(national(t, "rettifica"))); err != nil {
		t.Fatal(err)
	}
	want := ledger.Reading{
		Query: ledger.ChainQuery{Previous: earlier, Employer: employer, Worker: worker, Start: "2026-03-09"},
		Head:  ledger.Sum([]byte("head")), Known: true,
	}
	if got := w.drafts[0].Reading; got == nil || *got != want {
		t.Errorf("reading %+v, want %+v", got, want)
	}
}

// TestErrors: callers tell a store that cannot take entries now from a defect,
// and see the cause.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		around func(*world)
		want   error
	}{
		{"stale three times", func(w *world) { w.stale = 3 }, ledger.ErrUnavailable},
		{"unavailable", func(w *world) { w.fails = map[string]error{"append": ledger.ErrUnavailable} }, ledger.ErrUnavailable},
		{"look-up", fails("accepted"), errBroken},
		{"defect", fails("append"), errBroken},
	} {
		w := &world{signer: signer}
		tc.around(w)
		_, err := hubIn(t, w).Submit(context.Background(), signed(national(t, "assunzione")))
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

// TestRepeatedAtCommit: a copy that was under way at the same instant gets the
// other's receipt.
func TestRepeatedAtCommit(t *testing.T) {
	t.Parallel()
	w := &world{signer: signer}
	storedBy(signer)(w)
	w.repeated, w.found = w.found, nil
	a, err := hubIn(t, w).Submit(context.Background(), signed(national(t, "assunzione")))
	if err != nil || !a.Repeated || !a.Accepted || string(a.Receipt) != "stored receipt" || a.Entry.Position != 3 {
		t.Errorf("%+v, %v", a, err)
	}
}
