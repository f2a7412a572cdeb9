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
