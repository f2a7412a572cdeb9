package xmlsig

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Keys are the key files of a data folder: ca.pem, seal.pem and
// conversion.pem, each with its .key (PKCS #8 in PEM, mode 0600). The receipt
// seal and the conversion seal are distinct certificates. Each may have
// successors, whose files name the instant of their turn (Seals).
type Keys struct {
	Authority  *Authority // of ca.pem; its Key is nil if ca.key is kept elsewhere
	Seal       *Sealer    // of receipts, of the turn when the keys were opened
	Conversion *Sealer    // of converted documents, likewise

	seals, conversions Seals
}

// The purposes of seals: the names of their files.
const (
	sealPurpose       = "seal"
	conversionPurpose = "conversion"
)

// OpenKeys reads the key files of dir and makes those that are missing: a
// development authority, and certificates of that authority for the two seals.
// No file is ever overwritten, each appears whole or not at all and is synced
// before OpenKeys returns, so a crash or a second process at any instant leaves
// a folder that opens. A certificate without its key, but for the authority's
// and for seals whose turn is over, or of another key is an error.
func OpenKeys(dir string, now time.Time) (*Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	authority, err := openAuthority(dir, now)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	keys := &Keys{Authority: authority}
	if keys.seals, err = openSeals(dir, sealPurpose, authority, now); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if keys.conversions, err = openSeals(dir, conversionPurpose, authority, now); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	keys.Seal, keys.Conversion = keys.seals.At(now), keys.conversions.At(now)
	return keys, nil
}

// Certificates are the public halves of a folder's keys.
type Certificates struct {
	Authority  *x509.Certificate
	Seal       []*x509.Certificate // of all turns, in their order
	Conversion []*x509.Certificate // likewise
}

// Certificates gives the public halves.
func (k *Keys) Certificates() Certificates {
	return Certificates{
		Authority: k.Authority.Certificate, Seal: k.seals.Certificates(), Conversion: k.conversions.Certificates(),
	}
}

// OpenCertificates reads ca.pem, seal.pem, conversion.pem and successors of dir
// for who only verifies: it needs no private key and makes nothing. A file that
// is missing is fs.ErrNotExist.
func OpenCertificates(dir string) (Certificates, error) {
	s, err := OpenSuccessions(dir)
	if err != nil {
		return Certificates{}, err
	}
	return Certificates{Authority: s.Authority, Seal: s.Seals.Certificates(), Conversion: s.Conversions.Certificates()}, nil
}

// IssueTo makes a person's signing certificate: base.pem (the certificate,
// then the authority's) and base.key (PKCS #8, RSA-2048, mode 0600). It never
// overwrites.
func (a *Authority) IssueTo(base, cf string, now time.Time) error {
	return a.issueTo(base, cf, now, a.IssuePerson)
}

// IssueSystemTo is IssueTo for the messages of a body's system.
func (a *Authority) IssueSystemTo(base, cf string, now time.Time) error {
	return a.issueTo(base, cf, now, a.IssueSystem)
}

func (a *Authority) issueTo(base, cf string, now time.Time, issue func(string, crypto.PublicKey, time.Time) (*x509.Certificate, error)) error {
	if a.Key == nil {
		return errors.New("issue certificate: the authority's key is not here")
	}
	key, err := NewPersonKey()
	if err != nil {
		return err
	}
	c, err := issue(cf, key.Public(), now)
	if err != nil {
		return err
	}
	if err := writeKey(base+".key", key); err != nil {
		return fmt.Errorf("issue certificate: %w", err)
	}
	if err := writeNew(base+".pem", EncodeCertificates(c, a.Certificate), 0o644); err != nil {
		return fmt.Errorf("issue certificate: %w", err)
	}
	return nil
}

func openAuthority(dir string, now time.Time) (*Authority, error) {
	base := filepath.Join(dir, "ca")
	chain, err := readChain(base + ".pem")
	if errors.Is(err, fs.ErrNotExist) {
		key, err := keyOf(base + ".key")
		if err != nil {
			return nil, err
		}
		made, err := authorityOf(key, "Snodo: autorità di sviluppo", now)
		if err != nil {
			return nil, err
		}
		chain, err = settle(base+".pem", []*x509.Certificate{made.Certificate})
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	key, err := ReadKey(base + ".key")
	if errors.Is(err, fs.ErrNotExist) {
		return &Authority{Certificate: chain[0]}, nil
	}
	if err != nil {
		return nil, err
	}
	if !samePublicKey(chain[0].PublicKey, key.Public()) {
		return nil, errors.New("ca.pem is not of the key in ca.key")
	}
	return &Authority{Certificate: chain[0], Key: key}, nil
}

func openSealer(dir, name string, a *Authority, now time.Time) (*Sealer, error) {
	base := filepath.Join(dir, name)
	chain, err := readChain(base + ".pem")
	if errors.Is(err, fs.ErrNotExist) {
		key, err := keyOf(base + ".key")
		if err != nil {
			return nil, err
		}
		subject, _ := sealSubject(name)
		made, err := a.IssueSeal(subject, key.Public(), now)
		if err != nil {
			return nil, err
		}
		chain, err = settle(base+".pem", []*x509.Certificate{made})
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	key, err := ReadKey(base + ".key")
	if err != nil {
		return nil, err
	}
	sealer, err := NewSealer(key, chain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return sealer, nil
}

// keyOf reads the key in path, making it first if there is none.
func keyOf(path string) (crypto.Signer, error) {
	key, err := ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	made, err := NewKey()
	if err != nil {
		return nil, err
	}
	if err := writeKey(path, made); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return ReadKey(path) // another process may have been first
}

// settle writes a chain to path unless one is there, and returns what is there.
func settle(path string, chain []*x509.Certificate) ([]*x509.Certificate, error) {
	if err := writeNew(path, EncodeCertificates(chain...), 0o644); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readChain(path)
}

func readChain(path string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	return ParseCertificates(text)
}

// ReadKey reads a private key, PKCS #8 in PEM.
func ReadKey(path string) (crypto.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return ParseKey(text)
}

// ParseKey reads a private key, PKCS #8 in PEM.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("parse key: no PEM block of type PRIVATE KEY")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("parse key: not a PKCS #8 key") // err may quote the key
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, errors.New("parse key: a key that cannot sign")
	}
	return key, nil
}

// EncodeKey writes a private key, PKCS #8 in PEM.
func EncodeKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// EncodeCertificates writes certificates in PEM, in order.
func EncodeCertificates(chain ...*x509.Certificate) []byte {
	var text []byte
	for _, c := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return text
}

func writeKey(path string, key crypto.Signer) error {
	text, err := EncodeKey(key)
	if err != nil {
		return err
	}
	return writeNew(path, text, 0o600)
}

// writeNew makes a file with this content, synced, its name included; an
// existing file is left alone and is fs.ErrExist. A hard link, unlike a rename,
// never replaces.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
