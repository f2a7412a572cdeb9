package probe

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// probeDesk is where a region that is about to connect keeps its messages.
type probeDesk struct {
	t       *testing.T
	dir     string
	at      time.Time
	sampler sample.Maker
	signer  *xmlsig.Sealer
	other   *xmlsig.Sealer // of an authority that nobody named
	system  *xmlsig.Sealer
}

func newProbeDesk(t *testing.T) *probeDesk {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	d := &probeDesk{t: t, dir: t.TempDir(), at: time.Date(2026, 11, 26, 9, 30, 0, 0, rome)}
	d.sampler = sample.Maker{Region: "lazio", Day: d.at}
	authority := fresh[*xmlsig.Authority](t)(xmlsig.NewAuthority("Autorità della regione", d.at))
	key := fresh[*rsa.PrivateKey](t)(xmlsig.NewPersonKey())
	leaf := fresh[*x509.Certificate](t)(authority.IssuePerson(sample.Invent(900).CodiceFiscale(), key.Public(), d.at))
	d.signer = fresh[*xmlsig.Sealer](t)(xmlsig.NewSealer(key, []*x509.Certificate{leaf, authority.Certificate}))
	d.system = fresh[*xmlsig.Sealer](t)(newSystem(authority, d.at))
	stranger, err := sender.NewStranger(d.at)
	if err != nil {
		t.Fatal(err)
	}
	d.other = stranger.Sealer
	d.put("ca.pem", xmlsig.EncodeCertificates(authority.Certificate))
	return d
}

// fresh gives what was made, or ends the test.
func fresh[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *probeDesk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *probeDesk) put(name string, content []byte) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), content, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// sealed is a communication signed by one of the signers.
func (d *probeDesk) sealed(by *xmlsig.Sealer, c co.Comunicazione) []byte {
	d.t.Helper()
	return fresh[[]byte](d.t)(signed(by, c))
}

