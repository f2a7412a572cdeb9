package sender

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/snodo-co/snodo/routing/receipt"
)

// IsArchive tells whether a file is one of many documents: Piemonte's mass
// submission takes it whole.
func IsArchive(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// massOutcome is what became of one file of an archive, as EsitoMassivo says it.
type massOutcome struct {
	File   string `xml:"file,attr"`
	Number int    `xml:"numero,attr"`
	State  string `xml:"Stato"`
	Codice string `xml:"CodiceComunicazione"`
	Errors []struct {
		Code string `xml:"Codice"`
		Text string `xml:"Testo"`
		Path string `xml:"Percorso"`
		Line int    `xml:"Riga"`
	} `xml:"Errori>Errore"`
	Markup []byte `xml:",innerxml"`
}

// Pack makes an archive of documents, named 1.xml and on.
func Pack(documents ...[]byte) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for i, content := range documents {
		f, err := w.Create(fmt.Sprintf("%d.xml", i+1))
		if err != nil {
			return nil, fmt.Errorf("pack archive: %w", err)
		}
		if _, err := f.Write(content); err != nil {
			return nil, fmt.Errorf("pack archive: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack archive: %w", err)
	}
	return packed.Bytes(), nil
}

// ArchiveCall is the call of Piemonte's mass submission with an archive.
func ArchiveCall(archive []byte) ([]byte, error) {
	return SPICOMCall("inviaComunicazioniMassive", "archivio", base64.StdEncoding.EncodeToString(archive))
}

// SendArchive submits a zip of documents, signed already or unsigned over a
// channel, as a front end of Piemonte would, and reads the outcome of each.
func SendArchive(ctx context.Context, client *http.Client, url, path string, archive []byte) ([]Submitted, error) {
	body, err := ArchiveCall(archive)
	if err != nil {
		return nil, err
	}
	raw, err := callSPICOM(ctx, client, url, body)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Text *string `xml:"Body>invokeSynchResponse>return>value"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		return nil, errors.New("read answer: not an answer of SPICOM")
	}
	if doc.Text == nil { // the archive was refused whole
		a, err := readSPICOM(raw)
		if err != nil {
			return nil, err
		}
		s, err := ReadOutcome(false, a.Message, nil)
		s.File = path
		return []Submitted{s}, err
	}
	var answer struct {
		XMLName xml.Name      `xml:"urn:snodo:hub:v1 EsitoMassivo"`
		Items   []massOutcome `xml:"Comunicazione"`
	}
	if err := xml.Unmarshal([]byte(*doc.Text), &answer); err != nil {
		return nil, errors.New("read answer: not an outcome of a mass submission")
	}
	var list []Submitted
	for _, item := range answer.Items {
		s, err := item.read()
		if err != nil {
			return nil, err
		}
		if s.File = item.File; s.File == "" {
			s.File = fmt.Sprintf("(file n. %d)", item.Number)
		}
		s.File = path + "/" + s.File
		list = append(list, s)
	}
	return list, nil
}

// read makes of an outcome what became of a file sent alone. The receipt is cut
// out byte for byte.
func (m massOutcome) read() (Submitted, error) {
	var sealed []byte
	if at := bytes.Index(m.Markup, []byte("<Ricevuta ")); at >= 0 {
		sealed = m.Markup[at:]
	}
	s, err := ReadOutcome(m.State == "accettata", "", sealed)
	if err != nil {
		return Submitted{}, err
	}
	s.Outcome, s.Codice = m.State, m.Codice
	if s.Faults != nil {
		return s, nil
	}
	for _, e := range m.Errors {
		s.Faults = append(s.Faults, receipt.Line{Code: e.Code, Severity: receipt.Refusal, Path: e.Path, Line: e.Line, Text: e.Text})
	}
	return s, nil
}

// Summary counts the files of an archive by what became of them.
func Summary(list []Submitted) string {
	count := make(map[string]int)
	for _, s := range list {
		count[s.Outcome]++
	}
	line := fmt.Sprintf("%d file: %d accettati, %d respinti, %d rifiutati", len(list), count["accettata"], count["respinta"], count["rifiutata"])
	if n := count["non elaborata"]; n > 0 {
		line += fmt.Sprintf(", %d non elaborati: inviare di nuovo lo stesso archivio", n)
	}
	return line
}
