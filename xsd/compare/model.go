package compare

import (
	"errors"
	"fmt"
	"slices"
)

// anyName stands for elements of any name.
const anyName = "*"

// group is a content model, each name once.
type group struct{ members []member }

// member is an element of a model.
type member struct {
	name    string
	node    *node // where it stands
	target  *node // its declaration; nil for content of any name
	occurs  occurs
	without []string
	fixed   []string // the only values, if every declaration of the name fixes one
}

func (g *group) find(name string) *member {
	for i := range g.members {
		if g.members[i].name == name {
			return &g.members[i]
		}
	}
	return nil
}

// particle reads an element or a group, as often as it may come.
func (b *builder) particle(n *node) (group, error) {
	o, err := bounds(n)
	if err := errors.Join(err, b.step()); err != nil {
		return group{}, err
	}
	var g group
	switch n.name {
	case "element":
		m := member{name: n.attrs["name"], node: n, target: n, occurs: occurs{1, 1}}
		if ref := n.attrs["ref"]; ref != "" {
			q := n.qualified("ref")
			m.name, m.target = q.local, b.global["element"][q]
		}
		if m.target != nil {
			if v, is := m.target.attrs["fixed"]; is {
				m.fixed = []string{v}
			}
		}
		g.members = []member{m}
	case "any":
		g.members = []member{{name: anyName, node: n, occurs: occurs{1, 1}}}
	case "group":
		ref := b.global["group"][n.qualified("ref")]
		if ref == nil {
			return g, fmt.Errorf("no group %s", n.attrs["ref"])
		}
		if err := b.enter(ref); err != nil {
			return g, err
		}
		g, err = b.parts(ref)
		b.leave()
	case "choice":
		g, err = b.choice(n)
	default: // sequence, all
		g, err = b.parts(n)
	}
	for i := range g.members {
		g.members[i].occurs = g.members[i].occurs.times(o)
	}
	return g, err
}

// parts reads what stands one after the other.
func (b *builder) parts(n *node) (group, error) {
	var g group
	for _, k := range n.kids {
		if !isParticle(k) {
			continue
		}
		part, err := b.particle(k)
		if err != nil {
			return g, err
		}
		for _, m := range part.members {
			if there := g.find(m.name); there != nil {
				there.occurs = there.occurs.plus(m.occurs)
				there.fixed = either(there.fixed, m.fixed)
			} else {
				g.members = append(g.members, m)
			}
		}
	}
	return g, nil
}

// choice reads alternatives. What all of them have is no alternative.
func (b *builder) choice(n *node) (group, error) {
	var branches []group
	for _, k := range n.kids {
		if isParticle(k) {
			branch, err := b.particle(k)
			if err != nil {
				return group{}, err
			}
			branches = append(branches, branch)
		}
	}
	var g group
	for _, branch := range branches {
		for _, m := range branch.members {
			if g.find(m.name) != nil {
				continue
			}
			for _, other := range branches {
				there := other.find(m.name)
				if there == nil {
					m.occurs.least = 0
					m.without = m.instead(branch, other)
					continue
				}
				m.fixed = either(m.fixed, there.fixed)
				m.occurs.least = min(m.occurs.least, there.occurs.least)
				if m.occurs.most >= 0 && (there.occurs.most < 0 || there.occurs.most > m.occurs.most) {
					m.occurs.most = there.occurs.most
				}
			}
			g.members = append(g.members, m)
		}
	}
	return g, nil
}

// either joins the values that two declarations of a name fix.
func either(a, b []string) []string {
	if a == nil || b == nil {
		return nil
	}
	return append(slices.Clone(a), lacking(b, a)...)
}

// instead adds the names that another branch has and the member's own has not.
func (m member) instead(own, other group) []string {
	all := slices.Clone(m.without)
	for _, o := range other.members {
		if own.find(o.name) == nil && !slices.Contains(all, o.name) {
			all = append(all, o.name)
		}
	}
	return all
}

func isParticle(n *node) bool {
	switch n.name {
	case "element", "any", "group", "choice", "sequence", "all":
		return true
	}
	return false
}

// times is how often a part comes in a group that itself may come so often.
func (o occurs) times(g occurs) occurs {
	o.least *= g.least
	switch {
	case o.most == 0 || g.most == 0:
		o.most = 0
	case o.most < 0 || g.most < 0:
		o.most = -1
	default:
		o.most *= g.most
	}
	return o
}

func (o occurs) plus(p occurs) occurs {
	o.least += p.least
	if o.most < 0 || p.most < 0 {
		o.most = -1
	} else {
		o.most += p.most
	}
	return o
}

// label is what people call the element: the words where it stands come first.
func (m member) label() string {
	if m.name == anyName {
		return "elementi di qualsiasi nome"
	}
	if l := m.node.label(); l != "" || m.target == nil {
		return l
	}
	return m.target.label()
}
