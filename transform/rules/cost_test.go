package rules

import "testing"

func BenchmarkUnilavRules(b *testing.B) {
	all := tables(b)
	for _, name := range []string{"assunzione", "extra-ue-modello-q", "distacco", "tirocinio-dopo"} {
		c := decode(b, sample(b, name))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if faults := Check(c, nil, all, today); len(faults) > 0 {
					b.Fatal(faults)
				}
			}
		})
	}
}
