// Package routing decides: which region receives, which offices are due a
// communication, and under which ground.
//
// It owns the table of regions and the plan of deliveries, both pure. It must
// not read clocks, files or sockets, and knows nothing of XML.
package routing

// Region is a regional node served by this hub.
type Region struct {
	Slug string // name in paths, flags and entries: "piemonte"
	Code string // ministry code, the first two digits of a codice comunicazione
	Name string // Italian name
}

// Regions lists the regions this hub serves. The codes are the ministry's
// (classification of regions, the first two digits of a codice comunicazione).
func Regions() []Region {
	return []Region{
		{Slug: "piemonte", Code: "13", Name: "Piemonte"},
		{Slug: "marche", Code: "11", Name: "Marche"},
		{Slug: "lazio", Code: "08", Name: "Lazio"},
	}
}

// RegionBySlug finds a region by its slug.
func RegionBySlug(slug string) (Region, bool) {
	for _, r := range Regions() {
		if r.Slug == slug {
			return r, true
		}
	}
	return Region{}, false
}
