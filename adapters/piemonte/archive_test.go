package piemonte

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd/fault"
)

// packed is one file to put into an archive.
type packed struct {
	name    string
	content string
	adjust  func(*zip.FileHeader) // "" nil: as a plain writer makes it
}

// pack writes an archive as a plain program does.
func pack(tb testing.TB, files ...packed) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if f.adjust != nil {
			f.adjust(h)
		}
		out, err := w.CreateHeader(h)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(out, f.content); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// raw packs files whose header says of size, sum and method what it is told.
func raw(tb testing.TB, method uint16, data []byte, size uint64, sum uint32, names ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		out, err := w.CreateRaw(&zip.FileHeader{
			Name: name, Method: method, CRC32: sum, CompressedSize64: uint64(len(data)), UncompressedSize64: size,
		})
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := out.Write(data); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func deflated(tb testing.TB, content []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// le16 writes a number of two bytes at an offset counted from a mark.
func le16(b []byte, mark string, offset int, v uint16) []byte {
	b = slices.Clone(b)
	binary.LittleEndian.PutUint16(b[bytes.LastIndex(b, []byte(mark))+offset:], v)
	return b
}

func le32(b []byte, mark string, offset int, v uint32) []byte {
	b = slices.Clone(b)
	binary.LittleEndian.PutUint32(b[bytes.LastIndex(b, []byte(mark))+offset:], v)
	return b
}

// TestWholeArchive: what makes an archive another thing than a plain zip, or too
// much of one, ends the call.
func TestWholeArchive(t *testing.T) {
	t.Parallel()
	plain := pack(t, packed{"a.xml", "<a/>", nil}, packed{"b.xml", "<b/>", nil})
	many := make([]packed, 0, maxFiles+1)
	for i := range maxFiles + 1 {
		many = append(many, packed{fmt.Sprintf("%d.xml", i), "", nil})
	}
	folders := make([]packed, 0, maxEntries+1)
	for i := range maxEntries + 1 {
		folders = append(folders, packed{fmt.Sprintf("%d/", i), "", nil})
	}
	// Eight of the largest files are the most there may be of them; a bomb of
	// blanks, some KB each.
	blanks := bytes.Repeat([]byte(" "), spicom.MaxDocument)
	bomb := make([]string, maxUnpacked/spicom.MaxDocument+1)
	for i := range bomb {
		bomb[i] = fmt.Sprintf("%d.xml", i)
	}
	small := deflated(t, blanks)
	for name, tc := range map[string]struct {
		archive []byte
		code    fault.Code
	}{
		"nothing":                 {nil, fault.ArchiveUnreadable},
		"no zip":                  {[]byte("<a/>"), fault.ArchiveUnreadable},
		"end record alone":        {[]byte(endMark + strings.Repeat("\x00", endSize-4)), fault.ArchiveEmpty},
		"half an end record":      {plain[:len(plain)-3], fault.ArchiveUnreadable},
		"first half":              {plain[:len(plain)/2], fault.ArchiveUnreadable},
		"second half":             {plain[len(plain)/2:], fault.ArchiveUnreadable},
		"program before it":       {append([]byte("MZ autoestraente"), plain...), fault.ArchiveUnreadable},
		"something behind it":     {append(slices.Clone(plain), "more"...), fault.ArchiveUnreadable},
		"two archives":            {append(slices.Clone(plain), plain...), fault.ArchiveUnreadable},
		"second disk":             {le16(plain, endMark, 4, 1), fault.ArchiveUnreadable},
		"directory on a disk":     {le16(plain, endMark, 6, 1), fault.ArchiveUnreadable},
		"fewer entries here":      {le16(plain, endMark, 8, 1), fault.ArchiveUnreadable},
		"fewer entries than said": {le16(le16(plain, endMark, 8, 3), endMark, 10, 3), fault.ArchiveUnreadable},
		"more entries than said":  {le16(le16(plain, endMark, 8, 1), endMark, 10, 1), fault.ArchiveUnreadable},
		"ZIP64":                   {le16(le16(plain, endMark, 8, 0xFFFF), endMark, 10, 0xFFFF), fault.ArchiveUnreadable},
		"directory elsewhere":     {le32(plain, endMark, 16, 0), fault.ArchiveUnreadable},
		"directory too long":      {le32(plain, endMark, 12, 1<<31), fault.ArchiveUnreadable},
		"entry longer than it is": {le16(plain, centralMark, 28, 500), fault.ArchiveUnreadable},
		"files that overlap":      {le32(plain, centralMark, 42, 0), fault.ArchiveUnreadable},
		"file past the directory": {le32(plain, centralMark, 20, uint32(len(plain)-10)), fault.ArchiveUnreadable},
		"larger than the archive": {le32(plain, centralMark, 20, 0x7FFFFFFF), fault.ArchiveUnreadable},
		"folders alone":           {pack(t, packed{"a/", "", nil}, packed{"a/b/", "", nil}), fault.ArchiveEmpty},
		"too many files":          {pack(t, many...), fault.ArchiveEntries},
		"too many folders":        {pack(t, folders...), fault.ArchiveEntries},
		"a bomb":                  {raw(t, zip.Deflate, small, uint64(len(blanks)), crc32.ChecksumIEEE(blanks), bomb...), fault.ArchiveTotal},
	} {
		if _, f := openArchive(tc.archive); f == nil || f.Code != tc.code {
			t.Errorf("%s: %v, want %s", name, f, tc.code)
		}
	}
	if a, f := openArchive(raw(t, zip.Deflate, small, uint64(len(blanks)), crc32.ChecksumIEEE(blanks), bomb[1:]...)); f != nil || len(a.files) != len(bomb)-1 {
		t.Errorf("as much as may be: %v", f)
	}
	if len(small) > spicom.MaxDocument/500 {
		t.Errorf("%d bytes are no bomb", len(small))
	}
}

// codeOf reads a file and gives its fault, "" if it is read.
func codeOf(f file) fault.Code {
	if _, bad := f.read(); bad != nil {
		return bad.Code
	}
	return ""
}

// TestFilesAlone: what is wrong with one file leaves the others alone.
func TestFilesAlone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxFileName-4)
	for name, tc := range map[string]struct {
		file  packed
		code  fault.Code
		named bool // the outcome repeats its name
	}{
		"plain":                     {packed{"uno.xml", "<a/>", nil}, "", true},
		"capital letters":           {packed{"UNO.XML", "<a/>", nil}, "", true},
		"accents and blanks":        {packed{"perché no.xml", "<a/>", nil}, "", true},
		"stored":                    {packed{"uno.xml", "<a/>", func(h *zip.FileHeader) { h.Method = zip.Store }}, "", true},
		"in folders":                {packed{"a/b/c/d/uno.xml", "<a/>", nil}, "", true},
		"longest name":              {packed{long + ".xml", "<a/>", nil}, "", true},
		"empty":                     {packed{"uno.xml", "", nil}, "", true},
		"name too long":             {packed{long + "x.xml", "<a/>", nil}, fault.FileName, false},
		"folders too deep":          {packed{"a/b/c/d/e/uno.xml", "<a/>", nil}, fault.FileName, false},
		"from above":                {packed{"../uno.xml", "<a/>", nil}, fault.FileName, false},
		"from above inside":         {packed{"a/../uno.xml", "<a/>", nil}, fault.FileName, false},
		"from the root":             {packed{"/etc/uno.xml", "<a/>", nil}, fault.FileName, false},
		"of a drive":                {packed{"c:uno.xml", "<a/>", nil}, fault.FileName, false},
		"backslash":                 {packed{`a\uno.xml`, "<a/>", nil}, fault.FileName, false},
		"empty folder name":         {packed{"a//uno.xml", "<a/>", nil}, fault.FileName, false},
		"control character":         {packed{"uno\x00.xml", "<a/>", nil}, fault.FileName, false},
		"line end":                  {packed{"uno\n.xml", "<a/>", nil}, fault.FileName, false},
		"direction turned":          {packed{"uno\u202elmx.xml", "<a/>", nil}, fault.FileName, false},
		"not UTF-8, with backslash": {packed{"a\\perch\xe9.xml", "<a/>", nil}, fault.FileName, false},
		"hidden":                    {packed{"__MACOSX/._uno.xml", "<a/>", nil}, fault.FileName, false},
		"link":                      {packed{"uno.xml", "/etc/passwd", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }}, fault.FileName, false},
		"folder that holds bytes":   {packed{"a.xml", "<a/>", func(h *zip.FileHeader) { h.SetMode(fs.ModeDir | 0o755) }}, fault.FileName, false},
		"signed the old way":        {packed{"uno.xml.p7m", "x", nil}, fault.FileType, true},
		"no extension":              {packed{"xml", "<a/>", nil}, fault.FileType, true},
		"archive by name":           {packed{"uno.zip", "PK\x03\x04", nil}, fault.FileType, true},
		"archive by content":        {packed{"uno.xml", "PK\x03\x04x", nil}, fault.FileNested, true},
		"empty archive by content":  {packed{"uno.xml", "PK\x05\x06x", nil}, fault.FileNested, true},
		"gzip by content":           {packed{"uno.xml", "\x1f\x8bx", nil}, fault.FileNested, true},
		"encrypted":                 {packed{"uno.xml", "<a/>", func(h *zip.FileHeader) { h.Flags |= 1 }}, fault.FileEncrypt, true},
		"largest":                   {packed{"uno.xml", strings.Repeat("x", spicom.MaxDocument), nil}, "", true},
		"larger than that":          {packed{"uno.xml", strings.Repeat("x", spicom.MaxDocument+1), nil}, fault.FileTooLarge, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, f := openArchive(pack(t, packed{"prima.xml", "<p/>", nil}, tc.file, packed{"dopo.xml", "<d/>", nil}))
			if f != nil || len(a.files) != 3 {
				t.Fatalf("%d files, %v", len(a.files), f)
			}
			if got := codeOf(a.files[1]); got != tc.code {
				t.Errorf("got %q, want %q", got, tc.code)
			}
			if (a.files[1].name == tc.file.name) != tc.named || !tc.named && a.files[1].name != "" {
				t.Errorf("named %q", a.files[1].name)
			}
			for i, want := range map[int]string{0: "<p/>", 2: "<d/>"} {
				if got, f := a.files[i].read(); f != nil || string(got) != want {
					t.Errorf("file %d: %q, %v", i, got, f)
				}
			}
		})
	}
}

