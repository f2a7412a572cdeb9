package xmlsig

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

const (
	vectorFile  = "testdata/jdk/c14n.txt.gz"
	vectorCount = 3000
)

// vectorInputs writes the inputs of the vectors: documents by seed, with an
// apex and a PrefixList drawn for each.
func vectorInputs() []byte {
	var b bytes.Buffer
	draw := rand.New(rand.NewPCG(7, 7))
	for seed := range uint64(vectorCount) {
		doc := randomDocument(seed)
		elements := bytes.Count(doc, []byte("</")) + bytes.Count(doc, []byte("/>"))
		apex := 1
		if draw.IntN(2) == 0 {
			apex += draw.IntN(elements)
		}
		prefixes := "-"
		if draw.IntN(2) == 0 {
			prefixes = ""
			for _, p := range []string{"#default", "a", "b", "c", "n0", "missing", "xml"} {
				if draw.IntN(3) == 0 {
					prefixes = strings.TrimSpace(prefixes + " " + p)
				}
			}
			if prefixes == "" {
				prefixes = "-"
			}
		}
		fmt.Fprintf(&b, "%s %d %s\n", base64.StdEncoding.EncodeToString(doc), apex, prefixes)
	}
	return b.Bytes()
}

// TestRegenerateVectors writes the vectors anew when SNODO_JDK=1: it needs a
// java on the path. Read the difference before committing it.
func TestRegenerateVectors(t *testing.T) {
	if os.Getenv("SNODO_JDK") != "1" {
		t.Skip("set SNODO_JDK=1 to write the vectors anew with the java on the path")
	}
	const exported = "java.xml.crypto/com.sun.org.apache.xml.internal.security"
	inputs := vectorInputs()
	java := exec.Command("java", "--add-exports", exported+"=ALL-UNNAMED", "--add-exports", exported+".c14n=ALL-UNNAMED",
		"testdata/jdk/Canon.java")
	java.Stdin, java.Stderr = bytes.NewReader(inputs), os.Stderr
	outputs, err := java.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := must(gzip.NewWriterLevel(&packed, gzip.BestCompression))
	results := strings.Fields(string(outputs))
	for i, line := range strings.Split(strings.TrimSpace(string(inputs)), "\n") {
		doc, rest, _ := strings.Cut(line, " ")
		fmt.Fprintf(w, "%s\n%q\n%q\n", rest, must(base64.StdEncoding.DecodeString(doc)), must(base64.StdEncoding.DecodeString(results[i])))
	}
	w.Close()
	if err := os.WriteFile(vectorFile, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestJDKVectors holds our canonicaliser to the JDK's, without exception.
func TestJDKVectors(t *testing.T) {
	t.Parallel()
	f, err := os.Open(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(must(gzip.NewReader(f)))
	n, failed := 0, 0
	for ; lines.Scan() && failed < 5; n++ {
		rest := lines.Text()
		lines.Scan()
		doc := must(strconv.Unquote(lines.Text()))
		lines.Scan()
		want := must(strconv.Unquote(lines.Text()))
		apex, prefixes, _ := strings.Cut(rest, " ")
		var list []string
		if prefixes != "-" {
			list = strings.Fields(prefixes)
		}
		if got := canonicalOf(t, []byte(doc), must(strconv.Atoi(apex)), list); string(got) != want {
			failed++
			t.Errorf("vector %d, apex %s, PrefixList %s\ndocument\n%q\ngot\n%q\nJDK\n%q", n, apex, prefixes, doc, got, want)
		}
	}
	if n < 2000 || lines.Err() != nil {
		t.Errorf("%d vectors read (%v), want %d", n, lines.Err(), vectorCount)
	}
}
