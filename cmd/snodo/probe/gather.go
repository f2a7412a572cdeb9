package probe

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// filesIn gives the files to judge: those named, and in the place of a folder all
// in it and below, in the order of their names, but for hidden ones and what is no
// plain file.
func filesIn(paths []string) (files []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: no such file or folder: %w", path, verb.ErrUsage)
		case err != nil:
			return nil, fmt.Errorf("read file: %w", err)
		case !info.IsDir():
			files = append(files, path)
			continue
		}
		below, err := filesBelow(path + string(os.PathSeparator)) // of a link, what it is to
		if err != nil {
			return nil, fmt.Errorf("read folder: %w", err)
		}
		if len(below) == 0 {
			return nil, fmt.Errorf("%s: no file in the folder: %w", path, verb.ErrUsage)
		}
		files = append(files, below...)
	}
	return files, nil
}

func filesBelow(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := at != folder && strings.HasPrefix(entry.Name(), ".")
		switch {
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir():
			return nil
		}
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			files = append(files, at)
		}
		return nil
	})
	return files, err
}

// judgeAll judges a file or, of an archive, each file in it, as if sent alone.
func (r *rehearsal) judgeAll(ctx context.Context, name string, raw []byte, region string) (parts []probe.Part, err error) {
	members := []packed{{name: name, content: raw}}
	if sender.IsArchive(name) {
		var not *unopened
		if members, not = membersOf(name, raw); not != nil {
			return []probe.Part{not.part(name)}, nil
		}
		region = cmp.Or(region, "piemonte") // whose mass submission takes archives
	}
	for _, m := range members {
		part, err := r.judgeFile(ctx, m.name, m.content, region)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// packed is a file of an archive.
type packed struct {
	name    string
	content []byte
}

// membersOf takes an archive apart, within what a hub takes of one message: who
// judges files trusts them no more than a hub does.
func membersOf(name string, raw []byte) (members []packed, not *unopened) {
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, brokenArchive("l'archivio zip non si legge")
	}
	left := int64(mostArchive)
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		opened, err := f.Open()
		if err != nil {
			return nil, brokenArchive("un file dell'archivio zip non si apre")
		}
		content, err := io.ReadAll(io.LimitReader(opened, left+1))
		if errors.Join(err, opened.Close()) != nil {
			return nil, brokenArchive("un file dell'archivio zip è danneggiato")
		}
		if left -= int64(len(content)); left < 0 {
			return nil, brokenArchive("l'archivio zip contiene più di 64 MiB")
		}
		members = append(members, packed{name + "/" + strings.Map(visible, f.Name), content})
	}
	if len(members) == 0 {
		return nil, brokenArchive("l'archivio zip non contiene alcun file")
	}
	return members, nil
}

// visible drops what would command a terminal: the names are a stranger's.
func visible(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

// mostArchive bounds the bytes of all files of an archive: twice what a mass
// submission may hold, so that those are judged whole.
const mostArchive = 64 << 20

// unopened is the error of a file that is not even what it says that it is.
type unopened struct{ got, source, remedy string } // Italian

func (e *unopened) Error() string { return "judge file: not readable" }

func brokenArchive(got string) *unopened {
	return &unopened{got: got, source: "APPNOTE.TXT, formato ZIP", remedy: "Creare di nuovo l'archivio: senza cifratura, in una sola parte, con un documento per file."}
}

// part is the report of such a file. Its one check weighs what it hides: otherwise a
// file that nobody can open would cost less than one with a wrong code.
func (e *unopened) part(name string) probe.Part {
	check := probe.Check{
		ID: "file", Group: "Messaggio", Sent: "lettura del file", Wanted: "una busta SOAP, una richiesta HTTP, un documento o un archivio zip di questi",
		Got: e.got, Source: e.source, Remedy: e.remedy, Verdict: probe.Failed,
	}
	for _, row := range stageChecks() {
		if row.stage >= stageSignature && row.stage != stageConversion {
			check.Points += row.Points
		}
	}
	return probe.Part{Name: name, About: "file che non si legge", Checks: []probe.Check{check}}
}

// unreached adds to an error of the first connection what may be missing.
func unreached(err error) error {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) {
		return fmt.Errorf("%w: give the authority of the server's certificate with --ca", err)
	}
	return err
}
