package xmlsig

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/beevik/etree"
	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/xmldsig1"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// verdicts is how many documents are signed and judged by both sides: a share
// of oracleDocuments unless SNODO_LONG=1, since a signature costs far more than
// a canonical form.
func verdicts(share int) int {
	if os.Getenv("SNODO_LONG") == "1" {
		return 20000
	}
	return oracleDocuments() / share
}

// signRaw signs doc and leaves its bytes as they are: the Signature goes in
// before the root's end tag. It returns nil for a root that is one empty tag,
// and for what the guard refuses.
func signRaw(t *testing.T, doc []byte, by *Sealer) []byte {
	t.Helper()
	var p pass
	if f := p.run(doc); f != nil {
		switch f.Code {
		case BlankInAttribute, RepeatedID, CommentInside:
			return nil
		}
		t.Fatalf("a random document has the fault %s\n%q", f.Code, doc)
	}
	signature := must(by.appendSignature(nil, p.content.out))
	var r xmltoken.Reader
	for r.Reset(doc, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if kind == xmltoken.End && r.Depth() == 1 {
			if r.Offset() == r.End() {
				return nil
			}
			return bytes.Join([][]byte{doc[:r.Offset()], signature, doc[r.Offset():]}, nil)
		}
	}
}

func heliumVerdict(doc []byte, key any) error {
	parsed, err := helium.NewParser().Parse(context.Background(), doc)
	if err != nil {
		return err
	}
	_, err = xmldsig1.NewVerifier(xmldsig1.StaticKey(key)).Verify(context.Background(), parsed)
	return err
}

func goxmldsigVerdict(doc []byte, cert *x509.Certificate) error {
	parsed := etree.NewDocument()
	if err := parsed.ReadFromBytes(doc); err != nil {
		return err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.Clock = dsig.NewFakeClockAt(noon())
	ctx.IdAttribute = "-"
	_, err := ctx.Validate(parsed.Root())
	return err
}

// TestSignedRandomDocuments signs random documents without rewriting them. We
// must accept all, with the canonical content; each oracle must too, but for
// the classes in which it canonicalises otherwise.
func TestSignedRandomDocuments(t *testing.T) {
	t.Parallel()
	p := everyone()
	for name, c := range map[string]struct {
		by      *Sealer
		n       int
		verdict func(doc []byte) error
		classes []explained
	}{
		"helium, P-256": {p.ecdsa, verdicts(8), func(doc []byte) error {
			return heliumVerdict(doc, p.ecdsa.chain[0].PublicKey.(*ecdsa.PublicKey))
		}, heliumClasses()},
		"goxmldsig, RSA": {p.rsa, verdicts(40), func(doc []byte) error {
			return goxmldsigVerdict(doc, p.rsa.chain[0])
		}, goxmldsigClasses()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judged, agreed := 0, 0
			count := map[string]int{}
			for seed := uint64(5_000_000); judged < c.n; seed++ {
				doc := randomDocument(seed)
				signed := signRaw(t, doc, c.by)
				if signed == nil {
					continue
				}
				judged++
				v, faults := p.verifier.Verify(signed, region)
				if len(faults) > 0 || !bytes.Equal(v.Content, canonicalOf(t, doc, 1, nil)) {
					t.Fatalf("seed %d: faults %s, content\n%q\ndocument\n%q", seed, codes(faults), v.Content, signed)
				}
				err := c.verdict(signed)
				if err == nil {
					agreed++
				} else if class := classOf(c.classes, doc); class != "" {
					count[class]++
				} else {
					t.Errorf("seed %d: refused without a reason: %v\n%q", seed, err, signed)
				}
			}
			t.Logf("%d documents: %d agree, explained %v", judged, agreed, count)
			if agreed < judged/2 {
				t.Errorf("only %d of %d agree", agreed, judged)
			}
		})
	}
}

func classOf(classes []explained, doc []byte) string {
	for _, c := range classes {
		if c.is(doc) {
			return c.name
		}
	}
	return ""
}

// stricter are the faults for which we refuse what a general verifier may
// accept: the guard and the grammar, not the sums.
func stricter(code fault.Code) bool {
	switch code {
	case DigestMismatch, SignatureMismatch, NoSignature:
		return false
	}
	return true
}

