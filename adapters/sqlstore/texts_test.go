package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// textsOf knows texts by the numbers from 1, all of them this process's own.
func textsOf(list ...string) *texts {
	t := &texts{known: make(map[int64][]byte)}
	for i, text := range list {
		t.known[int64(i+1)] = []byte(text)
		t.own = append(t.own, sharedText{int64(i + 1), []byte(text)})
	}
	return t
}

func TestCut(t *testing.T) {
	t.Parallel()
	shared := textsOf("<seal>", "<key/>", "</end>")
	for receipt, want := range map[string]string{
		"1<seal>2<key/>3</end>":      "123",
		"<seal><key/></end>":         "",
		"1<seal>2</end>4":            "124",
		"<key/>1<seal>2":             "<key/>12", // not in their order: one of them
		"<seal>1<seal>2":             "1<seal>2",
		"nothing of it <seal><key/>": "nothing of it ",
	} {
		own, pieces := shared.cut([]byte(receipt))
		if string(own) != want || pieces == nil {
			t.Errorf("%s: stored %q, pieces %x", receipt, own, pieces)
		}
		if back, err := (cutReceipt{own, pieces}).join(shared.known); err != nil || string(back) != receipt {
			t.Errorf("%s: back %q, %v", receipt, back, err)
		}
	}
	for _, receipt := range []string{"sealed otherwise", ""} {
		if own, pieces := shared.cut([]byte(receipt)); string(own) != receipt || pieces != nil {
			t.Errorf("%q: stored %q, pieces %x", receipt, own, pieces)
		}
	}
}

// TestCutAndJoin: whatever receipts and texts are, what is read is what was
// sealed.
func TestCutAndJoin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[ab<>]{1,4}`), 0, 6)
		shared := textsOf(words.Draw(t, "texts")...)
		receipt := fmt.Append(nil, words.Draw(t, "receipt"))
		kept := bytes.Clone(receipt)
		own, pieces := shared.cut(receipt)
		back, err := (cutReceipt{own, pieces}).join(shared.known)
		if err != nil || !bytes.Equal(back, receipt) || !bytes.Equal(receipt, kept) {
			t.Fatalf("back %q of %q, %v", back, receipt, err)
		}
	})
}

// TestBrokenPieces: what does not fit is an error, and never a receipt.
func TestBrokenPieces(t *testing.T) {
	t.Parallel()
	known := textsOf("text").known
	for name, c := range map[string]cutReceipt{
		"a place behind the end": {[]byte("own"), []byte{4, 1}},
		"an unknown text":        {[]byte("own"), []byte{0, 2}},
		"no text":                {[]byte("own"), []byte{0}},
		"half a number":          {[]byte("own"), []byte{0x80}},
		"too large a number":     {[]byte("own"), bytes.Repeat([]byte{0xff}, 11)},
		"half a text's number":   {[]byte("own"), []byte{0, 0x80}},
	} {
		if got, err := c.join(known); !errors.Is(err, errPieces) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
