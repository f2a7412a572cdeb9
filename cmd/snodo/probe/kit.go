package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// kit gathers what the flags give, and makes the strangers whom nobody trusts.
func (c Cmd) kit() (*kit, error) {
	k := &kit{channel: c.Channel, now: time.Now}
	if c.Data != "" {
		if err := k.fromFolder(c.Data); err != nil {
			return nil, err
		}
	}
	for _, read := range []func(Cmd) error{k.readSigner, k.readModI, k.readSeals, k.readRoots, k.readClient} {
		if err := read(c); err != nil {
			return nil, err
		}
	}
	return k, k.strangers()
}

// strangers have flawless certificates of an authority of their own.
func (k *kit) strangers() error {
	now := k.now()
	s, err := sender.NewStranger(now)
	if err != nil {
		return err
	}
	k.stranger = s.Sealer
	authority, err := xmlsig.NewAuthority("Autorità sconosciuta", now)
	if err != nil {
		return err
	}
	k.strangeSystem, err = newSystem(authority, now)
	return err
}

// newSystem makes a system of an invented body.
func newSystem(a *xmlsig.Authority, now time.Time) (*xmlsig.Sealer, error) {
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		return nil, err
	}
	leaf, err := a.IssueSystem(sample.InventFirm(990), key.Public(), now)
	if err != nil {
		return nil, err
	}
	return xmlsig.NewSealer(key, []*x509.Certificate{leaf, a.Certificate})
}

// fromFolder has the development authority of a data folder certify a signer and a
// system for this run; nothing is written.
func (k *kit) fromFolder(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "ca.pem")); err != nil {
		return fmt.Errorf("read --data: %w", err) // OpenKeys would make an authority that nobody trusts
	}
	now := k.now()
	keys, err := xmlsig.OpenKeys(dir, now)
	if err != nil {
		return fmt.Errorf("read --data: %w", err)
	}
	if keys.Authority.Key == nil {
		return errors.New("read --data: the authority's key is not there: give --cert and --key")
	}
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		return err
	}
	leaf, err := keys.Authority.IssuePerson(sample.Invent(991).CodiceFiscale(), key.Public(), now)
	if err != nil {
		return err
	}
	if k.signer, err = xmlsig.NewSealer(key, []*x509.Certificate{leaf, keys.Authority.Certificate}); err != nil {
		return err
	}
	k.hubs, k.seals = keys.Seals().Certificates(), keys.Seals().Certificates()
	k.system, err = newSystem(keys.Authority, now)
	return err
}

func (k *kit) readSigner(c Cmd) (err error) {
	if (c.Cert == "") != (c.Key == "") {
		return fmt.Errorf("--cert and --key go together: %w", verb.ErrUsage)
	}
	if c.Cert != "" {
		k.signer, err = verb.ReadSealer("--cert", c.Cert, "--key", c.Key)
	}
	return err
}

func (k *kit) readModI(c Cmd) (err error) {
	f := c.ModI
	if f == (modiFlags{}) {
		return nil
	}
	if f.Cert == "" || f.Key == "" || f.Trust == "" {
		return fmt.Errorf("--modi-cert, --modi-key and --modi-trust go together: %w", verb.ErrUsage)
	}
	if k.system, err = verb.ReadSealer("--modi-cert", f.Cert, "--modi-key", f.Key); err != nil {
		return err
	}
	k.hubs, err = verb.ReadAnchors("--modi-trust", f.Trust)
	return err
}

func (k *kit) readSeals(c Cmd) (err error) {
	if c.Seal != "" {
		k.seals, err = verb.ReadAnchors("--seal", c.Seal)
	}
	return err
}

func (k *kit) readRoots(c Cmd) error {
	if c.CA == "" {
		return nil
	}
	list, err := verb.ReadAnchors("--ca", c.CA)
	if err != nil {
		return err
	}
	k.roots = x509.NewCertPool()
	for _, one := range list {
		k.roots.AddCert(one)
	}
	return nil
}

func (k *kit) readClient(c Cmd) error {
	if (c.Client == "") != (c.Secret == "") {
		return fmt.Errorf("--client-cert and --client-key go together: %w", verb.ErrUsage)
	}
	if c.Client == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.Client, c.Secret)
	if err != nil {
		return fmt.Errorf("read --client-cert: %w", err)
	}
	k.clients = []tls.Certificate{pair}
	return nil
}

func (k *kit) clientTLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: k.roots, Certificates: k.clients}
}
