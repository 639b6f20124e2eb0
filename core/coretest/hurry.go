package coretest

import (
	"io/fs"
	"strings"
	"testing/fstest"
)

// Hurried are a tree of rules with providers asked for news every few hundredths
// of a second: a test that polls does not wait for a minute.
func Hurried(rules fs.FS) (fs.FS, error) {
	const name = "fetch.json"
	b, err := fs.ReadFile(rules, name)
	if err != nil {
		return nil, err
	}
	quick := strings.NewReplacer(`"first": "5s"`, `"first": "50ms"`, `"idle": "30s"`, `"idle": "50ms"`, `"look": "5s"`, `"look": "50ms"`).Replace(string(b))
	return overlay{rules, fstest.MapFS{name: {Data: []byte(quick)}}}, nil
}

// overlay is a tree with some files of its own.
type overlay struct {
	fs.FS
	own fstest.MapFS
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.own.Open(name); err == nil {
		return f, nil
	}
	return o.FS.Open(name)
}
