package compare

import (
	"fmt"
	"io"

	"github.com/snodo-co/snodo/xsd"
)

// EditionChange is what changed of one edition between two sets of standards.
type EditionChange struct {
	Kind    string   `json:"kind"`
	Edition string   `json:"edition"`
	Details []Detail `json:"details"`           // presence, validity, schema
	Since   string   `json:"since,omitempty"`   // of an added edition: the earlier set's latest of the kind
	Changes []Change `json:"changes,omitempty"` // of the schema, since the earlier set's or since that edition's
}

// Editions tells what changed in the catalogue of a set of standards, in the
// order of the later one; what it lacks comes last.
func Editions(before, after *xsd.Standards) ([]EditionChange, error) {
	old := make(map[xsd.ID]xsd.Info)
	for _, i := range before.Catalogue() {
		old[i.ID] = i
	}
	var all []EditionChange
	add := func(c EditionChange) {
		if len(c.Details) > 0 {
			all = append(all, c)
		}
	}
	for _, now := range after.Catalogue() {
		c := EditionChange{Kind: now.Kind, Edition: now.ID.Edition}
		was, there := old[now.ID]
		delete(old, now.ID)
		switch {
		case now.ID.Edition == "": // a kind without editions
		case !there:
			if err := c.added(before, after, now); err != nil {
				return nil, err
			}
		default:
			if err := c.same(before, after, was, now); err != nil {
				return nil, err
			}
		}
		add(c)
	}
	for _, i := range before.Catalogue() {
		if was, there := old[i.ID]; there && i.ID.Edition != "" {
			add(EditionChange{Kind: i.Kind, Edition: i.ID.Edition,
				Details: []Detail{{What: "edizione tolta", Before: Validity(was.Edition)}}})
		}
	}
	return all, nil
}

// added tells of an edition that only the later set has, and what is new in it.
func (c *EditionChange) added(before, after *xsd.Standards, now xsd.Info) (err error) {
	c.Details = append([]Detail{{What: "edizione aggiunta", After: Validity(now.Edition)}}, interruption(xsd.Info{}, now)...)
	var latest xsd.Info
	for _, i := range before.Kinds() {
		if i.Kind == now.Kind && !i.From.Before(latest.From) {
			latest = i
		}
	}
	if now.File == "" || latest.File == "" {
		return nil
	}
	c.Since = latest.ID.Edition
	c.Changes, err = between(before, latest.ID, after, now.ID)
	return err
}

// same compares an edition that both sets have.
func (c *EditionChange) same(before, after *xsd.Standards, was, now xsd.Info) (err error) {
	if a, b := Validity(was.Edition), Validity(now.Edition); a != b {
		c.Details = append(c.Details, Detail{"validità", a, b})
	}
	c.Details = append(c.Details, interruption(was, now)...)
	switch {
	case was.Digest == now.Digest:
	case was.File == "":
		c.Details = append(c.Details, Detail{What: "schema aggiunto", After: now.File})
	case now.File == "":
		c.Details = append(c.Details, Detail{What: "schema tolto", Before: was.File})
	default:
		c.Details = append(c.Details, Detail{"schema", was.File, now.File})
		c.Changes, err = between(before, was.ID, after, now.ID)
	}
	return err
}

// interruption warns of a time after an edition when none is in force.
func interruption(was, now xsd.Info) []Detail {
	if now.Resumes.IsZero() || now.Resumes.Equal(was.Resumes) && now.To.Equal(was.To) {
		return nil
	}
	return []Detail{{What: "attenzione, nessuna edizione in vigore", After: "dal " + xsd.Instant(now.To) + " al " + xsd.Instant(now.Resumes)}}
}

// between compares an edition of one set with one of another.
func between(before *xsd.Standards, was xsd.ID, after *xsd.Standards, now xsd.ID) ([]Change, error) {
	a, err := Standard(before, was)
	if err != nil {
		return nil, err
	}
	b, err := Standard(after, now)
	if err != nil {
		return nil, err
	}
	return Formats(a, b), nil
}

// Standard reads the schema of an edition.
func Standard(s *xsd.Standards, id xsd.ID) (*Format, error) {
	open, file, ok := s.Sources(id)
	if !ok {
		return nil, fmt.Errorf("no schema of %s %s", id.Kind, id.Edition)
	}
	return read(open, file, s.Root(id))
}

// Validity says in Italian when an edition is in force.
func Validity(e xsd.Edition) string {
	switch {
	case !e.From.IsZero() && !e.To.IsZero():
		return "dal " + xsd.Instant(e.From) + " al " + xsd.Instant(e.To)
	case !e.From.IsZero():
		return "dal " + xsd.Instant(e.From)
	case !e.To.IsZero():
		return "fino al " + xsd.Instant(e.To)
	}
	return "senza limiti noti"
}

// countWords says how many differences there are.
func countWords(n int) string {
	switch n {
	case 0:
		return "nessuna differenza"
	case 1:
		return "una differenza"
	}
	return fmt.Sprintf("%d differenze", n)
}

// PrintEditions writes changes of a catalogue for people.
func PrintEditions(w io.Writer, changes []EditionChange) error {
	p := &printer{w: w}
	for _, c := range changes {
		p.line("\n%s %s", c.Kind, c.Edition)
		for _, d := range c.Details {
			kind := Changed
			if d.Before == "" || d.After == "" {
				kind = Added
			}
			p.line("  %s", d.words(kind))
		}
		if c.Since != "" {
			p.line("  rispetto a %s: %s", c.Since, countWords(len(c.Changes)))
		}
		if p.err == nil && len(c.Changes) > 0 {
			p.err = Print(w, c.Changes)
		}
	}
	return p.err
}
