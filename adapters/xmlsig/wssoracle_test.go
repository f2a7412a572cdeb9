package xmlsig

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/enum"
	"github.com/lestrrat-go/helium/xmldsig1"

	"github.com/snodo-co/snodo/xsd/fault"
)

// heliumMessage is helium's verdict on a message: it is told which attributes
// are identifiers, and the key.
func heliumMessage(msg []byte, key any) error {
	parsed, err := helium.NewParser().Parse(context.Background(), msg)
	if err != nil {
		return err
	}
	err = helium.Walk(parsed, helium.NodeWalkerFunc(func(n helium.Node) error {
		if e, ok := n.(*helium.Element); ok {
			for _, a := range e.Attributes() {
				if a.URI() == spaceWSU && a.LocalName() == "Id" {
					a.SetAType(enum.AttrID)
				}
			}
		}
		return nil
	}))
	if err != nil {
		return err
	}
	_, err = xmldsig1.NewVerifier(xmldsig1.StaticKey(key)).Verify(context.Background(), parsed)
	return err
}

// randomMessage is a message whose Body holds a random document; nil if that
// cannot stand inside one.
func randomMessage(seed uint64) []byte {
	doc := string(randomDocument(seed))
	if strings.HasPrefix(doc, "<?xml") {
		doc = doc[strings.Index(doc, "?>")+2:]
	}
	var p pass
	if p.run([]byte(doc)) != nil || strings.Contains(doc, "soapenv") {
		return nil
	}
	return []byte(`<soapenv:Envelope xmlns:soapenv="` + spaceSOAP11 + `" xmlns:p="urn:outer"><soapenv:Body>` + doc + `</soapenv:Body></soapenv:Envelope>`)
}

// TestHeliumReadsMessages: random messages that we signed verify with helium,
// but for the classes in which it canonicalises otherwise.
func TestHeliumReadsMessages(t *testing.T) {
	t.Parallel()
	p := allSystems()
	judged, agreed := 0, 0
	for seed := uint64(9_000_000); judged < verdicts(40); seed++ {
		plain := randomMessage(seed)
		if plain == nil {
			continue
		}
		sealed, err := p.rsa.SealMessage(plain, stamp())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, plain)
		}
		judged++
		verifyMessage(t, string(sealed), office, "")
		err = heliumMessage(sealed, p.rsa.key.Public().(*rsa.PublicKey))
		if err == nil {
			agreed++
		} else if classOf(heliumClasses(), plain) == "" {
			t.Fatalf("seed %d: helium %v\n%s", seed, err, sealed)
		}
	}
	if agreed < judged/2 {
		t.Errorf("%d of %d agreed", agreed, judged)
	}
}

// TestHeliumJudgesForgeries: where helium finds a message's sums wrong, so do we.
// The reverse is not asked: positions and tokens are our rules alone.
func TestHeliumJudgesForgeries(t *testing.T) {
	t.Parallel()
	p := allSystems()
	for name, bend := range map[string]func(*forgery){
		"as it is": func(*forgery) {},
		"PrefixLists": func(f *forgery) {
			f.prefixes = map[string]string{"ts": "wsse soap", "to": "soap unused", "mid": "soap", "body": "unused"}
			f.infoPrefixes = "soap"
		},
		"token signed": func(f *forgery) { f.refs = append(f.refs, "bst") },
	} {
		f := newForgery()
		bend(&f)
		msg := f.message(t)
		if err := heliumMessage([]byte(msg), p.rsa.key.Public()); err != nil {
			t.Errorf("%s: helium %v", name, err)
		}
		verifyMessage(t, msg, office, "")
		for i := 0; i < len(msg); i += 7 {
			mutant := []byte(msg)
			mutant[i] ^= 2
			if _, refused := p.verifier.Verify(mutant, office); refused != nil {
				continue
			}
			if err := heliumMessage(mutant, p.rsa.key.Public()); err != nil {
				t.Fatalf("%s, byte %d: helium %v\n%s", name, i, err, mutant)
			}
		}
	}
}

