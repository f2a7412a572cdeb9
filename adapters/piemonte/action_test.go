package piemonte

import (
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestAction is H-SMUG for SPICOM: a SOAPAction says nothing, or names the call.
func TestAction(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	for action, fits := range map[string]bool{
		"": true, "urn:PA_AccettazioneComunicazioni": true, "urn:PA_AccettazioneComunicazioni#invokeSynch": true, "invokeSynch": true,
		"inviaComunicazioneProspettoXML": true, "http://spicom.example/inviaComunicazioneProspettoXML": true,
		"isAlive": false, "urn:snodo:hub:v1:Echo": false, "urn:PA_Altro": false, "#": false, "/": false, "urn:PA_AccettazioneComunicazioni#testResources": false,
	} {
		req := request(recorded(t, "01"))
		req.Action = action
		_, problem := d.Open(req)
		refused := problem != nil && problem.Fault.Code == fault.ActionMismatch
		if refused == fits || fits && problem != nil {
			t.Errorf("%q: %+v", action, problem)
		}
	}
}
