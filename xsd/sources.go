package xsd

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"

	engine "github.com/jacoelho/xsd"

	"github.com/snodo-co/snodo/xsd/xmltoken"
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

// Root is the name of the root element of documents of an edition; "" where its
// schema is not known.
func (s *Standards) Root(id ID) string {
	if c := s.compiled[id]; c != nil {
		return c.Root
	}
	return ""
}

// declare reports whether one of the files has a global element of that name
// and namespace. A file without target namespace takes that of whoever includes
// it.
func (s sources) declare(space, element string) bool {
	var r xmltoken.Reader
	for _, text := range s {
		r.Reset(text, xmltoken.Limits{Attrs: 256, Decls: 64})
		for {
			kind, err := r.Next()
			if err != nil || kind == xmltoken.EOF {
				break
			}
			if kind != xmltoken.Start {
				continue
			}
			target := namedValue(&r, "targetNamespace")
			if r.Depth() == 1 && target != "" && target != space {
				break
			}
			if r.Depth() == 2 && string(r.Local()) == "element" && string(r.Space()) == schemaSpace && namedValue(&r, "name") == element {
				return true
			}
		}
	}
	return false
}

// namedValue is an attribute of the element whose Start is current, "" if absent.
func namedValue(r *xmltoken.Reader, name string) string {
	for _, a := range r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == name {
			b, _ := xmltoken.AppendAttr(nil, a.Value) // raw values of a Reader always decode
			return string(b)
		}
	}
	return ""
}
