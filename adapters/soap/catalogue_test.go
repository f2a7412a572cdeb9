package soap_test

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestCataloguePage: every code is an anchor, with all there is to say of it,
// in a page that is whole.
func TestCataloguePage(t *testing.T) {
	t.Parallel()
	page, err := soap.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, soap.CataloguePath, nil))
	text := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	said := html.UnescapeString(text)
	for _, e := range fault.Catalogue() {
		for _, want := range []string{`<article id="` + string(e.Code) + `">`, `href="#` + string(e.Code) + `"`, e.Text, e.Remedy, e.Source} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the page lacks %q", e.Code, want)
			}
		}
	}
	anchors, links := make(map[string]bool), 0
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		for i := 0; ok && i < len(start.Attr); i++ {
			switch a := start.Attr[i]; a.Name.Local {
			case "id":
				if anchors[a.Value] {
					t.Errorf("the anchor %s is there twice", a.Value)
				}
				anchors[a.Value] = true
			case "href":
				links++
			}
		}
	}
	if n := len(fault.Catalogue()); links != n || len(anchors) != n+len(fault.Stages()) {
		t.Errorf("%d links and %d anchors for %d codes", links, len(anchors), n)
	}
}
