//go:build !linux

package storage_test

import "os"

func dataSync(f *os.File) error { return f.Sync() }
