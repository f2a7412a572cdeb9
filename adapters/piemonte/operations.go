package piemonte

import (
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The two services of the regional hub, by their namespaces. With the method's
// name they are the only routing key of the wire (wire page, section 2).
const (
	accepting   = "urn:PA_AccettazioneComunicazioni"
	translating = "urn:PA_ServizioTraduzioneTracciati"
)

// operation is a method of a service. One without an operation of the hub is
// known but not served; instead says in Italian what to use.
type operation struct {
	service string
	method  string
	hub     hub.Operation
	instead string
}

// massMethod submits a zip of documents. It is ours: the wire page has none, for
// the region's front end takes such archives apart itself.
const massMethod = "inviaComunicazioniMassive"

func operations() []operation {
	const (
		sendString  = "usare inviaComunicazioneProspettoXML con il testo di ObjectSerializer"
		alive, test = "isAlive", "testResources"
		synchronous = "usare invokeSynch, le chiamate asincrone non sono servite"
	)
	return []operation{
		{accepting, "inviaComunicazioneProspettoXML", hub.OpSubmit, ""},
		{accepting, "inviaComunicazioneXML", hub.OpSubmit, ""},
		{accepting, massMethod, hub.OpSubmitAll, ""},
		{accepting, alive, hub.OpAlive, ""},
		{accepting, test, hub.OpResources, ""},
		{accepting, "inviaComunicazione", "", sendString},
		{accepting, "convertiDtoInXml", "", sendString},
		{translating, alive, hub.OpAlive, ""},
		{translating, test, hub.OpResources, ""},
		{translating, "convertiInFormatoUnico", hub.OpConvert, ""},
		{translating, "convertiInFormatoUnico2", hub.OpConvert, ""},
		{translating, "convertiDtoInXml", "", sendString},
		{accepting, "", "", synchronous},
		{translating, "", "", synchronous},
	}
}

// find looks up the operation of a call and holds the arguments against it:
// one string to submit, one zip as bytes or as a string of base64 to submit many,
// one array of strings to convert, none otherwise.
func find(in envelope.Invoke) (hub.Operation, *fault.Fault) {
	for _, op := range operations() {
		if op.service != in.Service || op.method != in.Method {
			continue
		}
		if op.hub == "" {
			return "", &fault.Fault{Code: fault.OperationAbsent, Expected: op.instead}
		}
		if !fits(op.hub, in.Args) {
			return "", &fault.Fault{Code: fault.CallArguments}
		}
		return op.hub, nil
	}
	return "", &fault.Fault{Code: fault.OperationUnknown}
}

func fits(op hub.Operation, args []envelope.Argument) bool {
	switch op {
	case hub.OpSubmit:
		return len(args) == 1 && args[0].Kind == envelope.StringArgument
	case hub.OpSubmitAll:
		return len(args) == 1 && (args[0].Kind == envelope.BytesArgument || args[0].Kind == envelope.StringArgument)
	case hub.OpConvert:
		return len(args) == 1 && args[0].Kind == envelope.StringsArgument
	}
	return len(args) == 0
}
