package spicomtest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// readConversions reads an array of RisultatoConversioneTracciato (wire page,
// section 3).
func readConversions(array *node) ([]Conversion, error) {
	if err := array.itemsOf(encodingSpace, "Bean_it.csi.spicom.interf.RisultatoConversioneTracciato"); err != nil {
		return nil, err
	}
	list := make([]Conversion, 0, len(array.children))
	for _, item := range array.children {
		c, err := readConversion(item)
		if err != nil {
			return nil, fmt.Errorf("result %d: %w", len(list), err)
		}
		list = append(list, c)
	}
	return list, nil
}

func readConversion(item *node) (c Conversion, err error) {
	if err := item.isBean("it.csi.spicom.interf.RisultatoConversioneTracciato"); err != nil {
		return c, err
	}
	done, err := item.needed("conversioneEseguitaConSuccesso", "boolean")
	if err != nil {
		return c, err
	}
	c.Done = done.text == "true"
	for _, bean := range []string{"traccciatoConvertito", "tracciatoComConvertito"} {
		p, err := item.property(bean)
		if err != nil {
			return c, err
		}
		if p != nil && !p.isNil() {
			return c, fmt.Errorf("%s: unable to instantiate", bean)
		}
	}
	in, err := item.needed("tracciatoInIngresso", "string")
	if err != nil {
		return c, err
	}
	out, err := item.needed("tracciatoInUscita", "string")
	if err != nil {
		return c, err
	}
	if c.In, c.Out = in.text, out.text; c.Done == (out.isNil() || c.Out == "") {
		return c, errors.New("success and tracciatoInUscita disagree")
	}
	failures, err := item.property("erroriConversione")
	if err != nil || failures == nil || failures.isNil() {
		return c, err
	}
	if err := failures.itemsOf(schemaSpace, "string"); err != nil {
		return c, err
	}
	for _, one := range failures.children {
		c.Errors = append(c.Errors, one.text)
	}
	return c, nil
}

// needed returns a property that must be there with a type of XML Schema.
func (n *node) needed(name, local string) (*node, error) {
	p, err := n.property(name)
	if err == nil && p == nil {
		err = fmt.Errorf("no %s", name)
	}
	if err == nil {
		err = p.typed(schemaSpace, local)
	}
	return p, err
}

func (n *node) isNil() bool {
	v, _ := n.attr(schemaSpace+"-instance", "nil")
	return v == "true"
}

// itemsOf demands an array of that type of item, as long as it says.
func (n *node) itemsOf(space, local string) error {
	value, _ := n.attr(encodingSpace, "arrayType")
	name, size, _ := strings.Cut(value, "[")
	prefix, name, _ := strings.Cut(name, ":")
	if n.scope[prefix] != space || name != local {
		return fmt.Errorf("%s is an array of %q, not {%s}%s", n.name, value, space, local)
	}
	if size != strconv.Itoa(len(n.children))+"]" {
		return fmt.Errorf("%s of %d items says %q", n.name, len(n.children), value)
	}
	return nil
}
