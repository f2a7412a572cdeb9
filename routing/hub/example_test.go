package hub_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/snodo-co/snodo/routing/hub"
)

// Three submissions of one signer: a good one, the same again, and one whose
// signature does not hold.
func ExampleHub_Submit() {
	document, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/assunzione.xml")
	if err != nil {
		log.Fatal(err)
	}
	w := &world{signer: signer}
	h, err := newHub(w)
	if err != nil {
		log.Fatal(err)
	}
	show := func(s hub.Submission) {
		a, err := h.Submit(context.Background(), s)
		if err != nil {
			log.Fatal(err) // nothing was promised: the sender may try again
		}
		fmt.Printf("accepted %t, repeated %t, refused %t, code %q, faults %q\n",
			a.Accepted, a.Repeated, a.Refused, a.Entry.Codice, codesOf(a.Faults))
	}
	show(signed(string(document)))
	storedBy(signer)(w)
	show(signed(string(document)))
	unsound("SIG-29")(w)
	show(signed(string(document)))
	// Output:
	// accepted true, repeated false, refused false, code "1104226000000001", faults ""
	// accepted true, repeated true, refused false, code "1104226000000003", faults ""
	// accepted false, repeated false, refused true, code "", faults "SIG-29"
}
