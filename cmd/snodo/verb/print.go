package verb

import (
	"encoding/json"
	"fmt"
	"io"
)

// PrintJSON writes one indented JSON value and a line end.
func PrintJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// OrDash is what a column says: a dash stands for nothing.
func OrDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
