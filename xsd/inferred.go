package xsd

import "slices"

// inferredMark opens the documentation of what was not read in a schema or
// document of the edition; the rest says what it is concluded from.
const inferredMark = "inferred:"

// fields counts the elements and attributes that a schema declares, one of a
// type once wherever the type is used, and those of them that are inferred.
func (s *schema) fields() (all, inferred int) {
	count := func(mark bool) {
		all++
		if mark || s.root.inferred {
			inferred++
		}
	}
	count(false)
	for _, t := range s.types() {
		for _, e := range t.elements {
			count(e.inferred)
		}
		for _, a := range t.attributes {
			count(a.inferred)
		}
	}
	return all, inferred
}

// inferredPaths lists what is inferred, each field in its places, in the order
// of documents. An element stands for all that is in it.
func (s *schema) inferredPaths() []string {
	if s.root.inferred {
		return []string{"/" + s.root.name}
	}
	var paths []string
	var within func(path string, t *complexType, open []*complexType)
	var model func(path string, p *particle, open []*complexType)
	within = func(path string, t *complexType, open []*complexType) {
		if slices.Contains(open, t) {
			return // made of itself: told where it stands first
		}
		for _, a := range t.attributes {
			if a.inferred {
				paths = append(paths, path+"/@"+a.name)
			}
		}
		model(path, t.model, append(open, t))
	}
	model = func(path string, p *particle, open []*complexType) {
		switch {
		case p == nil:
		case p.element == nil:
			for _, part := range p.parts {
				model(path, part, open)
			}
		case p.element.inferred:
			if at := path + "/" + p.element.name; !slices.Contains(paths, at) { // in two branches of a choice
				paths = append(paths, at)
			}
		case p.element.complex != nil:
			within(path+"/"+p.element.name, p.element.complex, open)
		}
	}
	within("/"+s.root.name, s.root.complex, nil)
	return paths
}
