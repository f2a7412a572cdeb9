package piemonte

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The bounds of an archive. The front end of the region has bounds of the same
// kinds (domain page geco.md, section 10) as settings of its database; the
// values are ours, see DESIGN.md.
const (
	maxFiles    = 1000     // files, folders left out
	maxEntries  = 2 * 1000 // files and folders
	maxUnpacked = 32 << 20 // bytes of all files after decompression
	maxFileName = 255      // bytes of a name with its folders
	maxFolders  = 4        // folders around a file
)

// archive is a zip of documents, each read when its turn comes.
type archive struct{ files []file }

// file is one of them. A fault means that it is not read.
type file struct {
	name   string // "" if it may not be repeated
	entry  *zip.File
	refuse *fault.Fault
}

// openArchive reads the directory of an archive. The fault is one of the whole
// archive: it has another form than a zip that every reader reads alike, or it
// is too much. What is wrong with one file stays with that file.
func openArchive(raw []byte) (archive, *fault.Fault) {
	directory, entries, ok := directoryOf(raw)
	switch {
	case !ok:
		return archive{}, &fault.Fault{Code: fault.ArchiveUnreadable}
	case entries > maxEntries:
		return archive{}, &fault.Fault{Code: fault.ArchiveEntries}
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) || len(r.File) != entries {
		return archive{}, &fault.Fault{Code: fault.ArchiveUnreadable}
	}
	var a archive
	seen, unpacked := make(map[string]bool, len(r.File)), uint64(0)
	for _, entry := range r.File {
		if strings.HasSuffix(entry.Name, "/") && entry.UncompressedSize64 == 0 {
			continue // a folder
		}
		// In a code page that the archive does not tell, as Windows writes names.
		name := strings.ToValidUTF8(entry.Name, "_")
		f := file{name: name, entry: entry, refuse: judgeFile(entry, name)}
		switch {
		case f.refuse != nil && f.refuse.Code == fault.FileName:
			f.name = ""
		case f.refuse == nil && seen[entry.Name]:
			f.refuse = &fault.Fault{Code: fault.FileTwice}
		case f.refuse == nil:
			unpacked += entry.UncompressedSize64
		}
		seen[entry.Name] = true
		a.files = append(a.files, f)
	}
	switch {
	case len(a.files) == 0:
		return archive{}, &fault.Fault{Code: fault.ArchiveEmpty}
	case len(a.files) > maxFiles:
		return archive{}, &fault.Fault{Code: fault.ArchiveEntries}
	case unpacked > maxUnpacked:
		return archive{}, &fault.Fault{Code: fault.ArchiveTotal}
	case a.overlaps(directory):
		return archive{}, &fault.Fault{Code: fault.ArchiveUnreadable}
	}
	return a, nil
}

// The records of a zip (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
const (
	localSize     = 30
	centralSize   = 46
	endSize       = 22
	centralMark   = "PK\x01\x02"
	endMark       = "PK\x05\x06"
	maxEndComment = 1<<16 - 1
)

// directoryOf finds the central directory and counts its entries before anything
// is allocated for them. It demands the form that all readers read alike: one
// part, no ZIP64 (nothing that fits a message needs it), the directory exactly
// between the files and its end record, and nothing behind that but its comment.
func directoryOf(raw []byte) (start, entries int, ok bool) {
	at := bytes.LastIndex(raw[max(0, len(raw)-endSize-maxEndComment):], []byte(endMark))
	if at < 0 {
		return 0, 0, false
	}
	at += max(0, len(raw)-endSize-maxEndComment)
	end := raw[at:]
	if len(end) < endSize {
		return 0, 0, false
	}
	le := binary.LittleEndian
	disk, first, here, all := le.Uint16(end[4:]), le.Uint16(end[6:]), le.Uint16(end[8:]), le.Uint16(end[10:])
	size, offset, comment := uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:])), int(le.Uint16(end[20:]))
	if disk != 0 || first != 0 || here != all || offset+size != uint64(at) || len(end) != endSize+comment {
		return 0, 0, false
	}
	rest := raw[offset:at]
	for len(rest) > 0 {
		if len(rest) < centralSize || string(rest[:4]) != centralMark {
			return 0, 0, false
		}
		length := centralSize + int(le.Uint16(rest[28:])) + int(le.Uint16(rest[30:])) + int(le.Uint16(rest[32:]))
		if length > len(rest) {
			return 0, 0, false
		}
		rest = rest[length:]
		entries++
	}
	return int(offset), entries, entries == int(all)
}

