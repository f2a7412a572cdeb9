package soap

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
)

// CataloguePath is where the page of all fault codes is; a code is its anchor,
// as in /errori#XSD-20.
const CataloguePath = "/errori"

//go:embed catalogue.html
var catalogueTemplate string

// chapter is a stage with its faults.
type chapter struct {
	fault.StageNote
	Faults []fault.Entry
}

// Catalogue gives the page that tells people what each fault code means and
// what to do about it. It is the same for everybody and holds nothing of any
// communication.
func Catalogue() (http.Handler, error) {
	var chapters []chapter
	for _, n := range fault.Stages() {
		c := chapter{StageNote: n}
		for _, e := range fault.Catalogue() {
			if e.Stage == n.Stage {
				c.Faults = append(c.Faults, e)
			}
		}
		chapters = append(chapters, c)
	}
	t, err := template.New("catalogue").Parse(catalogueTemplate)
	if err != nil {
		return nil, fmt.Errorf("make catalogue page: %w", err)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, chapters); err != nil {
		return nil, fmt.Errorf("make catalogue page: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		head := w.Header()
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Content-Length", strconv.Itoa(page.Len()))
		head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		head.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(page.Bytes()) // the caller is gone: nobody to tell
	}), nil
}
