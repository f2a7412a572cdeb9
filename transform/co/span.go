package co

// Years counts the whole years from d to day: an age, where d is a birth date.
// It is false if either is no date, and negative or zero where day comes first.
func (d Data) Years(day Data) (years int, ok bool) {
	y, m, dd, ok := d.parts()
	ey, em, ed, eok := day.parts()
	if !ok || !eok {
		return 0, false
	}
	years = ey - y
	if em*100+ed < m*100+dd {
		years--
	}
	return years, true
}

// Longer reports whether d comes after the same day of start, so many months
// later. It is false if either is no date.
func (d Data) Longer(start Data, months int) bool {
	y, m, day, ok := start.parts()
	ey, em, ed, eok := d.parts()
	return ok && eok && (ey*12+em)*100+ed > (y*12+m+months)*100+day
}
