package shop

import (
	"io"
	"path/filepath"
	"strings"

	"bottega/core/people"
	"bottega/storage/sheet"
)

// OpenTable opens a file of people for an import.
func OpenTable(path, encoding string) (people.Table, func() error, error) {
	s, err := sheet.Open(path, encoding, sheet.DefaultLimits)
	if err != nil {
		return people.Table{}, nil, err
	}
	return people.Table{Format: string(s.Format), Named: otherwise(path, s.Format), Encoding: s.Encoding, Separator: s.Separator, Header: s.Header, Next: func() (people.Row, error) {
		r, err := s.Next()
		return people.Row{Line: r.Line, Cells: r.Cells, Problem: string(r.Problem)}, err
	}}, s.Close, nil
}

// otherwise is the format that the name of a file promises, when it holds
// another; "" when the name says nothing else.
func otherwise(path string, is sheet.Format) string {
	named := map[string]sheet.Format{".csv": sheet.CSV, ".tsv": sheet.CSV, ".xlsx": sheet.XLSX, ".vcf": sheet.VCard, ".vcard": sheet.VCard}[strings.ToLower(filepath.Ext(path))]
	if named == is {
		return ""
	}
	return string(named)
}

// NewTable starts a table in the format that its name asks for: CSV unless .xlsx or .vcf.
func NewTable(w io.Writer, path string, header []string) (func([]string) error, func() error, error) {
	format := sheet.CSV
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xlsx":
		format = sheet.XLSX
	case ".vcf", ".vcard":
		format = sheet.VCard
	}
	t, err := sheet.Create(w, format, header)
	if err != nil {
		return nil, nil, err
	}
	return t.Write, t.Close, nil
}
