package transform

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// DecodeDropIn reads content that a schema of a pack has passed as id. Such a
// schema is not the one that the walk was written to, so the walk takes what it
// knows, by name, wherever it stands among its siblings:
//
//   - elements and attributes that the walk does not know in that place are
//     passed over, with all that they hold;
//   - of an element that the walk expects once, the first is read;
//   - what is not there, or is nil (xsi:nil), is absent: empty in the model;
//   - a block that holds text, or a value that holds elements, reads as empty;
//   - elements may be of the namespace of the kind or of none.
//
// Passed are the paths of what the communication does not hold, sorted, each
// once and without numbers, at most xsd.MaxFaults; [2] after a path means from
// the second on. The document itself says more than the communication: only the
// document may be stored or relayed. Content of another root, or that is not
// well-formed, is an error, never a panic. Memory and time are linear.
func DecodeDropIn(id xsd.ID, content []byte) (c co.Comunicazione, passed []string, err error) {
	f, ok := formatOf(id.Kind)
	if !ok {
		return nil, nil, fmt.Errorf("decode content: no decoder for kind %q", id.Kind)
	}
	d := &dropIn{space: f.space}
	d.values.Grow(len(content))
	d.r.Reset(content, xmltoken.Limits{})
	if err := d.read(asked()[id.Kind]); err != nil {
		return nil, nil, fmt.Errorf("decode %s of a pack: %w", id.Kind, err)
	}
	c = f.empty()
	if d.begin(f.root, true) {
		walk(d, c)
		d.end()
	}
	d.leftovers()
	slices.Sort(d.passed)
	return c, d.passed, nil
}

// dropIn is the decoder of content of other schemas than the walk's: first it
// gathers what the walk will ask for, then it answers. It keeps nothing of what
// the walk does not know.
type dropIn struct {
	r     xmltoken.Reader
	space string // namespace of elements; none is as good
	nodes []node // in document order; the first holds the root
	kids  []queue
	attrs []string // values
	at    int32    // the node entered last
	// passed are the paths of what is passed over.
	passed []string
	// values holds every value, as in decoder.
	values  strings.Builder
	scratch []byte
}

// node is an element that the walk may ask for.
type node struct {
	names  *names
	above  int32
	next   int32 // the next of that name in its parent; 0: none
	kids   int32 // where its children's queues start in kids, in the order of names.kids
	attrs  int32 // where its attributes start in attrs, in the order of names.attrs
	asked  bool
	reform bool // a value that holds elements
	text   string
}

// queue are the children of one name that were not asked for yet; first 0: none.
type queue struct{ first, last int32 }

// add makes a node.
func (d *dropIn) add(n *names, above int32) int32 {
	d.nodes = append(d.nodes, node{names: n, above: above, kids: int32(len(d.kids)), attrs: int32(len(d.attrs))})
	d.kids = append(d.kids, make([]queue, len(n.kids))...)
	d.attrs = append(d.attrs, make([]string, len(n.attrs))...)
	return int32(len(d.nodes) - 1)
}

// read gathers the document. Above is what holds the root.
func (d *dropIn) read(above *names) error {
	d.add(above, 0)
	for {
		kind, err := d.r.Next()
		switch {
		case err != nil:
			return err
		case kind == xmltoken.EOF:
			return nil
		case kind == xmltoken.Start:
			err = d.start()
		case kind == xmltoken.End:
			d.leave()
		case kind == xmltoken.Text || kind == xmltoken.CData:
			err = d.characters(kind)
		}
		if err != nil {
			return err
		}
	}
}

// start gathers the element whose Start is current, or passes over it.
func (d *dropIn) start() error {
	parent := &d.nodes[d.at]
	space := d.r.Space()
	i := -1
	if len(space) == 0 || string(space) == d.space {
		i = parent.names.index(d.r.Local())
	}
	if i < 0 {
		if d.at == 0 {
			return errors.New("another root than expected")
		}
		parent.reform = true
		d.pass(parent.names, "/", d.r.Local())
		return d.r.Skip()
	}
	if d.isNil() {
		return d.r.Skip()
	}
	n := d.add(parent.names.kids[i], d.at)
	q := &d.kids[d.nodes[d.at].kids+int32(i)]
	if q.first == 0 {
		q.first = n
	} else {
		d.nodes[q.last].next = n
	}
	q.last, d.at = n, n
	d.scratch = d.scratch[:0]
	return d.attributes(&d.nodes[n])
}

