package codes

import (
	"fmt"
	"iter"
	"strings"
)

// Marks of data files, on lines of their own that begin with #; any other such
// line is for people. A compact file is one of codes alone: its lines are two
// days and the codes that share them.
const (
	partialMark = "partial"
	compactMark = "compact"
)

// dataFile is the text of a table's file. Lines may end as any system ends
// them; empty ones are passed over.
type dataFile struct{ name, text string }

// open reads the data file of a table.
func (f Files) open(name string) (dataFile, error) {
	text, err := f.read(name)
	return dataFile{name, text}, err
}

// marked reports whether the file has a mark.
func (d dataFile) marked(mark string) bool {
	for line := range strings.Lines(d.text) {
		if comment, ok := strings.CutPrefix(line, "#"); ok && strings.TrimSpace(comment) == mark {
			return true
		}
	}
	return false
}

// lines gives the number of each line that is not for people alone, and the
// line.
func (d dataFile) lines() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		number := 0
		for line := range strings.Lines(d.text) {
			number++
			line = strings.TrimRight(line, " \r\n")
			if line != "" && line[0] != '#' && !yield(number, line) {
				return
			}
		}
	}
}

// errorf tells what is wrong with a line.
func (d dataFile) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("read code table %s, line %d: %s", d.name, line, fmt.Sprintf(format, args...))
}

// cutRow reads what every line of a code begins with: the code, its first and
// its last day, each followed by one blank. What comes after is the rest.
func (d dataFile) cutRow(number int, line string) (r Row, rest string, err error) {
	code, rest, _ := strings.Cut(line, " ")
	from, rest, _ := strings.Cut(rest, " ")
	to, rest, _ := strings.Cut(rest, " ")
	if from == "" || to == "" {
		return Row{}, "", d.errorf(number, "want code, first day and last day (- for none), with one blank between")
	}
	return Row{code, given(from), given(to)}, rest, nil
}

// given reads a field of a data file, in which - stands for none.
func given(field string) string {
	if field == "-" {
		return ""
	}
	return field
}
