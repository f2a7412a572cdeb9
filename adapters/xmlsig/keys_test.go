package xmlsig

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestOpenKeys(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	keys := must(OpenKeys(dir, noon()))
	files := map[string][]byte{}
	for _, name := range []string{"ca", "seal", "conversion"} {
		for _, ext := range []string{".pem", ".key"} {
			path := filepath.Join(dir, name+ext)
			files[path] = must(os.ReadFile(path))
		}
		if info := must(os.Stat(filepath.Join(dir, name+".key"))); info.Mode().Perm() != 0o600 {
			t.Errorf("%s.key has mode %v", name, info.Mode())
		}
	}
	if entries := must(os.ReadDir(dir)); len(entries) != len(files) {
		t.Errorf("%d files, want %d", len(entries), len(files))
	}
	if keys.Seal.Certificate().Equal(keys.Conversion.Certificate()) {
		t.Error("receipts and conversions have one seal")
	}
	again := must(OpenKeys(dir, noon().AddDate(1, 0, 0)))
	for path, before := range files {
		if !bytes.Equal(before, must(os.ReadFile(path))) {
			t.Errorf("%s was written again", filepath.Base(path))
		}
	}
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{"": {again.Authority.Certificate}}))
	for _, s := range []*Sealer{keys.Seal, keys.Conversion, again.Seal, again.Conversion} {
		got, faults := v.VerifySeal(must(s.Seal([]byte(receipt))), "")
		if len(faults) > 0 || len(got.CheckValidity(noon())) > 0 {
			t.Errorf("seal: faults %s", codes(faults))
		}
	}
}

// TestOpenKeysInterrupted: whatever subset of files a crash left, the folder
// opens, or says what is missing; it never replaces a file.
func TestOpenKeysInterrupted(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	must(OpenKeys(whole, noon()))
	names := []string{"ca.key", "ca.pem", "seal.key", "seal.pem", "conversion.key", "conversion.pem"} // in the order of writing
	for left := range names {
		dir := t.TempDir()
		for _, name := range names[:left] {
			if err := os.WriteFile(filepath.Join(dir, name), must(os.ReadFile(filepath.Join(whole, name))), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := OpenKeys(dir, noon()); err != nil {
			t.Errorf("with %v: %v", names[:left], err)
		}
		for _, name := range names[:left] {
			if !bytes.Equal(must(os.ReadFile(filepath.Join(dir, name))), must(os.ReadFile(filepath.Join(whole, name)))) {
				t.Errorf("with %v: %s was replaced", names[:left], name)
			}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(dir string) error
		opens  bool
	}{
		{"authority's key kept elsewhere", func(dir string) error { return os.Remove(filepath.Join(dir, "ca.key")) }, true},
		{"seal without key", func(dir string) error { return os.Remove(filepath.Join(dir, "seal.key")) }, false},
		{"keys swapped", func(dir string) error {
			return os.Rename(filepath.Join(dir, "seal.key"), filepath.Join(dir, "conversion.key"))
		}, false},
		{"damaged certificate", func(dir string) error { return os.WriteFile(filepath.Join(dir, "seal.pem"), nil, 0o600) }, false},
		{"damaged key", func(dir string) error { return os.WriteFile(filepath.Join(dir, "ca.key"), []byte("x"), 0o600) }, false},
	} {
		dir := t.TempDir()
		must(OpenKeys(dir, noon()))
		if err := c.damage(dir); err != nil {
			t.Fatal(err)
		}
		keys, err := OpenKeys(dir, noon())
		if (err == nil) != c.opens {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.opens {
			if err := keys.Authority.IssueTo(filepath.Join(dir, "p"), personCF, noon()); err == nil {
				t.Errorf("%s: it issued a certificate", c.name)
			}
		}
	}
}

// TestOpenKeysTogether: processes that start at once agree on the keys.
func TestOpenKeysTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var group sync.WaitGroup
	seals := make([]*Sealer, 8)
	for i := range seals {
		group.Go(func() { seals[i] = must(OpenKeys(dir, noon())).Seal })
	}
	group.Wait()
	for _, s := range seals {
		if !s.Certificate().Equal(seals[0].Certificate()) {
			t.Error("two seals for one folder")
		}
	}
}

func TestIssueTo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca := everyone().ca
	base := filepath.Join(dir, "rossi")
	if err := ca.IssueTo(base, "not a code", noon()); err == nil {
		t.Error("issued to nobody")
	}
	if err := ca.IssueTo(base, personCF, noon()); err != nil {
		t.Fatal(err)
	}
	if err := ca.IssueTo(base, personCF, noon()); err == nil {
		t.Error("overwrote a key")
	}
	signer := must(NewSealer(must(ReadKey(base+".key")), must(ParseCertificates(must(os.ReadFile(base+".pem"))))))
	if v := wantCode(t, string(must(signer.Seal([]byte(plain)))), ""); v.Signer != personCF {
		t.Errorf("signer %q", v.Signer)
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParseKey([]byte(text)); err == nil {
			t.Errorf("%q gave no error", text)
		}
	}
}

// TestOpenCertificates: who only verifies reads the public halves, and makes
// nothing where they are missing.
func TestOpenCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenCertificates(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	want := must(OpenKeys(dir, noon())).Certificates()
	for _, name := range []string{"ca.key", "seal.key", "conversion.key"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	got := must(OpenCertificates(dir))
	if !got.Authority.Equal(want.Authority) || len(got.Seal) != 1 || !got.Seal[0].Equal(want.Seal[0]) || len(got.Conversion) != 1 ||
		!got.Conversion[0].Equal(want.Conversion[0]) || got.Seal[0].Equal(got.Conversion[0]) {
		t.Error("other certificates than those of the keys")
	}
	if entries := must(os.ReadDir(dir)); len(entries) != 3 {
		t.Errorf("%d files, want 3", len(entries))
	}
}
