package xsd

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Edition is a row of the catalogue: an edition of a kind and the instants
// between which a communication must arrive to follow it.
type Edition struct {
	ID
	From, To time.Time // To excluded; zero: no limit known on that side
	Source   string    // where the limits are stated, "" if nowhere
}

// InForce reports whether a communication received at an instant may follow
// the edition.
func (e Edition) InForce(at time.Time) bool {
	return (e.From.IsZero() || !at.Before(e.From)) && (e.To.IsZero() || at.Before(e.To))
}

// editions lists what is known of the validity of editions, those with a schema
// in standards and those that only their name is known of. The instants are
// those of rule ENV-10; all fall in winter, an hour ahead of UTC. Of the
// editions between 2013 and 2016 no source tells the names. An edition with a
// schema and no row is in force always.
func editions() []Edition {
	const rules = "Regole nazionali, ENV-10; tabella delle versioni del tracciato"
	at := func(year, month, day, hour int) time.Time {
		return time.Date(year, time.Month(month), day, hour, 0, 0, 0, time.FixedZone("", 3600))
	}
	none := time.Time{}
	return []Edition{
		{ID{"UNILAV", "CO130110"}, none, at(2013, 1, 10, 0), rules},
		{ID{"UNILAV", "CO160201R1"}, at(2016, 2, 1, 0), at(2019, 11, 4, 19), rules},
		{ID{"UNILAV", "CO190701R1"}, at(2019, 11, 4, 19), none, rules},
		{ID{"UNISOMM", "CO130110"}, none, at(2013, 1, 10, 0), rules},
		{ID{"UNISOMM", "CO160201R1"}, at(2016, 2, 1, 0), at(2019, 11, 4, 19), rules},
		{ID{"UNISOMM", "CO190701R1"}, at(2019, 11, 4, 19), none, rules},
		{ID{"VARDATORI", "CO130110"}, none, at(2013, 1, 10, 0), rules},
		{ID{"VARDATORI", "CO160201R1"}, at(2016, 2, 1, 0), at(2019, 11, 4, 19), rules},
		{ID{"VARDATORI", "CO190701R1"}, at(2019, 11, 4, 19), none, rules},
		{ID{"UNIURG", "CO130131"}, none, none, "Tabella delle versioni del tracciato: ancora in uso"},
		{ID{"UNIMARE", "CO190701R1"}, none, none, "Ricostruita: nessuna fonte ne indica la validità"},
		{ID{"UNIDOM", "CO190701R1"}, none, none, "Ricostruita: nessuna fonte ne indica la validità"},
		{ID{"UNIPI", "PIDISABILI001600"}, none, none, "Tabella delle versioni del tracciato, senza date"},
		{ID{"UNIPI", "PIDISABILI002000"}, none, none, "Tabella delle versioni del tracciato, senza date"},
		{ID{"LAO", "LAO2026R1"}, none, none, "Snodo, tracciato non ufficiale: dal manuale utente del ministero"},
		{ID{"CIGD", "CIGD2026R1"}, none, none, "Snodo, tracciato non ufficiale"},
	}
}

// kind is a kind of communication with its editions, as Identify looks for them.
type kind struct {
	name        string
	space, root string // namespace and local name of the root element
	editions    []edition
}

// edition is a row of the catalogue and who judges by it, nil where its schema
// is not known.
type edition struct {
	Edition
	judge *compiled
}

// over tells an edition not in force at the instant. Without an instant only
// one that has ended and whose schema nobody has is.
func (e edition) over(at *time.Time) bool {
	if at != nil {
		return !e.InForce(*at)
	}
	return e.judge == nil && !e.To.IsZero()
}

// kindOf finds the kind of the root whose Start is current, nil if there is none.
func (s *Standards) kindOf(r *xmltoken.Reader) *kind {
	for i := range s.kinds {
		if k := &s.kinds[i]; string(r.Local()) == k.root && string(r.Space()) == k.space {
			return k
		}
	}
	return nil
}

// handled tells a kind that has a schema.
func (k *kind) handled() bool {
	return slices.ContainsFunc(k.editions, func(e edition) bool { return e.judge != nil })
}

// resumes is when, after an edition has ended, the kind has one in force again;
// zero if it has one at once, or never. Between, everything that senders write
// is refused.
func (k *kind) resumes(ended edition) time.Time {
	next := time.Time{}
	if ended.judge == nil || ended.To.IsZero() {
		return next
	}
	for _, e := range k.editions {
		switch {
		case e.judge == nil:
		case e.InForce(ended.To):
			return time.Time{}
		case e.From.After(ended.To) && (next.IsZero() || e.From.Before(next)):
			next = e.From
		}
	}
	return next
}

// names lists the editions that a communication may follow: with a schema, and
// in force at the instant if one is given.
func (k *kind) names(at *time.Time) string {
	var names []string
	for _, e := range k.editions {
		if e.judge != nil && (at == nil || e.InForce(*at)) {
			names = append(names, e.ID.Edition)
		}
	}
	return strings.Join(names, ", ")
}

