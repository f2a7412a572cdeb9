package probe

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed report.html
var reportTemplate string

// HTML writes the report as one page that needs nothing from elsewhere: no script,
// no font, no image. It can be printed.
func (r Report) HTML(out io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{"anchor": anchor}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("make report page: %w", err)
	}
	if err := t.Execute(out, r); err != nil {
		return fmt.Errorf("make report page: %w", err)
	}
	return nil
}

// anchor names the place of a check in the page: identifiers repeat from one part
// to another.
func anchor(part int, check string) string { return fmt.Sprintf("p%d-%s", part+1, check) }

// Style is the class of a verdict.
func (v Verdict) Style() string {
	switch v {
	case Held:
		return "held"
	case Failed:
		return "failed"
	}
	return "untried"
}
