package client

import (
	"context"

	"github.com/snodo-co/snodo/transform/co"
)

// submission sends a document by the generated call of its kind.
type submission func(ctx context.Context, n Nodo, document string) error

// submissions are the calls that submit, by kind: one for each of
// envelope.Bindings.
func submissions() map[string]submission {
	return map[string]submission{
		co.UNILAV: through(Nodo.RichiestaRispostaSincrona_UniLavContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniLav {
			return &Richiesta_RichiestaRispostaSincrona_UniLav{UniLavXML: d}
		}),
		co.UNISOMM: through(Nodo.RichiestaRispostaSincrona_UniSommContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniSomm {
			return &Richiesta_RichiestaRispostaSincrona_UniSomm{UniSommXML: d}
		}),
		co.UNIURG: through(Nodo.RichiestaRispostaSincrona_UniUrgContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniUrg {
			return &Richiesta_RichiestaRispostaSincrona_UniUrg{UniUrgXML: d}
		}),
		co.VARDATORI: through(Nodo.RichiestaRispostaSincrona_VarDatoriContext, func(d string) *Richiesta_RichiestaRispostaSincrona_VarDatori {
			return &Richiesta_RichiestaRispostaSincrona_VarDatori{VarDatoreXML: d}
		}),
		co.UNIMARE: through(Nodo.RichiestaRispostaSincrona_UniMareContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniMare {
			return &Richiesta_RichiestaRispostaSincrona_UniMare{UniMareXML: d}
		}),
		co.UNIDOM: through(Nodo.RichiestaRispostaSincrona_UniDomContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniDom {
			return &Richiesta_RichiestaRispostaSincrona_UniDom{UniDomXML: d}
		}),
		co.UNIPI: through(Nodo.RichiestaRispostaSincrona_UniPiContext, func(d string) *Richiesta_RichiestaRispostaSincrona_UniPi {
			return &Richiesta_RichiestaRispostaSincrona_UniPi{UniPiXML: d}
		}),
		co.LAO:  through(Nodo.InviaLaoContext, func(d string) *InviaLao { return &InviaLao{LaoXML: d} }),
		co.CIGD: through(Nodo.InviaCigdContext, func(d string) *InviaCigd { return &InviaCigd{CigdXML: d} }),
	}
}

// through makes a submission of a generated call and of how its request holds the
// document. The call's own reading of the answer is dropped.
func through[Request, Answer any](call func(Nodo, context.Context, *Request) (*Answer, error), holding func(string) *Request) submission {
	return func(ctx context.Context, n Nodo, document string) error {
		_, err := call(n, ctx, holding(document))
		return err
	}
}
