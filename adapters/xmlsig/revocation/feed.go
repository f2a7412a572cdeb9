package revocation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How often lists are looked for.
const (
	lookEvery   = 30 * time.Second // for what is due
	renewEvery  = time.Hour        // a list that is good; sooner if its end comes
	renewLeast  = time.Minute
	retryAtMost = 15 * time.Minute // after failures, the first after renewLeast
	fetchLimit  = 30 * time.Second // for one list
)

// feed is one place where lists appear. Only the renewing goroutine uses it, but
// for the last three fields, which Source guards.
type feed struct {
	place string // a file, or an address
	kept  string // file in which what an address gave is kept

	fails    int
	modified time.Time // of the file last read
	size     int64

	due     time.Time // of an address
	current *list
	issuer  *x509.Certificate // of the list before: the next must be its too
}

func (f *feed) remote() bool { return strings.Contains(f.place, "://") }

func newFeed(place, folder string) *feed {
	f := &feed{place: place}
	if f.remote() {
		name := sha256.Sum256([]byte(place))
		f.kept = filepath.Join(folder, hex.EncodeToString(name[:16])+".crl")
	}
	return f
}

// changed reports whether the feed's file is another than the one last read.
func (f *feed) changed() (bool, error) {
	info, err := os.Stat(f.place)
	if err != nil {
		return false, fmt.Errorf("read list: %w", err)
	}
	if info.ModTime().Equal(f.modified) && info.Size() == f.size {
		return false, nil
	}
	f.modified, f.size = info.ModTime(), info.Size()
	return true, nil
}

// ReadEnd tells until when the list of a place lasts, and its authority's name:
// of a file, or of what is kept of an address in a folder. Its signature is not
// looked at. A list that never came is fs.ErrNotExist.
func ReadEnd(place, folder string, now time.Time) (ends time.Time, authority string, err error) {
	f, path := newFeed(place, folder), place
	if f.remote() {
		path = f.kept
	}
	raw, err := readList(path)
	if err != nil {
		return time.Time{}, "", err
	}
	l, err := parseList(raw, now)
	if err != nil {
		return time.Time{}, "", err
	}
	return l.to, l.parsed.Issuer.CommonName, nil
}

// readList reads a file within the bound.
func readList(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	defer file.Close()
	return bounded(file)
}

func bounded(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxList+1))
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	if len(b) > MaxList {
		return nil, fmt.Errorf("read list: more than %d bytes", MaxList)
	}
	return b, nil
}

// fetch gets a list from an address, within the bounds of bytes and time.
func (f *feed) fetch(ctx context.Context, client *http.Client) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.place, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch list: %w", err)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch list: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch list: status %d", res.StatusCode)
	}
	return bounded(res.Body)
}

// keep writes what an address gave beside its place and moves it there, so that
// a crash leaves the old list or the new one. The next start reads it.
func (f *feed) keep(raw []byte) error {
	if old, err := os.ReadFile(f.kept); err == nil && bytes.Equal(old, raw) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.kept), 0o700); err != nil {
		return fmt.Errorf("keep list: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(f.kept), ".list.*")
	if err != nil {
		return fmt.Errorf("keep list: %w", err)
	}
	defer os.Remove(file.Name()) // gone already if it was moved
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), f.kept)
	}
	if err != nil {
		return fmt.Errorf("keep list: %w", err)
	}
	return nil
}

// schedule sets when the feed is due again.
func (f *feed) schedule(now time.Time, failed bool) {
	if failed {
		f.due = now.Add(min(renewLeast<<min(f.fails, 8), retryAtMost))
		f.fails++
		return
	}
	f.fails = 0
	f.due = now.Add(renewEvery)
	if end := f.current.to; end.Before(f.due) {
		f.due = end
	}
	if least := now.Add(renewLeast); f.due.Before(least) {
		f.due = least
	}
}
