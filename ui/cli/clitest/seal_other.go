//go:build !unix

package clitest

import "testing"

// SealsInTheOpen needs a pseudo-terminal, which this system has not.
func SealsInTheOpen(t *testing.T) { t.Skip("no pseudo-terminal on this system") }
