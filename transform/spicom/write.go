package spicom

import (
	"strconv"
)

// appendPayload writes a communication as ObjectSerializer does (domain page
// payload.md, section 1): four blanks a level, every property of every class in
// the order of its source, nulls included, all of it ASCII.
func appendPayload(out []byte, root *object) []byte {
	out = append(out, `<object type="`+dto...)
	out = append(out, root.class.name...)
	out = append(out, '"', '>', '\n')
	out = appendProperties(out, root, 1)
	return append(out, "</object>\n"...)
}

// appendProperties writes the properties of a bean at a level.
func appendProperties(out []byte, o *object, level int) []byte {
	for _, p := range o.class.order {
		out = appendIndent(out, level)
		out = append(append(out, '<'), p.name...)
		out = append(out, ` type="`...)
		v := o.get(p.name)
		switch {
		case v == nil:
			out = append(append(out, javaTypeOf(p.declared)...), `"><null/>`...)
		case v.class != nil:
			out = append(append(append(out, dto...), v.class.name...), '"', '>', '\n')
			out = appendIndent(appendProperties(out, v, level+1), level)
		case v.declared == typeArray:
			out = append(append(out, p.declared...), `" length="`...)
			out = append(strconv.AppendInt(out, int64(len(v.items)), 10), '"', '>')
			out = appendItems(out, v, level)
		case v.declared == typeList:
			out = append(append(out, javaTypeOf(typeList)...), '"', '>')
			out = appendItems(out, v, level)
		default:
			out = append(append(out, javaTypeOf(v.declared)...), '"', '>')
			out = appendASCII(out, v.text)
		}
		out = append(append(append(out, "</"...), p.name...), '>', '\n')
	}
	return out
}

// appendItems writes the items of an array, which have an index, or of a list,
// which have a type.
func appendItems(out []byte, o *object, level int) []byte {
	out = append(out, '\n')
	for i := range o.items {
		item := &o.items[i]
		out = append(appendIndent(out, level+1), "<element "...)
		if o.declared == typeArray {
			out = strconv.AppendInt(append(out, `index="`...), int64(i), 10)
		} else {
			out = append(append(out, `type="`...), javaTypeOf(item.declared)...)
		}
		out = append(out, '"', '>')
		switch {
		case item.null:
			out = append(out, "<null/>"...)
		case item.class != nil:
			out = append(out, '\n')
			out = appendIndent(appendProperties(out, item, level+2), level+1)
		default:
			out = appendASCII(out, item.text)
		}
		out = append(out, "</element>\n"...)
	}
	return appendIndent(out, level)
}

func appendIndent(out []byte, level int) []byte {
	for range level {
		out = append(out, "    "...)
	}
	return out
}

// appendASCII writes text as escapeXml of commons-lang 2 does: the five named
// entities, and a decimal reference for every character above 0x7F. A character
// outside the BMP, which that library writes as two surrogates that no parser
// takes, is one reference here.
func appendASCII(out []byte, text string) []byte {
	for _, c := range text {
		switch {
		case c == '&':
			out = append(out, "&amp;"...)
		case c == '<':
			out = append(out, "&lt;"...)
		case c == '>':
			out = append(out, "&gt;"...)
		case c == '"':
			out = append(out, "&quot;"...)
		case c == '\'':
			out = append(out, "&apos;"...)
		case c == '\r': // a raw one would be read as a line feed
			out = append(out, "&#13;"...)
		case c > 0x7f:
			out = append(strconv.AppendInt(append(out, "&#"...), int64(c), 10), ';')
		default:
			out = append(out, byte(c))
		}
	}
	return out
}
