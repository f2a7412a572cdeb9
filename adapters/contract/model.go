package contract

import "testing"

func testModel(t *testing.T, b *bench) {}
