package xsd

import "testing"

// TestInferredKinds: of the kinds that no schema was seen of, every element and
// attribute is marked, so that the count tells an operator what it is built on.
func TestInferredKinds(t *testing.T) {
	t.Parallel()
	s := build(t)
	for _, info := range s.Kinds() {
		if info.Kind != "UNIMARE" && info.Kind != "UNIDOM" {
			continue
		}
		sch := s.compiled[info.ID].schema
		fields := 1 + len(sch.root.complex.elements) + len(sch.root.complex.attributes)
		for _, c := range sch.complex {
			fields += len(c.elements) + len(c.attributes)
		}
		if info.Inferred < fields {
			t.Errorf("%v: %d inferred of %d fields", info.ID, info.Inferred, fields)
		}
	}
}