// whyNot says in Italian why an edition cannot be used, without naming it: a
// fault quotes no value of the document.
func (k *kind) whyNot(e Edition, at *time.Time) string {
	why := "scaduta il " + Instant(e.To)
	if at != nil && !e.From.IsZero() && at.Before(e.From) {
		why = "in vigore solo dal " + Instant(e.From)
	}
	if names := k.names(at); names != "" {
		return why + "; in vigore: " + names
	}
	return why
}

// Instant is how people read an instant of the catalogue: by the clocks of
// Italy, whatever offset it is stated with.
func Instant(t time.Time) string { return inItaly(t).Format("02/01/2006, ore 15:04") }

// inItaly is an hour ahead of UTC, two between the last Sundays of March and of
// October, both at 01:00 UTC (directive 2000/84/EC).
func inItaly(t time.Time) time.Time {
	t = t.UTC()
	change := func(month time.Month) time.Time {
		end := time.Date(t.Year(), month, 31, 1, 0, 0, 0, time.UTC)
		return end.AddDate(0, 0, -int(end.Weekday()))
	}
	hours := 1
	if !t.Before(change(time.March)) && t.Before(change(time.October)) {
		hours = 2
	}
	return t.In(time.FixedZone("", hours*3600))
}

// add makes a kind known.
func (s *Standards) add(std standard) *kind {
	for i := range s.kinds {
		if s.kinds[i].name == std.Kind {
			return &s.kinds[i]
		}
	}
	s.kinds = append(s.kinds, kind{name: std.Kind, space: std.Space, root: std.Root})
	return &s.kinds[len(s.kinds)-1]
}

// put makes c the judge of its edition.
func (s *Standards) put(c *compiled) {
	s.compiled[c.ID] = c
	s.edition(s.add(c.standard), c.ID).judge = c
}

// limit gives an edition its validity.
func (s *Standards) limit(e Edition) error {
	for i := range s.kinds {
		if k := &s.kinds[i]; k.name == e.Kind {
			s.edition(k, e.ID).Edition = e
			return nil
		}
	}
	return fmt.Errorf("catalogue of editions: no kind %s", e.Kind)
}

// edition finds an edition of a kind, which it adds in the order of names.
func (s *Standards) edition(k *kind, id ID) *edition {
	i, found := slices.BinarySearchFunc(k.editions, id.Edition, func(e edition, name string) int {
		return strings.Compare(e.ID.Edition, name)
	})
	if !found {
		k.editions = slices.Insert(k.editions, i, edition{Edition: Edition{ID: id}})
	}
	return &k.editions[i]
}

// Info describes an edition of the catalogue.
type Info struct {
	Edition
	Resumes  time.Time // if no edition of the kind is in force after To, when there is one again; zero: at once, or never
	Space    string    // target namespace
	File     string    // for File, or in the pack; "" where the schema is not known
	Fields   int       // elements and attributes that the schema declares, if Explained
	Inferred int       // of Fields, those that no schema or document of the edition shows; if not Explained, the marks of such
	// InferredPaths are those fields in their places, an element for all that
	// is in it; the root stands for the whole. None if not Explained.
	InferredPaths []string
	Own           bool   // the whole format is this project's: no official one is known
	Explained     bool   // faults come from our own reading of the schema, not from the engine alone
	DropIn        bool   // the schema comes from a pack
	Model         string // the program's schema that the kind's decoder was written to, for File
	Digest        [sha256.Size]byte
}

// Catalogue lists every edition known, kinds in the order of the table of
// standards; a kind with no edition has one row without.
func (s *Standards) Catalogue() []Info {
	var all []Info
	for _, k := range s.kinds {
		for _, e := range k.editions {
			info := Info{Edition: e.Edition, Resumes: k.resumes(e), Space: k.space}
			if c := e.judge; c != nil {
				info.File, info.Inferred, info.DropIn = c.File, c.marks, c.dropIn
				info.Model, info.Digest = c.model, c.sources.digest()
				if info.Explained = c.schema != nil; info.Explained {
					info.Fields, info.Inferred = c.schema.fields()
					info.InferredPaths, info.Own = c.schema.inferredPaths(), c.schema.own
				}
			}
			all = append(all, info)
		}
		if len(k.editions) == 0 {
			all = append(all, Info{Edition: Edition{ID: ID{Kind: k.name}}, Space: k.space})
		}
	}
	return all
}

// Kinds lists the editions that have a schema, in the order of Catalogue.
func (s *Standards) Kinds() []Info {
	return slices.DeleteFunc(s.Catalogue(), func(i Info) bool { return i.File == "" })
}

// Digest is the SHA-256 of the schemas this node judges by and of the validity
// of their editions: it tells decisions taken with others apart.
func (s *Standards) Digest() ([sha256.Size]byte, error) {
	h := sha256.New()
	for _, i := range s.Catalogue() {
		fmt.Fprintf(h, "%s %s %s %s %x\n", i.Kind, i.ID.Edition, stamp(i.From), stamp(i.To), i.Digest)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
