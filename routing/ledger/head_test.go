package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// keyed seals by hashing with a secret.
type keyed string

func (k keyed) Sign(m []byte) ([]byte, error) {
	s := sha256.Sum256(append([]byte(k), m...))
	return s[:], nil
}

func (k keyed) Seal() Hash { return sha256.Sum256([]byte(k)) }

func (k keyed) Verify(certificate Hash, message, seal []byte) error {
	want, _ := k.Sign(message)
	if certificate != k.Seal() || string(want) != string(seal) {
		return errors.New("wrong seal")
	}
	return nil
}

func TestSealedHead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 0, 0, 123_456_789, mustRome(t))
	h, err := SealHead(Head{Position: 3, Hash: Hash{0xaa}}, at, keyed("k"))
	if err != nil {
		t.Fatal(err)
	}
	want := hex.EncodeToString([]byte("snodo/head/v1")) + "0000000000000003" + "000660d9b3bfc640"
	if got := hex.EncodeToString(h.Bytes()); !strings.HasPrefix(got, want) || len(got) != 2*(13+8+8+32+32) {
		t.Errorf("bytes %s", got)
	}
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"instant":"2026-11-22T09:00:00.123456Z"`) {
		t.Errorf("json %s", b)
	}
	var back SealedHead
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if string(back.Bytes()) != string(h.Bytes()) || string(back.Seal) != string(h.Seal) {
		t.Error("the head changed on its way")
	}
	if err := keyed("k").Verify(back.Certificate, back.Bytes(), back.Seal); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]string{
		"unknown field": strings.Replace(string(b), `{`, `{"extra":1,`, 1),
		"bad hash":      strings.Replace(string(b), `"hash":"aa`, `"hash":"zz`, 1),
		"bad instant":   strings.Replace(string(b), `T09:00`, ` 09:00`, 1),
		"not an object": `[]`,
	} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