// isNil tells an element that XML Schema 1.0, section 2.6.2, lets stand for its
// own absence.
func (d *dropIn) isNil() bool {
	return slices.ContainsFunc(d.r.Attrs(), func(a xmltoken.Attr) bool {
		value := string(bytes.TrimSpace(a.Value))
		return string(a.Space) == instanceSpace && string(a.Local) == "nil" && (value == "true" || value == "1")
	})
}

// instanceSpace is the namespace of attributes that any element may have.
const instanceSpace = "http://www.w3.org/2001/XMLSchema-instance"

func (d *dropIn) attributes(n *node) error {
	for _, a := range d.r.Attrs() {
		if string(a.Space) == instanceSpace {
			continue
		}
		i := slices.IndexFunc(n.names.attrs, func(name string) bool { return name == string(a.Local) })
		if i < 0 || len(a.Space) > 0 {
			d.pass(n.names, "/@", a.Local)
			continue
		}
		var err error
		if d.scratch, err = xmltoken.AppendAttr(d.scratch[:0], a.Value); err != nil {
			return err
		}
		d.attrs[int(n.attrs)+i] = d.keep()
	}
	d.scratch = d.scratch[:0]
	return nil
}

// characters takes those of a value; any others that are no blanks are passed
// over.
func (d *dropIn) characters(kind xmltoken.Kind) (err error) {
	n := &d.nodes[d.at]
	switch {
	case n.names.value && kind == xmltoken.CData:
		d.scratch = xmltoken.AppendCData(d.scratch, d.r.Raw())
	case n.names.value:
		d.scratch, err = xmltoken.AppendText(d.scratch, d.r.Raw())
	case len(bytes.Trim(d.r.Raw(), " \t\r\n")) > 0:
		d.pass(n.names, "", nil)
	}
	return err
}

// leave ends the element entered last.
func (d *dropIn) leave() {
	n := &d.nodes[d.at]
	if n.names.value && !n.reform {
		n.text = d.keep()
	}
	d.at = n.above
}

// keep gives scratch as a string.
func (d *dropIn) keep() string {
	from := d.values.Len()
	d.values.Write(d.scratch)
	return d.values.String()[from:]
}

// pass notes that something is passed over.
func (d *dropIn) pass(n *names, mark string, local []byte) {
	if len(d.passed) == xsd.MaxFaults {
		return
	}
	var room [256]byte
	path := append(append(append(room[:0], n.path...), mark...), local...)
	if !slices.ContainsFunc(d.passed, func(p string) bool { return p == string(path) }) {
		d.passed = append(d.passed, string(path))
	}
}

// leftovers notes what the walk knows and did not ask for: one more than it
// expects.
func (d *dropIn) leftovers() {
	for i := range d.nodes {
		n := &d.nodes[i]
		if !n.asked && i > 0 {
			continue // told with its parent
		}
		for k, name := range n.names.kids {
			if d.kids[int(n.kids)+k].first != 0 {
				d.pass(name, "[2]", nil)
			}
		}
	}
}

func (d *dropIn) begin(name string, _ bool) bool {
	n := &d.nodes[d.at]
	i := slices.IndexFunc(n.names.kids, func(k *names) bool { return k.name == name })
	q := &d.kids[int(n.kids)+i]
	if q.first == 0 {
		return false
	}
	d.at = q.first
	q.first = d.nodes[d.at].next
	d.nodes[d.at].asked = true
	return true
}

func (d *dropIn) end() { d.at = d.nodes[d.at].above }

func (d *dropIn) attr(name, v string, _ bool) string {
	n := &d.nodes[d.at]
	i := slices.Index(n.names.attrs, name)
	if value := d.attrs[int(n.attrs)+i]; value != "" {
		return value
	}
	return v
}

func (d *dropIn) text(name, v string, _ bool) string {
	if !d.begin(name, true) {
		return v
	}
	v = d.nodes[d.at].text
	d.end()
	return v
}
