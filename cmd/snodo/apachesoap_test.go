package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestApacheSOAP calls every operation by the Java library that the client of
// Piemonte's front ends is built on, Apache SOAP 2.3.1 (wire page): what it
// decodes, they decode. The region's own classes around it are not public.
func TestApacheSOAP(t *testing.T) {
	t.Parallel()
	installed := os.Getenv(interopVariable) != "" // by .ci/interop, which lets nothing be skipped
	if !long() && !installed {
		t.Skip("it takes a Java program from Maven: SNODO_LONG=1 or .ci/interop runs it")
	}
	for _, tool := range []string{"mvn", "javac", "java"} {
		if _, err := exec.LookPath(tool); err != nil && !installed {
			t.Skipf("%s is not installed here", tool)
		}
	}
	dir := t.TempDir()
	jars := filepath.Join(dir, "jars")
	tool(t, "mvn", "-q", "-B", "-f", "testdata/apachesoap/pom.xml",
		"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies", "-DoutputDirectory="+jars)
	tool(t, "javac", "-nowarn", "-Xlint:none", "-cp", filepath.Join(jars, "*"), "-d", dir, "testdata/apachesoap/Client.java")

	data := t.TempDir()
	h := startHub(t, data, nil)
	s := samplesOf(t, "piemonte", 5000)
	files, _, _ := mixed(t, data)
	for name, content := range map[string][]byte{
		"regional": []byte(payload(t, "01")), "national": signDocument(t, signerFor(t, data, 1), s.Hiring(1)), "archive": zipOf(t, files...),
		"plain": encodeDocument(t, s.Hiring(2)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := tool(t, "java", "-cp", dir+string(os.PathListSeparator)+filepath.Join(jars, "*"), "Client", h.URL()+"/spiman/servlet/rpcrouter",
		filepath.Join(dir, "regional"), filepath.Join(dir, "national"), filepath.Join(dir, "archive"), filepath.Join(dir, "plain"))
	got := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		name, answer, _ := strings.Cut(lines.Text(), ": ")
		got[name] = answer
	}
	for name, want := range map[string]string{
		"alive":       `^Boolean true$`,
		"resources":   `^Boolean true$`,
		"regional":    `^outcome 13\d{14} \d+$`,
		"again":       `^` + regexp.QuoteMeta(got["regional"]) + `$`,
		"signed":      `^outcome 13\d{14} \d+$`,
		"nonsense":    `^it\.csi\.spicom\.interf\.InvioComunicazioneException CNV-15: `,
		"null":        `^it\.csi\.csi\.wrapper\.UserException CNV-04: `,
		"bean":        `^it\.csi\.csi\.wrapper\.UserException CNV-03: .*inviaComunicazioneProspettoXML`,
		"unknown":     `^it\.csi\.csi\.wrapper\.UserException CNV-02: `,
		"convert":     `^conversions true/true/\d false/false/1$`,
		"convert old": `^conversions true/true/\d$`,
		"archive":     `^String <EsitoMassivo .*<File>10</File><Accettate>5</Accettate><Respinte>3</Respinte><Rifiutate>2</Rifiutate>.*</EsitoMassivo>$`,
		"no archive":  `^it\.csi\.csi\.wrapper\.UserException MAS-01: `,
	} {
		if !regexp.MustCompile(want).MatchString(got[name]) {
			t.Errorf("%s: %.300q, want %s", name, got[name], want)
		}
	}
}

// tool runs a program to its end and gives what it printed.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, &errs)
	}
	return out
}
