package xsd

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"

	engine "github.com/jacoelho/xsd"
)

// sources are schema files by name.
type sources map[string][]byte

// digest is the SHA-256 of names and contents, in the order of names.
func (s sources) digest() [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(h, "%s %d\n", name, len(s[name]))
		h.Write(s[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// resolver finds what a schema includes or imports among files, and keeps what
// it found in used. A location that is an address of the web stands for the
// file of its last name, beside the schema that names it: nothing is fetched.
// What is not there is an error, which XML Schema would let pass.
func resolver(files, used sources) engine.Resolver {
	return engine.ResolverFunc(func(_ context.Context, base, location string) (engine.SchemaSource, error) {
		for _, name := range []string{path.Join(path.Dir(base), location), path.Join(path.Dir(base), path.Base(location))} {
			if text, ok := files[name]; ok {
				used[name] = text
				return engine.Bytes(name, text), nil
			}
		}
		return engine.SchemaSource{}, fmt.Errorf("%s names %s, which the pack lacks", base, location)
	})
}

// Sources gives the schema of an edition: a way to open its files, and the name
// of the one to begin with; false if there is none.
func (s *Standards) Sources(id ID) (open func(name string) ([]byte, error), file string, ok bool) {
	c, ok := s.compiled[id]
	if !ok {
		return nil, "", false
	}
	return func(name string) ([]byte, error) {
		if text, ok := c.sources[name]; ok {
			return text, nil
		}
		return nil, fmt.Errorf("no schema file %s", name)
	}, c.File, true
}
