package compare

import "github.com/snodo-co/snodo/xsd"

// Unread lists the elements of a pack's edition that the program's decoder does
// not expect: new ones, others in another place, and several where there was
// one. A document that has them may be valid and yet not be read.
func Unread(s *xsd.Standards, i xsd.Info) ([]string, error) {
	if !i.DropIn || i.Model == "" {
		return nil, nil
	}
	known, err := Read(xsd.File, i.Model)
	if err != nil {
		return nil, err
	}
	now, err := Standard(s, i.ID)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, c := range Formats(known, now) {
		if c.surprises() {
			paths = append(paths, c.Paths...)
		}
	}
	return paths, nil
}

// surprises tells a change that a decoder written for the format before may
// stumble over. Attributes it finds by name, wherever they stand.
func (c Change) surprises() bool {
	if lastStep(c.Paths[0])[0] == '@' {
		return false
	}
	for _, d := range c.Details {
		if d.What == "ripetizioni" && d.Before == (occurs{1, 1}).words() || d.What == "contenuto" {
			return true
		}
	}
	return c.Kind == Added || c.Kind == Moved
}