// TestXmlsec1ReadsMessages: xmlsec1 verifies what we sign.
func TestXmlsec1ReadsMessages(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	p, dir := allSystems(), t.TempDir()
	pem, msg := filepath.Join(dir, "c.pem"), filepath.Join(dir, "m.xml")
	for _, by := range []*Sealer{p.rsa, p.ecdsa} {
		sealed := must(by.SealMessage([]byte(request(spaceSOAP11)), stamp()))
		if err := os.WriteFile(pem, EncodeCertificates(by.chain[0]), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(msg, sealed, 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"--verify", "--pubkey-cert-pem", pem}
		for _, node := range []string{spaceWSU + ":Timestamp", spaceWSSE + ":BinarySecurityToken", spaceSOAP11 + ":Body",
			spaceWSA + ":To", spaceWSA + ":MessageID", spaceWSA + ":Action"} {
			args = append(args, "--id-attr:Id", node)
		}
		if out, err := exec.Command(program, append(args, msg)...).CombinedOutput(); err != nil {
			t.Errorf("xmlsec1: %v\n%s", err, out)
		}
	}
}

// FuzzMessage feeds a verifier that knows signed messages: it must not panic,
// and must accept nothing that was not signed; and what can be sealed must
// verify.
func FuzzMessage(f *testing.F) {
	anchors := must(ParseCertificates(must(os.ReadFile(wss4jFixtures + "/anchors.pem"))))
	p := allSystems()
	p.verifier = NewMessageVerifier(NewTrust(map[string][]*x509.Certificate{office: append(anchors, p.ca.Certificate)}))
	genuine := map[[sha256.Size]byte]bool{}
	add := func(msg []byte) {
		if got, refused := p.verifier.Verify(msg, office); refused == nil {
			genuine[got.Digest] = true
		}
		f.Add(msg)
	}
	for _, by := range []*Sealer{p.rsa, p.ecdsa, p.two} {
		add(must(by.SealMessage([]byte(request(spaceSOAP12)), stamp())))
	}
	for _, m := range wss4jMessages() {
		add(must(os.ReadFile(filepath.Join(wss4jFixtures, m[0]))))
	}
	for _, seed := range []string{"", "<", "</", "<a", "<e:Envelope xmlns:e='" + spaceSOAP11 + "'><e:Header/>"} {
		f.Add([]byte(seed))
	}
	for seed := range uint64(4) {
		f.Add(randomMessage(seed))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		got, refused := p.verifier.Verify(msg, office)
		if refused == nil && !genuine[got.Digest] {
			t.Fatalf("accepted a Body that nobody signed: %q", got.Body)
		}
		if refused != nil && (refused.Code == "" || got.Body != nil || got.Certificate != nil) {
			t.Fatalf("fault %v beside %+v", refused, got)
		}
		if refused != nil {
			if _, ok := fault.Lookup(refused.Code); !ok {
				t.Fatalf("fault %s is not in the catalogue", refused.Code)
			}
		}
		sealed, err := p.ecdsa.SealMessage(msg, stamp())
		if err != nil {
			return
		}
		again, refused := p.verifier.Verify(sealed, office)
		if refused != nil {
			t.Fatalf("sealed: %s\n%q", refused.Code, sealed)
		}
		genuine[again.Digest] = true
	})
}

func BenchmarkMessage(b *testing.B) {
	p, doc := allSystems(), everyone()
	for name, by := range map[string]*Sealer{"RSA-2048": p.rsa, "P-256": p.ecdsa} {
		inner := must(doc.rsa.Seal(communication(4 << 10)))
		plain := `<soapenv:Envelope xmlns:soapenv="` + spaceSOAP11 + `"><soapenv:Body><t:op xmlns:t="urn:t"><t:doc>` +
			strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(string(inner)) + `</t:doc></t:op></soapenv:Body></soapenv:Envelope>`
		msg := must(by.SealMessage([]byte(plain), stamp()))
		b.Run(name+"/envelope", func(b *testing.B) {
			b.SetBytes(int64(len(msg)))
			b.ReportAllocs()
			for b.Loop() {
				if _, f := p.verifier.Verify(msg, office); f != nil {
					b.Fatal(f.Code)
				}
			}
		})
		b.Run(name+"/envelope and document", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, f := p.verifier.Verify(msg, office); f != nil {
					b.Fatal(f.Code)
				}
				if _, faults := doc.verifier.Verify(inner, region); faults != nil {
					b.Fatal(codes(faults))
				}
			}
		})
		b.Run(name+"/seal", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := by.SealMessage([]byte(plain), stamp()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("bare RSA-2048", func(b *testing.B) {
		pub := p.rsa.key.Public().(*rsa.PublicKey)
		hashed := sha256.Sum256(nil)
		value := must(p.rsa.key.Sign(nil, hashed[:], crypto.SHA256))
		b.ReportAllocs()
		for b.Loop() {
			if rsa.VerifyPKCS1v15(pub, crypto.SHA256, hashed[:], value) != nil {
				b.Fatal("does not verify")
			}
		}
	})
}

// TestMessageAllocations: what a steady verifier allocates (issue: at most 30).
func TestMessageAllocations(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector's run is a short one, and it allocates of its own")
	}
	p := allSystems()
	f := newForgery()
	f.prefixes = map[string]string{"ts": "wsse soap", "to": "soap unused", "mid": "soap", "body": "unused"}
	f.infoPrefixes = "soap"
	for name, msg := range map[string][]byte{
		"ours":    must(p.rsa.SealMessage([]byte(request(spaceSOAP11)), stamp())),
		"P-256":   must(p.ecdsa.SealMessage([]byte(request(spaceSOAP11)), stamp())),
		"WSS4J's": []byte(f.message(t)),
	} {
		verifyMessage(t, string(msg), office, "")
		if n := testing.AllocsPerRun(100, func() { _, _ = p.verifier.Verify(msg, office) }); n > 30 {
			t.Errorf("%s: %v allocations", name, n)
		} else {
			t.Logf("%s: %v allocations", name, n)
		}
	}
	// The document inside is verified as well: still no more than that for both.
	people := everyone()
	for name, by := range map[string]struct{ system, person *Sealer }{"RSA-2048": {p.rsa, people.rsa}, "P-256": {p.ecdsa, people.ecdsa}} {
		msg := must(by.system.SealMessage([]byte(request(spaceSOAP11)), stamp()))
		inner := must(by.person.Seal(communication(4 << 10)))
		n := testing.AllocsPerRun(100, func() {
			_, _ = p.verifier.Verify(msg, office)
			_, _ = people.verifier.Verify(inner, region)
		})
		if t.Logf("%s, envelope and document: %v allocations", name, n); n > 30 {
			t.Errorf("%s, envelope and document: %v allocations", name, n)
		}
	}
}