// TestOldNames: the names of archives that Windows makes by itself are in a code page
// that the archive does not tell. The file is read, and its name is told without the
// letters that nobody here can know; two such names are still two.
func TestOldNames(t *testing.T) {
	t.Parallel()
	a, f := openArchive(pack(t, packed{"citt\x85.xml", "<a/>", nil}, packed{"citt\x8d.xml", "<b/>", nil}, packed{"citt\x85.xml", "<c/>", nil}))
	if f != nil || len(a.files) != 3 {
		t.Fatalf("%d files, %v", len(a.files), f)
	}
	for i, want := range []fault.Code{"", "", fault.FileTwice} {
		if got := codeOf(a.files[i]); got != want || a.files[i].name != "citt_.xml" {
			t.Errorf("file %d: %q, named %q", i, got, a.files[i].name)
		}
	}
}

// TestDamagedFiles: contents that are not what the directory says.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	content := []byte("<a>testo</a>")
	sum, data := crc32.ChecksumIEEE(content), deflated(t, content)
	size := uint64(len(content))
	for name, tc := range map[string]struct {
		method uint16
		data   []byte
		size   uint64
		sum    uint32
		code   fault.Code
	}{
		"sound":                  {zip.Deflate, data, size, sum, ""},
		"stored":                 {zip.Store, content, size, sum, ""},
		"another sum":            {zip.Deflate, data, size, sum + 1, fault.FileDamaged},
		"no sum":                 {zip.Deflate, data, size, 0, fault.FileDamaged},
		"more than declared":     {zip.Deflate, data, size - 1, sum, fault.FileDamaged},
		"less than declared":     {zip.Deflate, data, size + 1, sum, fault.FileDamaged},
		"far more than declared": {zip.Deflate, deflated(t, bytes.Repeat(content, 1<<16)), size, sum, fault.FileDamaged},
		"not deflated":           {zip.Deflate, content, size, sum, fault.FileDamaged},
		"cut":                    {zip.Deflate, data[:len(data)/2], size, sum, fault.FileDamaged},
		"stored, too short":      {zip.Store, content[:3], size, sum, fault.FileDamaged},
		"bzip2":                  {12, data, size, sum, fault.FileMethod},
		"AES":                    {99, data, size, sum, fault.FileMethod},
		"size past all bounds":   {zip.Deflate, data, 1<<32 - 2, sum, fault.FileTooLarge},
	} {
		a, f := openArchive(raw(t, tc.method, tc.data, tc.size, tc.sum, "a.xml"))
		if f != nil || len(a.files) != 1 {
			t.Fatalf("%s: %v", name, f)
		}
		if got := codeOf(a.files[0]); got != tc.code {
			t.Errorf("%s: %q, want %q", name, got, tc.code)
		}
	}
	twice, f := openArchive(raw(t, zip.Store, content, size, sum, "a.xml", "b.xml", "a.xml"))
	if f != nil || codeOf(twice.files[0]) != "" || codeOf(twice.files[1]) != "" || codeOf(twice.files[2]) != fault.FileTwice {
		t.Errorf("a name twice: %v", f)
	}
	broken := raw(t, zip.Store, content, size, sum, "a.xml", "b.xml")
	broken[0] = 'X' // the first local header
	if a, f := openArchive(broken); f != nil || codeOf(a.files[0]) != fault.FileDamaged || codeOf(a.files[1]) != "" {
		t.Errorf("no local header: %v", f)
	}
}

// FuzzArchive: no archive makes the reader panic or hold more than it may.
func FuzzArchive(f *testing.F) {
	f.Add(pack(f, packed{"a.xml", "<a/>", nil}, packed{"b/c.xml", "<b/>", nil}))
	f.Add(raw(f, zip.Store, []byte("<a/>"), 4, crc32.ChecksumIEEE([]byte("<a/>")), "a.xml", "a.xml"))
	f.Add([]byte(endMark))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, bad := openArchive(b)
		if bad != nil {
			return
		}
		total := 0
		for _, one := range a.files {
			content, f := one.read()
			if total += len(content); f == nil && uint64(len(content)) != one.entry.UncompressedSize64 {
				t.Errorf("%d bytes of %d", len(content), one.entry.UncompressedSize64)
			}
		}
		if total > maxUnpacked || len(a.files) > maxFiles || len(a.files) == 0 {
			t.Errorf("%d files of %d bytes", len(a.files), total)
		}
	})
}
