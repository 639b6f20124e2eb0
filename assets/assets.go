// Package assets holds what ships inside the program as data: the words of
// each language (locale/LANG/AREA.json), the rules with source and date of
// every number (rules), the demo shop (demo), templates to start from
// (templates) and the manual (manual). It decodes nothing: the package that
// owns a format reads it from these files.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed all:rules all:demo manual/*.md all:templates
var files embed.FS

// Rules is the tree below rules: "targets.json".
func Rules() fs.FS { return sub("rules") }

// Demo is the tree below demo.
func Demo() fs.FS { return sub("demo") }

// Templates is the tree below templates: "starter.json".
func Templates() fs.FS { return sub("templates") }

// Manual is the tree below manual.
func Manual() fs.FS { return sub("manual") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // only for an invalid path, and ours are constants
	}
	return f
}
