package xsd

import (
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// official is a schema as a ministry might write it: other prefixes, types of
// XML Schema itself, types without a name.
const official = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:u="http://servizi.lavoro.gov.it/uniurg"
 targetNamespace="http://servizi.lavoro.gov.it/uniurg" elementFormDefault="qualified">
<xsd:element name="UniUrg" type="u:Comunicazione"/>
<xsd:complexType name="Comunicazione">
 <xsd:sequence>
  <xsd:element name="DatoreLavoro">
   <xsd:complexType>
    <xsd:attribute name="codiceFiscale" type="u:CodiceFiscale" use="required"/>
    <xsd:attribute name="denominazione" type="xsd:string" use="optional"/>
   </xsd:complexType>
  </xsd:element>
  <xsd:element name="inizio" type="xsd:date"/>
  <xsd:element name="motivo" minOccurs="0">
   <xsd:simpleType><xsd:restriction base="xsd:string"><xsd:maxLength value="5"/></xsd:restriction></xsd:simpleType>
  </xsd:element>
 </xsd:sequence>
 <xsd:attribute name="versione" use="required">
  <xsd:simpleType><xsd:restriction base="xsd:string"><xsd:enumeration value="CO270101"/></xsd:restriction></xsd:simpleType>
 </xsd:attribute>
</xsd:complexType>
<xsd:simpleType name="CodiceFiscale"><xsd:restriction base="xsd:string"><xsd:pattern value="[0-9]{11}"/></xsd:restriction></xsd:simpleType>
</xsd:schema>`

// TestOfficial: a schema in the style of others is explained like ours, with
// the labels of the program's edition.
func TestOfficial(t *testing.T) {
	t.Parallel()
	const valid = `<UniUrg xmlns="http://servizi.lavoro.gov.it/uniurg" versione="CO270101"><DatoreLavoro codiceFiscale="01472580362"/>` +
		`<inizio>2027-01-04</inizio><motivo>causa</motivo></UniUrg>`
	pack := goodPack(t)
	for name := range pack {
		if strings.HasPrefix(name, "samples/") {
			delete(pack, name)
		}
	}
	swap(pack, "pack.json", `"UNILAV", "edition": "CO270101"`, `"UNIURG", "edition": "CO270101"`)
	pack["schemi/unilav.xsd"].Data = []byte(official)
	pack["samples/urgenza.xml"] = pack["leggimi.md"]
	pack["samples/urgenza.xml"].Data = []byte(valid)
	_, s, err := open(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	id := ID{"UNIURG", newEdition}
	for _, c := range []struct {
		old, with string
		want      fault.Fault
	}{
		{valid, valid, fault.Fault{}},
		{"01472580362", "1", fault.Fault{Code: fault.WrongPattern, Path: "/UniUrg/DatoreLavoro/@codiceFiscale", Field: "Datore di lavoro > Codice fiscale del datore di lavoro"}},
		{` codiceFiscale="01472580362"`, "", fault.Fault{Code: fault.MissingAttribute, Path: "/UniUrg/DatoreLavoro/@codiceFiscale", Field: "Datore di lavoro > Codice fiscale del datore di lavoro"}},
		{"2027-01-04", "4 gennaio", fault.Fault{Code: fault.WrongType, Path: "/UniUrg/inizio", Field: "inizio", Expected: "data nella forma aaaa-mm-gg"}},
		{"<inizio>2027-01-04</inizio>", "", fault.Fault{Code: fault.MissingElement, Path: "/UniUrg/inizio", Field: "inizio", Expected: "data nella forma aaaa-mm-gg"}},
		{"causa", "cause varie", fault.Fault{Code: fault.WrongLength, Path: "/UniUrg/motivo", Field: "motivo"}},
		{"<DatoreLavoro ", `<DatoreLavoro denominazione="" altro="" `, fault.Fault{Code: fault.UnexpectedAttribute, Path: "/UniUrg/DatoreLavoro/@altro", Field: "Datore di lavoro > altro"}},
	} {
		faults, err := s.Validate(id, []byte(strings.Replace(valid, c.old, c.with, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if c.want.Code == "" {
			if len(faults) > 0 {
				t.Errorf("valid: %v", faults)
			}
			continue
		}
		c.want.Line = 1
		if len(faults) != 1 || faults[0] != c.want {
			t.Errorf("%s: %+v, want %+v", c.with, faults, c.want)
		}
	}
	for _, i := range s.Catalogue() {
		if i.ID == id && (!i.Explained || i.Fields != 7) {
			t.Errorf("%+v", i)
		}
	}
}
