package xsd

import (
	"slices"
	"strings"
	"testing"
)

// TestInferred: an operator can tell, edition by edition, which fields are not
// the ministry's for certain. Of the kinds that no schema was seen of it is all.
func TestInferred(t *testing.T) {
	t.Parallel()
	has := map[string][]string{
		"UNILAV": {
			"/UniLav/@descrizioneForzaMaggiore", "/UniLav/DatoreLavoro/SedeLavoro", "/UniLav/Lavoratore/ModelloQ", "/UniLav/LavoratoreCoobbligato",
			"/UniLav/InizioRapporto/@categoriaLavoratoreAssunzioneObbligatoria", "/UniLav/Proroga/Contratto/ccnl", "/UniLav/Tirocinio",
		},
		"UNISOMM":   {"/UniSomm/Lavoratore/ModelloQ", "/UniSomm/DatiVariazione/DatiCessazione"},
		"VARDATORI": {"/VarDatori/VariazioneRagioneSociale", "/VarDatori/TrasferimentoAzienda/SedeLavoro/cap"},
		"UNIURG":    {"/UniUrg/@motivoUrgenza"},
	}
	for _, info := range build(t).Kinds() {
		paths := info.InferredPaths
		switch info.Kind {
		case "UNIMARE", "UNIDOM":
			if len(paths) != 1 || strings.Count(paths[0], "/") != 1 || info.Inferred != info.Fields {
				t.Errorf("%v: %d of %d fields, %q", info.ID, info.Inferred, info.Fields, paths)
			}
		case "UNIPI", "LAO", "CIGD": // read whole, or ours
			if len(paths) != 0 || info.Inferred != 0 {
				t.Errorf("%v: %d inferred, %q", info.ID, info.Inferred, paths)
			}
		default:
			if info.Inferred == 0 || info.Inferred >= info.Fields {
				t.Errorf("%v: %d of %d fields", info.ID, info.Inferred, info.Fields)
			}
			for _, want := range has[info.Kind] {
				if !slices.Contains(paths, want) {
					t.Errorf("%v: %s is not among %q", info.ID, want, paths)
				}
			}
			for i, path := range paths {
				if slices.Contains(paths[:i], path) || slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(path, p+"/") }) {
					t.Errorf("%v: %s is told twice", info.ID, path)
				}
			}
		}
	}
}
