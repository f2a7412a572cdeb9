// Package sender is what the system of a region does to send: it signs documents, puts
// them into the messages of each dialect, sends them and reads what it is answered,
// receipts included. It knows a hub by its protocols alone, and imports sample and
// verb of its siblings, never node: what it did not share with a hub it could not
// excuse in one.
package sender

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/transform/envelope"
)

// SPICOMAnswer is what a front end of Piemonte reads of an answer.
type SPICOMAnswer struct {
	Codice   string // identificativoRegionale, "" if the communication was refused
	Position int64  // identificativoSpicom
	Message  string // of the exception, opened by our code
	Receipt  []byte // sealed, byte for byte; nil if there was none
}

// SendSPICOM submits one regional payload as the front ends of Piemonte do: the
// RPC method invokeSynch of Apache SOAP (domain page wire.md, sections 1 and 2). An
// exception is an answer; an error is what kept it from one.
func SendSPICOM(ctx context.Context, client *http.Client, url, payload string) (SPICOMAnswer, error) {
	body, err := SPICOMEnvelope(payload)
	if err != nil {
		return SPICOMAnswer{}, err
	}
	raw, err := callSPICOM(ctx, client, url, body)
	if err != nil {
		return SPICOMAnswer{}, err
	}
	return readSPICOM(raw)
}

// callSPICOM sends an envelope and gives the answer's body, whatever its status.
func callSPICOM(ctx context.Context, client *http.Client, url string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `""`)
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("call service: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return raw, nil
}

// SPICOMEnvelope writes the call of inviaComunicazioneProspettoXML.
func SPICOMEnvelope(payload string) ([]byte, error) {
	return SPICOMCall("inviaComunicazioneProspettoXML", "xml", payload)
}

// SPICOMCall writes the call of a method of the service that accepts, with one
// string.
func SPICOMCall(method, name, value string) ([]byte, error) {
	const (
		soapenv  = "http://schemas.xmlsoap.org/soap/envelope/"
		encoding = "http://schemas.xmlsoap.org/soap/encoding/"
	)
	doc := etree.NewDocument()
	doc.WriteSettings.CanonicalText = true
	doc.CreateProcInst("xml", `version='1.0' encoding='UTF-8'`)
	root := doc.CreateElement("SOAP-ENV:Envelope")
	root.CreateAttr("xmlns:SOAP-ENV", soapenv)
	root.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	root.CreateAttr("xmlns:xsd", "http://www.w3.org/2001/XMLSchema")
	call := root.CreateElement("SOAP-ENV:Body").CreateElement("ns1:invokeSynch")
	call.CreateAttr("xmlns:ns1", "urn:PA_AccettazioneComunicazioni")
	call.CreateAttr("SOAP-ENV:encodingStyle", encoding)
	typed := func(parent *etree.Element, name, kind, text string) {
		e := parent.CreateElement(name)
		e.CreateAttr("xsi:type", kind)
		e.SetText(text)
	}
	typed(call, "methodName", "xsd:string", method)
	param := call.CreateElement("param")
	param.CreateAttr("xmlns:ns2", encoding)
	param.CreateAttr("xsi:type", "ns2:Array")
	param.CreateAttr("ns2:arrayType", "ns2:Bean_it.csi.csi.util.Param[1]")
	item := param.CreateElement("item")
	item.CreateAttr("xsi:type", "ns2:Bean_it.csi.csi.util.Param")
	typed(item, "encodingStyleURI", "xsd:string", "")
	typed(item, "name", "xsd:string", name)
	typed(item, "simple", "xsd:boolean", "false")
	class := item.CreateElement("type")
	class.CreateAttr("xmlns:ns3", "http://xml.apache.org/xml-soap")
	class.CreateAttr("xsi:type", "ns3:Class")
	class.SetText("java.lang.String")
	typed(item, "value", "xsd:string", value)
	b, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write SPICOM call: %w", err)
	}
	return b, nil
}

// readSPICOM reads the two forms of answer: the outcome bean, or the exception.
func readSPICOM(raw []byte) (SPICOMAnswer, error) {
	var doc struct {
		Return struct {
			Codice   string `xml:"value>identificativoRegionale"`
			Position int64  `xml:"value>identificativoSpicom"`
		} `xml:"Body>invokeSynchResponse>return"`
		Fault *struct {
			Text   string `xml:"faultstring"`
			Detail struct {
				Entries []struct {
					Message string `xml:"message"`
				} `xml:",any"`
			} `xml:"detail"`
		} `xml:"Body>Fault"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		return SPICOMAnswer{}, errors.New("read answer: not an answer of SPICOM")
	}
	a := SPICOMAnswer{Codice: doc.Return.Codice, Position: doc.Return.Position}
	if env, f := envelope.Open(raw); f == nil {
		a.Receipt = env.Receipt()
	}
	if doc.Fault != nil {
		a.Message = doc.Fault.Text
		if entries := doc.Fault.Detail.Entries; len(entries) > 0 && entries[0].Message != "" {
			a.Message = entries[0].Message
		}
		return a, nil
	}
	if a.Codice == "" {
		return SPICOMAnswer{}, errors.New("read answer: neither a code nor an exception")
	}
	return a, nil
}