// judgeFile judges a file by its entry in the directory, and the name that it is told
// by.
func judgeFile(entry *zip.File, name string) *fault.Fault {
	const encrypted, strong, masked = 1, 1 << 6, 1 << 13 // APPNOTE.TXT, section 4.4.4
	code := fault.Code("")
	switch {
	case !nameAllowed(name) || entry.Mode()&fs.ModeType != 0:
		code = fault.FileName
	case !strings.EqualFold(path.Ext(name), ".xml"):
		code = fault.FileType
	case entry.Flags&(encrypted|strong|masked) != 0:
		code = fault.FileEncrypt
	case entry.Method != zip.Store && entry.Method != zip.Deflate:
		code = fault.FileMethod
	case entry.UncompressedSize64 > spicom.MaxDocument:
		code = fault.FileTooLarge
	default:
		return nil
	}
	return &fault.Fault{Code: code}
}

// nameAllowed admits names that mean the same file to every system. Nothing is
// ever written under them; they name outcomes.
func nameAllowed(name string) bool {
	if len(name) > maxFileName || strings.Count(name, "/") > maxFolders ||
		strings.ContainsAny(name, `\:`) || strings.ContainsFunc(name, control) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' {
			return false
		}
	}
	return true
}

// control finds characters that no name has and no XML may show: C0, C1, DEL,
// line and paragraph separators and the marks that change the direction of text.
func control(c rune) bool {
	return c < 0x20 || c >= 0x7F && c < 0xA0 || c == 0x2028 || c == 0x2029 ||
		c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF
}

// overlaps tells whether two files share bytes, or one reaches into the
// directory: the form of archives that unpack to more than they can hold.
func (a archive) overlaps(directory int) bool {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(a.files))
	for i := range a.files {
		f := &a.files[i]
		from, err := f.entry.DataOffset()
		if err != nil {
			if f.refuse == nil {
				f.refuse = &fault.Fault{Code: fault.FileDamaged}
			}
			continue
		}
		// Larger than the archive: cannot be added without care.
		if f.entry.CompressedSize64 > uint64(directory) {
			return true
		}
		spans = append(spans, span{from, from + int64(f.entry.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	before := int64(-localSize)
	for _, s := range spans {
		if s.from < before+localSize || s.to > int64(directory) {
			return true
		}
		before = s.to
	}
	return false
}

// read unpacks one file. It never holds more than the size that the directory
// declares, which is within bounds.
func (f file) read() ([]byte, *fault.Fault) {
	if f.refuse != nil {
		return nil, f.refuse
	}
	damaged := &fault.Fault{Code: fault.FileDamaged}
	r, err := f.entry.Open()
	if err != nil {
		return nil, damaged
	}
	defer r.Close()
	// One byte more than declared lets the last Read see the end, or the excess.
	content := make([]byte, f.entry.UncompressedSize64+1)
	n, err := io.ReadFull(r, content)
	content = content[:n]
	// The library takes a checksum of zero for none.
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) || uint64(n) != f.entry.UncompressedSize64 ||
		crc32.ChecksumIEEE(content) != f.entry.CRC32 {
		return nil, damaged
	}
	for _, mark := range []string{"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "7z\xbc\xaf", "Rar!"} {
		if bytes.HasPrefix(content, []byte(mark)) {
			return nil, &fault.Fault{Code: fault.FileNested}
		}
	}
	return content, nil
}

// largest is the size of the largest file that is read.
func (a archive) largest() int {
	most := uint64(0)
	for _, f := range a.files {
		if f.refuse == nil {
			most = max(most, f.entry.UncompressedSize64)
		}
	}
	return int(most)
}
