package xsd

import (
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

func FuzzIdentify(f *testing.F) {
	s := build(f)
	for _, sample := range allSamples(f) {
		f.Add(sample.content)
	}
	f.Add([]byte(`<p:UniSomm xmlns:p="http://servizi.lavoro.gov.it/unisomm"/>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		id, faults := s.Identify(content)
		ended := len(faults) == 1 && faults[0].Code == fault.EditionNotInForce
		if (id == ID{}) != (len(faults) > 0 && !ended) {
			t.Fatalf("id %v with faults %v", id, faults)
		}
		if _, ok := s.compiled[id]; len(faults) == 0 && !ok {
			t.Fatalf("no schema for %v", id)
		}
	})
}

func FuzzValidate(f *testing.F) {
	s := build(f)
	for _, sample := range allSamples(f) {
		f.Add(sample.content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		id, faults := s.Identify(content)
		if len(faults) > 0 {
			return
		}
		agree(t, s.compiled[id], content)
		faults, err := s.Validate(id, content)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) > MaxFaults+1 {
			t.Fatalf("%d faults", len(faults))
		}
		for _, f := range faults {
			if f.Path == "" || f.Line < 1 {
				t.Fatalf("fault without place: %+v", f)
			}
		}
	})
}

// largest are the largest samples of each standard, which benchmarks use.
func largest(t testing.TB) map[ID]sample {
	t.Helper()
	all := make(map[ID]sample)
	for _, s := range allSamples(t) {
		if len(s.content) > len(all[s.id].content) {
			all[s.id] = s
		}
	}
	return all
}

func BenchmarkIdentify(b *testing.B) {
	s := build(b)
	for id, sample := range largest(b) {
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			b.SetBytes(int64(len(sample.content)))
			b.ReportAllocs()
			for b.Loop() {
				if _, faults := s.Identify(sample.content); len(faults) > 0 {
					b.Fatal(faults)
				}
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	s := build(b)
	for id, sample := range largest(b) {
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			b.SetBytes(int64(len(sample.content)))
			b.ReportAllocs()
			for b.Loop() {
				if faults, err := s.Validate(id, sample.content); err != nil || len(faults) > 0 {
					b.Fatal(faults, err)
				}
			}
		})
	}
}

func BenchmarkValidateRefused(b *testing.B) {
	s, content := build(b), samples(b)["assunzione"]
	content = append(content[:len(content)-len("</UniLav>\n")], "<x/></UniLav>"...)
	b.ReportAllocs()
	for b.Loop() {
		if faults, err := s.Validate(unilavID, content); err != nil || len(faults) != 1 {
			b.Fatal(faults, err)
		}
	}
}

// TestValidateAllocates keeps the hot path lean: a reused session allocates
// next to nothing. It looks below the pool, which the race detector empties at
// random.
func TestValidateAllocates(t *testing.T) {
	s, content := build(t), samples(t)["assunzione"]
	ses, ok := s.compiled[unilavID].sessions.New().(*session)
	if !ok {
		t.Fatal("no session")
	}
	allocations := testing.AllocsPerRun(200, func() {
		if err := ses.validate(content); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 2 {
		t.Errorf("%v allocations a document", allocations)
	}
}
