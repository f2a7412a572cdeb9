package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/co"
)

// TestOutlineHasEveryPlace: an outline has the places that an independent
// reading of the document finds, but elements and attributes without value.
func TestOutlineHasEveryPlace(t *testing.T) {
	t.Parallel()
	var o Outline
	for _, sample := range allSamples(t) {
		c, err := Decode(sample.id, sample.content)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		o.Lay(c)
		var got, want []string
		for i, p := range o.Places() {
			if p.Value == nil {
				t.Errorf("%s: %s has no value", sample.name, o.Path(i))
			}
			path := strings.Replace(o.Path(i)[1:], "/@", "@", 1)
			for at := strings.IndexByte(path, '['); at >= 0; at = strings.IndexByte(path, '[') {
				path = path[:at] + path[at+strings.IndexByte(path[at:], ']')+1:]
			}
			got = append(got, path)
		}
		seen := make(map[string]bool)
		for _, f := range facts(t, encoded) {
			path, _, _ := strings.Cut(f, "=")
			if value := strings.Contains(f, "="); value && !strings.Contains(path, "@") {
				seen[path] = true
			} else if !strings.HasSuffix(f, "=") {
				want = append(want, path)
			}
		}
		// An element without value that is no block has no place.
		want = slices.DeleteFunc(want, func(p string) bool {
			return !strings.Contains(p, "@") && !seen[p] && !slices.Contains(got, p)
		})
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: outline\n%v\nwant\n%v", sample.name, got, want)
		}
	}
}

func TestOutlinePaths(t *testing.T) {
	t.Parallel()
	c, err := Decode(unilavID, sampleOf(t, "distacco"))
	if err != nil {
		t.Fatal(err)
	}
	var o Outline
	o.Lay(c)
	var sectors, blocks []string
	for i, p := range o.Places() {
		switch p.Value.(type) {
		case *co.Settore:
			sectors = append(sectors, o.Path(i))
		case *co.Contratto, *co.DatoreDistaccatario:
			blocks = append(blocks, o.Path(i), o.Path(o.Parent(i)))
		}
	}
	if want := []string{"/UniLav/DatoreLavoro/Settore", "/UniLav/Trasformazione/DatoreDistaccatario/Settore"}; !slices.Equal(sectors, want) {
		t.Errorf("sectors %v", sectors)
	}
	if want := []string{"/UniLav/Trasformazione/Contratto", "/UniLav/Trasformazione",
		"/UniLav/Trasformazione/DatoreDistaccatario", "/UniLav/Trasformazione"}; !slices.Equal(blocks, want) {
		t.Errorf("blocks %v", blocks)
	}
	o.Lay(&co.UniLav{})
	if n := len(o.Places()); n != 6 { // the root, and the blocks that must be there
		t.Errorf("%d places of an empty communication", n)
	}
}

func BenchmarkOutline(b *testing.B) {
	for id, sample := range largest(b) {
		c, err := Decode(id, sample.content)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			var o Outline
			b.ReportAllocs()
			for b.Loop() {
				o.Lay(c)
			}
		})
	}
}
