package soap

import (
	"bytes"
	"embed"
	"strings"
	"sync"
	"text/template"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd"
)

// The schemas, by the name that ?xsd= asks for. The WSDL imports all but that of
// the string which answers a mass submission: no operation of the WSDL has it.
const (
	hubSchemaName      = "snodo-hub.xsd"
	massSchemaName     = "snodo-massivo.xsd"
	nationalSchemaName = "comobbl-types.xsd"
)

//go:embed wsdl/*.tmpl
var wsdlFiles embed.FS

// description is what the templates of the WSDL and of its schema read.
type description struct {
	Region, Address, Catalogue string
	Demands                    []string
	Bindings                   []envelope.Binding
}

// bindingOf is what the template of a binding reads.
type bindingOf struct {
	Name, Prefix string
	Bindings     []envelope.Binding
}

// descriptions are the templates. They escape nothing by themselves: what comes
// from a configuration goes through escape, the rest are names of ours.
var descriptions = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"escape": func(s string) string { return string(envelope.AppendEscaped(nil, s)) },
		"action": func(b envelope.Binding) string { return envelope.HubNS + ":" + b.Operation },
		"prefix": func(b envelope.Binding) string {
			if b.Own() {
				return "hub"
			}
			return "typ"
		},
		// The same operations by both versions of SOAP: Basic Profile 1.1 knows
		// SOAP 1.1 alone, 2.0 SOAP 1.2 (R2700 and following, RAC_SOAP_001).
		"version": func(d description, name, prefix string) bindingOf { return bindingOf{name, prefix, d.Bindings} },
		"plain":   func() []string { return []string{"RichiediRicevuta", "Echo"} },
		"inferred": func() string {
			return "Nome dedotto dagli altri del servizio nazionale: nessun messaggio in uso lo mostra."
		},
	}).ParseFS(wsdlFiles, "wsdl/*.tmpl"))
})

func (d description) render(name string) []byte {
	d.Bindings = envelope.Bindings()
	var out bytes.Buffer
	if err := descriptions().ExecuteTemplate(&out, name, d); err != nil {
		panic("template " + name + ": " + err.Error()) // embedded, of values that are always there
	}
	return out.Bytes()
}

// WSDL gives the WSDL 1.1 of a region's endpoint below public, an absolute URL.
// It declares an operation for every kind there is, and names the page that
// explains every fault and what the profiles ask of callers.
func WSDL(region routing.Region, public string, profiles []Profile) []byte {
	public = strings.TrimSuffix(public, "/")
	address := public + EndpointPath + region.Slug
	return description{
		Region: region.Name, Address: address, Catalogue: public + CataloguePath, Demands: demands(profiles, address),
	}.render("snodo.wsdl.tmpl")
}

// Schema gives a schema by its name; nil if there is none of it.
func Schema(name string) []byte {
	switch name {
	case hubSchemaName, massSchemaName:
		b, err := xsd.File("hub/v1/" + name)
		if err != nil {
			return nil // embedded: cannot be missing
		}
		return b
	case nationalSchemaName:
		return description{}.render("comobbl-types.xsd.tmpl")
	}
	return nil
}
