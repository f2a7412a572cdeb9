package spicomtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// Mass is an EsitoMassivo.
type Mass struct {
	Summary Summary    `xml:"Riepilogo"`
	Items   []MassItem `xml:"Comunicazione"`
}

// Summary counts the files of an archive by state.
type Summary struct {
	Files    int `xml:"File"`
	Accepted int `xml:"Accettate"`
	Rejected int `xml:"Respinte"`
	Refused  int `xml:"Rifiutate"`
	Missed   int `xml:"NonElaborate"`
	Repeated int `xml:"Ripetute"`
}

// MassItem is the outcome of one file.
type MassItem struct {
	Number   int      `xml:"numero,attr"`
	File     string   `xml:"file,attr"`
	Repeated bool     `xml:"ripetuta,attr"`
	State    string   `xml:"Stato"`
	Codice   string   `xml:"CodiceComunicazione"`
	Position int64    `xml:"Posizione"`
	Entry    string   `xml:"Voce"`
	Digest   string   `xml:"Impronta"`
	Codes    []string `xml:"Errori>Errore>Codice"`
	Markup   []byte   `xml:",innerxml"`
	Receipt  []byte   `xml:"-"` // byte for byte, nil without one
}

// readMass reads the string of an answer. Numbers run from 1 and the summary is
// the sum of the outcomes.
func readMass(text string) (*Mass, error) {
	var m struct {
		XMLName xml.Name `xml:"urn:snodo:hub:v1 EsitoMassivo"`
		Version string   `xml:"versione,attr"`
		Mass
	}
	d := xml.NewDecoder(bytes.NewReader([]byte(text)))
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("read outcome of a mass submission: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || m.Version != "1" {
		return nil, fmt.Errorf("outcome of version %q, or something behind it", m.Version)
	}
	var sum Summary
	for i := range m.Items {
		item := &m.Items[i]
		sum.Files++
		switch item.State {
		case "accettata":
			sum.Accepted++
		case "respinta":
			sum.Rejected++
		case "rifiutata":
			sum.Refused++
		case "non elaborata":
			sum.Missed++
		}
		if item.Repeated {
			sum.Repeated++
		}
		if item.Number != i+1 {
			return nil, fmt.Errorf("outcome %d is number %d", i+1, item.Number)
		}
		if at := bytes.Index(item.Markup, []byte("<Ricevuta ")); at >= 0 {
			item.Receipt = item.Markup[at:]
		}
	}
	if sum != m.Summary || sum.Files != sum.Accepted+sum.Rejected+sum.Refused+sum.Missed {
		return nil, fmt.Errorf("summary %+v of outcomes %+v", m.Summary, sum)
	}
	return &m.Mass, nil
}
