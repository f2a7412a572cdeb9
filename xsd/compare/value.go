package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// value is what a simple type admits, as it is written.
type value struct {
	base     string   // built-in type
	patterns []string // each of which holds; alternatives joined by |
	values   []string // nil: any
	usual    string   // what stands for an absent one
	nillable bool
	facets   map[string]string // length, minInclusive and so on
}

// named finds a simple type.
func (b *builder) named(q name) (*value, error) {
	if q.space == schemaSpace {
		return &value{base: q.local}, nil
	}
	t := b.global["simpleType"][q]
	if t == nil && q.space != b.first.target { // of an import that is not at hand
		return &value{base: q.local}, nil
	}
	if t == nil {
		return nil, fmt.Errorf("no type %s", q.local)
	}
	if err := b.enter(t); err != nil {
		return nil, err
	}
	defer b.leave()
	return b.simple(t)
}

// simple reads a simple type.
func (b *builder) simple(t *node) (*value, error) {
	n := t.kid("restriction", "list", "union")
	if n == nil {
		return &value{base: "anySimpleType"}, nil
	}
	switch n.name {
	case "restriction":
		base, err := b.baseOf(n, "base")
		if err != nil {
			return nil, err
		}
		return base.restricted(n), nil
	case "list":
		item, err := b.baseOf(n, "itemType")
		if err != nil {
			return nil, err
		}
		return &value{base: "lista di " + typeWords(item.base), patterns: item.patterns, values: item.values, facets: item.facets}, nil
	}
	return b.union(n)
}

func (b *builder) baseOf(n *node, attr string) (*value, error) {
	if n.attrs[attr] != "" {
		return b.named(n.qualified(attr))
	}
	if inner := n.kid("simpleType"); inner != nil {
		return b.simple(inner)
	}
	return &value{base: "anySimpleType"}, nil
}

// union joins what its members admit. Patterns of members are alternatives.
func (b *builder) union(n *node) (*value, error) {
	u := &value{base: "unione"}
	var members []*value
	for _, ref := range strings.Fields(n.attrs["memberTypes"]) {
		one := &node{attrs: map[string]string{"type": ref}, spaces: n.spaces, target: n.target}
		v, err := b.named(one.qualified("type"))
		if err != nil {
			return nil, err
		}
		members = append(members, v)
	}
	for _, k := range n.kids {
		if k.name == "simpleType" {
			v, err := b.simple(k)
			if err != nil {
				return nil, err
			}
			members = append(members, v)
		}
	}
	for _, m := range members {
		u.values = append(u.values, m.values...)
		for _, p := range m.patterns {
			u.patterns = alternative(u.patterns, p)
		}
	}
	return u, nil
}

// restricted narrows a value by the facets of a restriction.
func (v *value) restricted(n *node) *value {
	r := &value{base: v.base, patterns: slices.Clone(v.patterns), values: v.values, facets: maps.Clone(v.facets)}
	var patterns, values []string
	for _, k := range n.kids {
		text := k.attrs["value"]
		switch k.name {
		case "pattern":
			patterns = alternative(patterns, text)
		case "enumeration":
			values = append(values, text)
		case "length", "minLength", "maxLength", "totalDigits", "fractionDigits",
			"minInclusive", "maxInclusive", "minExclusive", "maxExclusive":
			if r.facets == nil {
				r.facets = make(map[string]string)
			}
			r.facets[k.name] = text
		}
	}
	r.patterns = append(r.patterns, patterns...)
	if values != nil {
		r.values = values
	}
	return r
}

// declared is a value with what its declaration adds to its type.
func (v *value) declared(n *node, fixed []string) *value {
	if v == nil {
		return nil
	}
	d := *v
	if fixed != nil {
		d.values = fixed
	}
	d.usual = n.attrs["default"]
	d.nillable = n.attrs["nillable"] == "true" || n.attrs["nillable"] == "1"
	return &d
}

// alternative adds a pattern of the same step: one of them must hold.
func alternative(patterns []string, p string) []string {
	if len(patterns) == 0 {
		return []string{p}
	}
	return []string{patterns[0] + "|" + p}
}
