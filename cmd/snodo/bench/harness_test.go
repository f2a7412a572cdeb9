package bench

import "github.com/snodo-co/snodo/cmd/snodo/snodotest"

// patience bounds every wait of these tests.
const patience = snodotest.Patience
