package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// RegionsKey is the one key of a configuration file that is no flag.
const RegionsKey = "regions"

// located is a JSON value that knows on which line of the file it stands, so
// that what is wrong can be told with its place. encoding/json alone stops at
// the first error and names no line.
type located struct {
	line    int
	value   any     // string, bool, json.Number or nil of a scalar
	members []keyed // of an object, in order
	items   []located
	object  bool
	array   bool
}

type keyed struct {
	key string
	located
}

// locate reads one JSON value, and nothing after it.
func locate(text []byte) (located, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	r := locating{d: d, text: text}
	v, err := r.next()
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something after the end of the object")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends too soon")
	}
	if err != nil {
		return located{}, fmt.Errorf("line %d: %w", r.line(), err)
	}
	return v, nil
}

// locating is the reading of one file.
type locating struct {
	d    *json.Decoder
	text []byte
}

// line is that of the last token read.
func (r locating) line() int {
	return 1 + bytes.Count(r.text[:min(int(r.d.InputOffset()), len(r.text))], []byte("\n"))
}

func (r locating) next() (located, error) {
	token, err := r.d.Token()
	if err != nil {
		return located{}, err
	}
	v := located{line: r.line()}
	switch token {
	case json.Delim('{'):
		v.object = true
		for r.d.More() {
			key, err := r.d.Token()
			if err != nil {
				return located{}, err
			}
			line := r.line()
			value, err := r.next()
			if err != nil {
				return located{}, err
			}
			value.line = line
			v.members = append(v.members, keyed{key: key.(string), located: value}) // JSON has no other keys
		}
	case json.Delim('['):
		v.array = true
		for r.d.More() {
			item, err := r.next()
			if err != nil {
				return located{}, err
			}
			v.items = append(v.items, item)
		}
	default:
		v.value = token
		return v, nil
	}
	_, err = r.d.Token() // the closing bracket
	return v, err
}

// LoadFlags gives kong the flags of a configuration file (kong.ConfigurationLoader).
// What is no JSON is told with its line.
func LoadFlags(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, err
	}
	if _, err := locate(text); err != nil {
		return nil, err
	}
	return kong.JSON(bytes.NewReader(text))
}

// findings gathers what is wrong with a configuration, each with its place.
type findings struct {
	file string
	list []error
}

func (f *findings) add(line int, key, format string, args ...any) {
	f.list = append(f.list, fmt.Errorf("%s line %d: %s: %s: %w", f.file, line, key, fmt.Sprintf(format, args...), verb.ErrUsage))
}

// ReadRegions reads what the configuration file says of the regions. It
// tells everything wrong at once: keys that nobody knows (a flag mistyped would
// otherwise be passed over), keys given twice, values out of form. No file is
// no policies.
func ReadRegions(path string) (map[string]RegionPolicy, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read --config: %w", err)
	}
	root, err := locate(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w: %w", path, err, verb.ErrUsage)
	}
	f := &findings{file: path}
	if !root.object {
		f.add(root.line, "configuration", "want an object")
		return nil, errors.Join(f.list...)
	}
	known := flagKeys()
	policies := map[string]RegionPolicy{}
	for _, m := range f.distinct("", root.members) {
		switch {
		case m.key == RegionsKey:
			policies = f.regions(m.located)
		case !slices.Contains(known, m.key):
			f.add(m.line, m.key, "no such key")
		}
	}
	return policies, errors.Join(f.list...)
}

// distinct gives the members of an object and finds those given twice: readers
// of JSON take one or the other.
func (f *findings) distinct(under string, members []keyed) []keyed {
	seen := make(map[string]bool)
	for _, m := range members {
		if seen[m.key] {
			f.add(m.line, under+m.key, "given twice")
		}
		seen[m.key] = true
	}
	return members
}
