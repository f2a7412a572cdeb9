package spicom

import (
	"strconv"
	"time"
)

// object is a value of the regional document: a bean, a simple value, an array
// or a list.
type object struct {
	line     int
	null     bool
	class    *bean    // of a bean: the class it is, which may extend the declared one
	declared string   // kind of value: a simple type, typeList, typeArray or the name of a bean
	text     string   // a simple value in its Java form
	millis   int64    // of a date, from 1970-01-01 UTC
	items    []object // of an array or list
	fields   []field  // of a bean
}

type field struct {
	name  string
	value object
}

// get returns a property that is there and not null, else nil. It may be
// called on nil, as may all methods of object.
func (o *object) get(name string) *object {
	if o == nil {
		return nil
	}
	for i := range o.fields {
		if f := &o.fields[i]; f.name == name {
			if f.value.null {
				return nil
			}
			return &f.value
		}
	}
	return nil
}

// bean returns a bean in which something is given, else nil: COMONL writes
// some beans whose properties are all null.
func (o *object) bean(name string) *object {
	b := o.get(name)
	if b == nil || !b.given() {
		return nil
	}
	return b
}

// given reports whether o holds any value.
func (o *object) given() bool {
	if o.null {
		return false
	}
	for i := range o.fields {
		if o.fields[i].value.given() {
			return true
		}
	}
	return o.text != "" || len(o.items) > 0
}

// str returns a property of type String, or a Long in decimal digits; "" if
// it is null.
func (o *object) str(name string) string {
	if p := o.get(name); p != nil {
		return p.text
	}
	return ""
}

// day returns the civil day in the zone of a property of type Date, in the
// form of xs:date; "" if it is null. Senders write a day as its midnight in
// Italy.
func (o *object) day(name string, zone *time.Location) string {
	p := o.get(name)
	if p == nil {
		return ""
	}
	return time.UnixMilli(p.millis).In(zone).Format(time.DateOnly)
}

// instant returns a property of type Date with its time, in the form of
// xs:dateTime with the offset of the zone; "" if it is null.
func (o *object) instant(name string, zone *time.Location) string {
	p := o.get(name)
	if p == nil {
		return ""
	}
	return time.UnixMilli(p.millis).In(zone).Format("2006-01-02T15:04:05.999Z07:00")
}

// The first and last instants whose day in Italy has a year of four digits, in
// milliseconds, to the day.
const (
	minMillis = -62135596800000 // 0001-01-01T00:00:00Z
	maxMillis = 253402214400000 // 9999-12-31T00:00:00Z
)

// set reads the text of a simple value of a type. It fails on text that is not
// of the type: a blank date is no date, though the Java library would make it
// the current time.
func (o *object) set(declared, value string) bool {
	var err error
	switch declared {
	case typeString:
		if isBlank(value) {
			value = "" // as the Java library reads it
		}
		o.text = value
	case typeLong:
		var n int64
		n, err = strconv.ParseInt(value, 10, 64)
		o.text = strconv.FormatInt(n, 10)
	case typeFlag:
		o.text = value
		return value == "true" || value == "false"
	case typeDate:
		o.text = value
		o.millis, err = strconv.ParseInt(value, 10, 64)
		return err == nil && o.millis >= minMillis && o.millis <= maxMillis
	}
	return err == nil
}

func isBlank[T string | []byte](s T) bool {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\n', '\r':
		default:
			return false
		}
	}
	return true
}