// TestMutantVerdicts damages one signed document in many ways. Where helium
// accepts and we do not, the guard or the grammar must be the reason, never a
// sum; where we accept, helium must. Of every eighth the same is asked of goxmldsig.
func TestMutantVerdicts(t *testing.T) {
	t.Parallel()
	p := everyone()
	key := p.rsa.chain[0].PublicKey.(*rsa.PublicKey)
	signed := []byte(forge(t, letter, shape, p.rsa))
	certificate := base64.StdEncoding.AppendEncode(nil, p.rsa.chain[0].Raw)
	draw := rand.New(rand.NewPCG(20261122, 1))
	count := map[string]int{}
	for i := range verdicts(5) {
		mutant := mutate(draw, signed)
		if cut := bytes.Index(signed, certificate); draw.IntN(8) > 0 { // most of the bytes are the certificate's
			mutant = append(mutate(draw, signed[:cut]), signed[cut:]...)
		}
		_, faults := p.verifier.Verify(mutant, region)
		err := heliumVerdict(mutant, key)
		switch {
		case !bytes.Contains(mutant, certificate):
			count["certificate altered, at which helium, given the key, does not look"]++
		case len(faults) == 0 && err == nil:
			count["both accept"]++
		case len(faults) > 0 && err != nil:
			count["both refuse"]++
		case len(faults) > 0 && stricter(faults[0].Code):
			count["we alone refuse, "+string(faults[0].Code)]++
		default:
			t.Errorf("ours %q, helium %v\n%.4000s", codes(faults), err, mutant)
		}
		if i%8 > 0 {
			continue // it takes ten times as long
		}
		err = goxmldsigVerdict(mutant, p.rsa.chain[0])
		switch {
		case len(faults) == 0 && err == nil:
			count["goxmldsig too accepts"]++
		case len(faults) > 0 && err != nil:
			count["goxmldsig too refuses"]++
		case len(faults) > 0 && stricter(faults[0].Code):
			count["goxmldsig accepts what we refuse, "+string(faults[0].Code)]++
		default:
			t.Errorf("ours %q, goxmldsig %v\n%.4000s", codes(faults), err, mutant)
		}
	}
	t.Logf("%v", count)
}

// mutate copies a piece of doc over another, or inserts or removes something
// that XML readers are known to disagree about.
func mutate(draw *rand.Rand, doc []byte) []byte {
	out := bytes.Clone(doc)
	for range 1 + draw.IntN(2) {
		at := draw.IntN(len(out))
		switch draw.IntN(4) {
		case 0:
			out[at] = byte(draw.IntN(128))
		case 1:
			end := min(len(out), at+draw.IntN(40))
			to := draw.IntN(len(out))
			out = bytes.Join([][]byte{out[:to], out[at:end], out[to:]}, nil)
		case 2:
			end := min(len(out), at+draw.IntN(8))
			out = append(out[:at:at], out[end:]...)
		case 3:
			pieces := []string{"<!-- -->", "<?x?>", "<![CDATA[]]>", "&#13;", "&#10;", " ", "\n", "\r\n", ` a="1"`, ` xmlns:z="urn:z"`, ` Id="1"`, "<z/>", "\u00a0", "&lt;"}
			// After a '>' or before one, where it does the most.
			if i := bytes.IndexByte(out[at:], '>'); i >= 0 {
				at += i + draw.IntN(2)
			}
			out = bytes.Join([][]byte{out[:at], []byte(pieces[draw.IntN(len(pieces))]), out[at:]}, nil)
		}
	}
	return out
}

// TestHeliumSigned verifies random documents that helium signed and wrote.
func TestHeliumSigned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by  *Sealer
		alg string
	}{
		"RSA":   {everyone().rsa, xmldsig1.AlgRSASHA256},
		"P-256": {everyone().ecdsa, xmldsig1.AlgECDSASHA256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signed := 0
			for seed := uint64(9_000_000); signed < 100; seed++ {
				doc := randomDocument(seed)
				var p pass
				if p.run(doc) != nil || classOf(heliumClasses(), doc) != "" {
					continue
				}
				parsed := must(helium.NewParser().Parse(context.Background(), doc))
				signer := xmldsig1.NewSigner().SignatureAlgorithm(c.alg).Reference(xmldsig1.NewEnvelopedReference()).
					KeyInfo(xmldsig1.X509DataKeyInfo(c.by.chain...))
				if err := signer.SignEnveloped(context.Background(), parsed, parsed.DocumentElement(), c.by.key.Signer); err != nil {
					t.Fatal(err)
				}
				signed++
				v, faults := everyone().verifier.Verify([]byte(must(helium.WriteString(parsed))), region)
				if len(faults) > 0 || !bytes.Equal(v.Content, p.content.out) {
					t.Errorf("seed %d: faults %s, content\n%q\nwant\n%q", seed, codes(faults), v.Content, p.content.out)
				}
			}
		})
	}
}
