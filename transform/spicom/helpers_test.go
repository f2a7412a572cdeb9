package spicom

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func converter(tb testing.TB) Converter {
	tb.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		tb.Fatal(err)
	}
	return Converter{Rome: rome}
}

// payload is a recorded communication.
func payload(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "payloads", name))
	if err != nil {
		tb.Fatal(err)
	}
	return Trim(b)
}

// edit replaces pairs of old and new text, each of which must occur.
func edit(tb testing.TB, text []byte, pairs ...string) []byte {
	tb.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			tb.Fatalf("nothing to edit: %q", pairs[i])
		}
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return text
}

// set gives a property of the hiring another value, or none. It names the
// property by the end of its path.
func set(tb testing.TB, text []byte, section, name, javaType, value string) []byte {
	tb.Helper()
	s := string(text)
	from := strings.Index(s, "<"+section+" ")
	if from < 0 {
		tb.Fatalf("no section %s", section)
	}
	open := strings.Index(s[from:], "<"+name+" ")
	if open < 0 {
		tb.Fatalf("no property %s in %s", name, section)
	}
	open += from
	end := open + strings.Index(s[open:], "</"+name+">") + len(name) + 3
	return []byte(s[:open] + "<" + name + ` type="` + javaType + `">` + value + "</" + name + ">" + s[end:])
}

const (
	str  = "java.lang.String"
	long = "java.lang.Long"
	date = "java.util.Date"
	null = "<null/>"

	hiringPayload = "01-unilav-assunzione.xml"
)