// files writes what a region's engineer may have at hand, good and bad.
func (d *probeDesk) files() {
	b, _ := envelope.BindingOfKind(co.UNILAV)
	good := d.sealed(d.signer, d.sampler.Hiring(1))
	d.put("buono.xml", good)
	d.put("alterato.xml", altered("Via Casa 3", "Via Casa 4")(good))
	d.put("estraneo.xml", d.sealed(d.other, d.sampler.Hiring(2)))
	d.put("senza-firma.xml", fresh[[]byte](d.t)(transform.Encode(d.sampler.Hiring(3))))
	wrong := d.sampler.Hiring(4)
	wrong.Lavoratore.LivelloIstruzione = "quaranta"
	wrong.CodiceComunicazione = "1300126000000001"
	bad := d.sealed(d.signer, wrong)
	d.put("errato.xml", bad)
	broken := d.sampler.Hiring(5)
	broken.CodiceComunicazione = "1300126000000001"
	d.put("regola.xml", d.sealed(d.signer, broken))
	d.put("dtd.xml", append([]byte("<!DOCTYPE UniLav>"), good...))

	d.put("busta.xml", b.AppendRequest(nil, nil, good))
	d.put("busta12.xml", altered(envelope.SOAP11, envelope.SOAP12)(b.AppendRequest(nil, nil, good)))
	d.put("elementi.xml", altered("DOCUMENTO", "<UniLav/>")(b.AppendRequest(nil, nil, []byte("DOCUMENTO"))))
	d.put("spezzata.xml", altered("</soapenv:Body>", "")(b.AppendRequest(nil, nil, good)))
	d.put("eco.xml", []byte(`<s:Envelope xmlns:s="`+envelope.SOAP11+`"><s:Body><Echo xmlns="`+envelope.HubNS+`"><Testo>x</Testo></Echo></s:Body></s:Envelope>`))
	header := sender.EGovHeader(b, 1, d.at)
	d.put("egov.xml", b.AppendRequest(nil, envelope.AppendEGov(nil, header), good))
	header.Expires = d.at.Add(-time.Minute)
	d.put("egov-scaduta.xml", b.AppendRequest(nil, envelope.AppendEGov(nil, header), bad))
	header.Sender.Name, header.Service = "UMBRIA", "Altro"
	d.put("egov-errata.xml", b.AppendRequest(nil, envelope.AppendEGov(nil, header), bad))

	request := func(path, contentType, action string, body []byte) []byte {
		return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: nodo.example\r\nContent-Type: %s\r\nSOAPAction: %s\r\nContent-Length: %d\r\n\r\n%s", path, contentType, action, len(body), body)
	}
	d.put("richiesta.http", request("/soap/marche", "text/xml; charset=utf-8", `""`, b.AppendRequest(nil, nil, good)))
	d.put("richiesta-errata.http", request("/servizi", "application/json", `"urn:x:Echo"`, b.AppendRequest(nil, nil, bad)))
	d.put("richiesta-corta.http", bytes.Replace(request("/soap/lazio", "text/xml", `""`, b.AppendRequest(nil, nil, good)), []byte("Content-Length: "), []byte("Content-Length: 9"), 1))

	payload := fresh[string](d.t)(sample.SPICOMPayload(sample.Maker{Region: "piemonte", Day: d.at}.Hiring(6), 7, d.at.Location()))
	d.put("regionale.xml", []byte(payload))
	d.put("regionale-ignote.xml", []byte(strings.Replace(payload, "<datiInvio ", `<coloreOcchi type="java.lang.String">verdi</coloreOcchi><datiInvio `, 1)))
	d.put("regionale-errato.xml", []byte(strings.Replace(payload, "datoreDiLavoro", "datoreDiLavori", 2)))

	stamp := xmlsig.Stamp{To: "https://nodo.example/soap/lazio", ID: "urn:uuid:1", Created: d.at, Expires: d.at.Add(time.Minute)}
	message := fresh[[]byte](d.t)(d.system.SealMessage(b.AppendRequest(nil, nil, good), stamp))
	d.put("modi.xml", message)
	d.put("lotto.zip", zipOf(d.t, inZip{"uno.xml", good}, inZip{"due\x1b[2J.xml", bad}))
	d.put("utf16.xml", toUTF16(strings.Replace(string(b.AppendRequest(nil, nil, good)), ` encoding="UTF-8"`, "", 1)))
	d.put("bom.xml", append([]byte("\ufeff"), b.AppendRequest(nil, nil, good)...))
	d.put("latin1.xml", altered(`encoding="UTF-8"`, `encoding="ISO-8859-1"`)(b.AppendRequest(nil, nil, good)))
	d.put("testo.xml", []byte("nulla di tutto questo"))
	d.put("vuoto.xml", nil)
	d.put("modi-alterata.xml", altered("Via Casa 3", "Via Casa 4")(message))
	for _, folder := range []string{"messaggi/vecchi", "messaggi/.git"} {
		if err := os.MkdirAll(d.path(folder), 0o700); err != nil {
			d.t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"collegata": "messaggi", "messaggi/altrove": "vecchi", "messaggi/perso.xml": "assente"} {
		if err := os.Symlink(to, d.path(link)); err != nil {
			d.t.Fatal(err)
		}
	}
	d.put("messaggi/uno.xml", good)
	d.put("messaggi/vecchi/due.xml", bad)
	d.put("messaggi/.git/index", []byte("x"))
	d.put("messaggi/.DS_Store", []byte("x"))
	d.put("messaggi/rotto.zip", []byte("PK\x03\x04"))
	d.put("messaggi/storta.http", []byte("POST /soap/lazio HTTP/1.1\r\nHost nodo.example\r\n\r\n<a/>"))
	d.put("vuoto.zip", zipOf(d.t))
}

// probes are runs over files, with flags; each has its golden report.
func probes() map[string]string {
	return map[string]string{
		"documenti":   "--trust ca.pem buono.xml alterato.xml estraneo.xml senza-firma.xml errato.xml regola.xml dtd.xml",
		"senza-trust": "buono.xml estraneo.xml",
		"buste":       "--trust ca.pem busta.xml busta12.xml elementi.xml spezzata.xml eco.xml egov.xml egov-errata.xml egov-scaduta.xml",
		"richieste":   "--trust ca.pem richiesta.http richiesta-errata.http richiesta-corta.http",
		"canale":      "--trust ca.pem --channel senza-firma.xml regionale.xml regionale-ignote.xml regionale-errato.xml buono.xml",
		"regionale":   "--trust ca.pem regionale.xml",
		"modi":        "--trust ca.pem --modi-trust ca.pem --to https://nodo.example/soap/lazio modi.xml modi-alterata.xml busta.xml",
		"modi-altrui": "--trust ca.pem --modi-trust ca.pem --to https://altro.example/ modi.xml",
		"lotto":       "--trust ca.pem lotto.zip",
		"cartella":    "--trust ca.pem messaggi vuoto.zip",
		"collegata":   "--trust ca.pem collegata",
		"codifiche":   "--trust ca.pem utf16.xml bom.xml latin1.xml testo.xml vuoto.xml",
		"modi-senza":  "--trust ca.pem modi.xml",
	}
}

// judge runs the probe over files and gives what it prints, without what differs
// from one machine to another.
func (d *probeDesk) judge(args ...string) (int, string) {
	d.t.Helper()
	line := []string{"--at", d.at.Format(time.RFC3339)}
	for i, a := range args {
		if strings.HasSuffix(a, ".xml") || strings.HasSuffix(a, ".http") || strings.HasSuffix(a, ".pem") || strings.HasSuffix(a, ".zip") || a == "messaggi" || a == "collegata" || i > 0 && args[i-1] == "--html" {
			a = d.path(a)
		}
		line = append(line, a)
	}
	var out, errs bytes.Buffer
	code := runVerb(d.t, line, &out, &errs)
	if errs.Len() > 0 {
		d.t.Errorf("%v: %s", args, errs.String())
	}
	return code, regexp.MustCompile(`snodo \(devel\)|snodo v\S+`).ReplaceAllString(out.String(), "snodo PROVA")
}

const probeGolden = "testdata/probe.txtar"

// TestProbeFiles: every kind of file, good and bad, has the report that the golden
// file shows; it exits 0 only if nothing failed.
func TestProbeFiles(t *testing.T) {
	t.Parallel()
	d := newProbeDesk(t)
	d.files()
	golden := new(txtar.Archive)
	if text, err := os.ReadFile(probeGolden); err == nil {
		golden = txtar.Parse(text)
	}
	want := map[string]string{}
	for _, f := range golden.Files {
		want[f.Name] = string(f.Data)
	}
	written := &txtar.Archive{Comment: []byte("Reports of `snodo probe` over files, by run. Rewrite with -update and read the difference.\n")}
	names := make([]string, 0, len(probes()))
	for name := range probes() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		code, got := d.judge(strings.Fields(probes()[name])...)
		got = fmt.Sprintf("$ snodo probe %s\nexit %d\n%s", probes()[name], code, got)
		written.Files = append(written.Files, txtar.File{Name: name, Data: []byte(got)})
		if !*update && got != want[name] {
			t.Errorf("%s: want\n%s\ngot\n%s", name, want[name], got)
		}
		if wantCode := map[bool]int{true: verb.ExitFinding, false: verb.ExitDone}[strings.Contains(got, "\n  NO ")]; code != wantCode {
			t.Errorf("%s: exit code %d", name, code)
		}
	}
	if *update {
		if err := os.WriteFile(probeGolden, txtar.Format(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProbeSavedMessages: a signed message from a file is old by nature; it is held
// against the clock only where an instant was given.
func TestProbeSavedMessages(t *testing.T) {
	t.Parallel()
	d := newProbeDesk(t)
	d.files()
	message := fresh[[]byte](t)(os.ReadFile(d.path("modi.xml")))
	anchors := fresh[[]*x509.Certificate](t)(verb.ReadAnchors("--trust", d.path("ca.pem")))
	later := d.at.AddDate(0, 0, 2)
	n := fresh[*node.Norms](t)(node.ReadNorms(t.Context(), "", later))
	for dated, want := range map[bool]string{false: "superata", true: "fallita"} {
		r := newRehearsal(n, later, d.at.Location(), anchors, anchors)
		r.dated = dated
		part := fresh[probe.Part](t)(r.judgeFile(t.Context(), "modi.xml", message, ""))
		for _, c := range part.Checks {
			if c.ID == "messaggio" && (string(c.Verdict) != want || dated && c.Findings[0].Code != string(fault.MessageStale)) {
				t.Errorf("dated %t: %+v", dated, c)
			}
			if c.ID != "messaggio" && c.Verdict != probe.Held {
				t.Errorf("dated %t: %+v", dated, c)
			}
		}
	}
}

// TestProbePage: the page tells of files what the text does, and quotes nothing of
// them.
func TestProbePage(t *testing.T) {
	t.Parallel()
	d := newProbeDesk(t)
	d.files()
	if code, _ := d.judge("--trust", "ca.pem", "--html", "esame.html", "errato.xml", "buono.xml"); code != verb.ExitFinding {
		t.Errorf("exit code %d", code)
	}
	page := string(fresh[[]byte](t)(os.ReadFile(d.path("esame.html"))))
	for _, want := range []string{"errato.xml", "buono.xml", "XSD-20", "ENV-04", "Scrivere sedici zeri"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, secret := range []string{"quaranta", "1300126000000001", string(d.sampler.Worker(4).AnagraficaCompleta.CodiceFiscale)} {
		if strings.Contains(page, secret) {
			t.Errorf("the page quotes %s", secret)
		}
	}
}

// TestProbePageLost: where the page cannot be written the report is there all the same.
func TestProbePageLost(t *testing.T) {
	t.Parallel()
	d := newProbeDesk(t)
	d.put("eco.xml", []byte(`<s:Envelope xmlns:s="`+envelope.SOAP11+`"><s:Body><Echo xmlns="`+envelope.HubNS+`"><Testo>x</Testo></Echo></s:Body></s:Envelope>`))
	var out, errs bytes.Buffer
	code := runVerb(t, []string{"--html", d.path("absent/esame.html"), d.path("eco.xml")}, &out, &errs)
	if code != verb.ExitFailed || !strings.Contains(errs.String(), "--html") || !strings.Contains(out.String(), "PUNTEGGIO 100%") {
		t.Errorf("exit code %d, %s\n%s", code, &errs, &out)
	}
}

// TestRehearsalAgrees: of documents good, late and faulty, of every kind, the
// rehearsal says what a hub says, code by code.
func TestRehearsalAgrees(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signer := signerFor(t, data, 0)
	h := startHub(t, data)
	s := samplesOf(t, "marche", 0)
	then := s
	then.Day = s.Day.AddDate(0, 0, -40)
	late := then.Hiring(60)
	late.DataInvio = s.Sent()
	misshapen := s.Hiring(61)
	misshapen.Lavoratore.LivelloIstruzione, misshapen.CodiceComunicazione = "quaranta", "1300126000000001"
	list := append(s.EveryKind(1), s.Hiring(1), late, misshapen, sample.Faulty(s, 62))
	n := fresh[*node.Norms](t)(node.ReadNorms(t.Context(), "", time.Now()))
	anchors := fresh[[]*x509.Certificate](t)(verb.ReadAnchors("--trust", filepath.Join(data, "ca.pem")))
	r := newRehearsal(n, time.Now(), s.Day.Location(), anchors, nil)
	for i, c := range list {
		document := fresh[[]byte](t)(signer.Sign(c))
		answer, err := endpointOf(http.DefaultClient, h.URL(), "marche").Submit(t.Context(), c.Kind(), document)
		if err != nil {
			t.Fatal(err)
		}
		var said, rehearsed []string
		for _, f := range parsed(t, answer.Receipt).Faults {
			said = append(said, f.Code+" "+f.Path)
		}
		part := fresh[probe.Part](t)(r.judgeFile(t.Context(), "x.xml", document, "marche"))
		for _, check := range part.Checks {
			for _, f := range check.Findings {
				rehearsed = append(rehearsed, f.Code+" "+f.Path)
			}
		}
		slices.Sort(said)
		slices.Sort(rehearsed)
		if !slices.Equal(said, rehearsed) || part.Score().Whole() != answer.Accepted {
			t.Errorf("document %d, %s: the hub says %q, the rehearsal %q (%v)", i, c.Kind(), said, rehearsed, part.Score())
		}
		if i >= len(list)-2 && len(said) == 0 {
			t.Errorf("document %d has no faults", i)
		}
	}
}
