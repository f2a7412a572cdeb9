//go:build !(linux || darwin || freebsd)

package embedded

import "errors"

// freeSpace is not known here: the broker refuses only what it fails to write.
func freeSpace(string) (uint64, error) { return 0, errors.ErrUnsupported }
