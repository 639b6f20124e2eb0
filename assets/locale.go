package assets

import (
	"embed"
	"io/fs"
)

//go:embed locale
var locale embed.FS

// Locale holds LANG/AREA.json: the words for people, as ui/text reads them.
func Locale() fs.FS {
	sub, err := fs.Sub(locale, "locale")
	if err != nil { // the path is a constant that the embed above proves
		panic(err)
	}
	return sub
}
