package xmlsig

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// successionLayout is how the name of a successor's files tells the instant
// from which it seals: seal-20270101T000000Z.pem, in UTC.
const successionLayout = "20060102T150405Z"

// maxSuccessors bounds what is read of a folder: at one a year, a lifetime.
const maxSuccessors = 100

// Turn is one seal of a succession. Sealer is nil where the key is not here: a
// seal whose turn is over needs none.
type Turn struct {
	From        time.Time // zero: since ever
	Certificate *x509.Certificate
	Sealer      *Sealer
}

// File is the name of the certificate's file among those of a purpose, "seal"
// or "conversion".
func (t Turn) File(purpose string) string {
	if t.From.IsZero() {
		return purpose + ".pem"
	}
	return purpose + "-" + t.From.UTC().Format(successionLayout) + ".pem"
}

// Seals are the seals of one purpose, in the order of their turns. Several are
// alive at once: what the former made goes on verifying, the one whose turn it
// is seals.
type Seals []Turn

// At is the seal whose turn it is at an instant, the first before any turn. A
// clock that goes back to a turn that has no key any more finds the next one.
func (s Seals) At(at time.Time) *Sealer {
	i := len(s) - 1
	for i > 0 && at.Before(s[i].From) {
		i--
	}
	for s[i].Sealer == nil {
		i++ // the last has its key, or the keys would not have opened
	}
	return s[i].Sealer
}

// Certificates are those of all turns, past and to come.
func (s Seals) Certificates() []*x509.Certificate {
	list := make([]*x509.Certificate, len(s))
	for i, t := range s {
		list[i] = t.Certificate
	}
	return list
}

// Seals are the seals of receipts and sealed heads.
func (k *Keys) Seals() Seals { return k.seals }

// Conversions are the seals of converted documents.
func (k *Keys) Conversions() Seals { return k.conversions }

// IssueSuccessor makes the key and certificate of a seal, "seal" or
// "conversion", that takes its turn at an instant to come, and gives their path
// without ending. It never overwrites.
func (a *Authority) IssueSuccessor(dir, purpose string, from, now time.Time) (string, error) {
	subject, ok := sealSubject(purpose)
	if !ok {
		return "", fmt.Errorf("issue successor: no seal is called %q", purpose)
	}
	if !from.After(now) {
		return "", errors.New("issue successor: its turn must be to come, so that everybody knows it before")
	}
	base := filepath.Join(dir, purpose+"-"+from.UTC().Format(successionLayout))
	key, err := keyOf(base + ".key")
	if err != nil {
		return "", fmt.Errorf("issue successor: %w", err)
	}
	made, err := a.IssueSeal(subject, key.Public(), now)
	if err != nil {
		return "", err
	}
	if from.After(made.NotAfter) {
		return "", errors.New("issue successor: it would end before its turn")
	}
	if err := writeNew(base+".pem", EncodeCertificates(made), 0o644); err != nil {
		return "", fmt.Errorf("issue successor: %w", err)
	}
	return base, nil
}

func sealSubject(purpose string) (string, bool) {
	switch purpose {
	case sealPurpose:
		return "Snodo: sigillo delle ricevute", true
	case conversionPurpose:
		return "Snodo: sigillo di conversione", true
	}
	return "", false
}

// successors are the certificates of a purpose's later turns, in their order.
func successors(dir, purpose string) (Seals, error) {
	paths, err := filepath.Glob(filepath.Join(dir, purpose+"-*.pem"))
	if err != nil {
		return nil, fmt.Errorf("find successors: %w", err)
	}
	if len(paths) > maxSuccessors {
		return nil, fmt.Errorf("find successors: more than %d in %s", maxSuccessors, dir)
	}
	var list Seals
	for _, path := range paths {
		stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), purpose+"-"), ".pem")
		from, err := time.Parse(successionLayout, stamp)
		if err != nil {
			return nil, fmt.Errorf("%s: want %s-%s.pem, the instant in UTC", path, purpose, successionLayout)
		}
		chain, err := readChain(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if c := chain[0]; from.Before(c.NotBefore) || from.After(c.NotAfter) {
			return nil, fmt.Errorf("%s: its certificate is not valid at that instant", path)
		}
		list = append(list, Turn{From: from, Certificate: chain[0]})
	}
	slices.SortFunc(list, func(a, b Turn) int { return a.From.Compare(b.From) })
	return list, nil
}

// openSeals opens every seal of a purpose, making the first if it is missing. A
// key that is not there is an error, unless another's turn has begun since.
func openSeals(dir, purpose string, a *Authority, now time.Time) (Seals, error) {
	later, err := successors(dir, purpose)
	if err != nil {
		return nil, err
	}
	over := func(i int) bool { return i < len(later) && !now.Before(later[i].From) } // the turn before later[i]
	first, err := openSealer(dir, purpose, a, now)
	turn := Turn{Sealer: first}
	if errors.Is(err, fs.ErrNotExist) && over(0) {
		var chain []*x509.Certificate
		if chain, err = readChain(filepath.Join(dir, purpose+".pem")); err == nil {
			turn.Certificate = chain[0]
		}
	} else if err == nil {
		turn.Certificate = first.Certificate()
	}
	if err != nil {
		return nil, err
	}
	for i := range later {
		path := filepath.Join(dir, purpose+"-"+later[i].From.Format(successionLayout))
		key, err := ReadKey(path + ".key")
		if errors.Is(err, fs.ErrNotExist) && over(i+1) {
			continue
		}
		if err != nil {
			return nil, err
		}
		chain, err := readChain(path + ".pem")
		if err != nil {
			return nil, err
		}
		if later[i].Sealer, err = NewSealer(key, chain); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return append(Seals{turn}, later...), nil
}

// Successions are the public halves of a folder's keys with their turns.
type Successions struct {
	Authority          *x509.Certificate
	Seals, Conversions Seals // without Sealer
}

// OpenSuccessions reads ca.pem, seal.pem, conversion.pem and successors. A file
// that is missing is fs.ErrNotExist.
func OpenSuccessions(dir string) (Successions, error) {
	var s Successions
	authority, err := readChain(filepath.Join(dir, "ca.pem"))
	if err == nil {
		s.Authority = authority[0]
		s.Seals, err = turns(dir, sealPurpose)
	}
	if err == nil {
		s.Conversions, err = turns(dir, conversionPurpose)
	}
	if err != nil {
		return Successions{}, fmt.Errorf("open certificates: %w", err)
	}
	return s, nil
}

// turns are the certificates of all turns of a purpose.
func turns(dir, purpose string) (Seals, error) {
	chain, err := readChain(filepath.Join(dir, purpose+".pem"))
	if err != nil {
		return nil, err
	}
	later, err := successors(dir, purpose)
	if err != nil {
		return nil, err
	}
	return append(Seals{{Certificate: chain[0]}}, later...), nil
}

// SealCertificates are the certificates that a folder's receipts and heads may
// be sealed with: those of seal.pem and of its successors.
func SealCertificates(dir string) ([]*x509.Certificate, error) {
	list, err := turns(dir, sealPurpose)
	if err != nil {
		return nil, fmt.Errorf("open seals: %w", err)
	}
	return list.Certificates(), nil
}
