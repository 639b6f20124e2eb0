//go:build !linux

package probe

import "os"

func dataSync(f *os.File) error { return f.Sync() }
