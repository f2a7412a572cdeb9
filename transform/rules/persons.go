package rules

import (
	"github.com/snodo-co/snodo/xsd/fault"
)

func personRules() []Rule {
	return []Rule{
		{Code: fault.PersonalCode, Check: personalCodes},
		{Code: fault.NumericCode, Check: numericCodes},
	}
}

// personalCodes is ID-01: the check character of every personal code.
func personalCodes(c *Case) fault.List {
	var faults fault.List
	for i, code := range taxCodes(c) {
		if !code.Numeric() && !code.Valid() {
			faults = append(faults, one(fault.PersonalCode, c.at(i, ""), "")...)
		}
	}
	return faults
}

// numericCodes is ID-04: the check digit of every numeric code.
func numericCodes(c *Case) fault.List {
	var faults fault.List
	for i, code := range taxCodes(c) {
		if code.Numeric() && !code.Valid() {
			faults = append(faults, one(fault.NumericCode, c.at(i, ""), "")...)
		}
	}
	return faults
}
