package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"bottega/core"
)

// ratioLimit is how many times its packed size a part of an XLSX may unpack
// to: real sheets stay below 100, bombs begin at 1,000.
const ratioLimit = 300

// openXLSX reads the first sheet of a workbook that has rows. The directory of
// the archive is checked before anything is unpacked.
func openXLSX(f *os.File, size int64, lim Limits) (*Sheet, error) {
	if err := checkArchive(f, size, lim); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	}
	x, err := excelize.OpenReader(f, excelize.Options{UnzipSizeLimit: lim.Bytes, UnzipXMLSizeLimit: 16 << 20, RawCellValue: true})
	if err != nil {
		return nil, core.Fail(core.NotATable, "sheet.Open", err)
	}
	for _, name := range x.GetSheetList() {
		rows, err := x.Rows(name)
		if err != nil {
			continue // a chart sheet has no rows
		}
		r := &xlsxReader{rows: rows, lim: lim}
		head, err := r.next()
		if errors.Is(err, io.EOF) {
			_ = rows.Close() // nothing was read from it
			continue
		}
		if head.Problem == TooManyCells {
			return nil, errors.Join(core.Fail(core.TooManyColumns, "sheet.Open", nil), rows.Close(), x.Close())
		}
		if err != nil || head.Problem != RowOK {
			return nil, errors.Join(core.Fail(core.NotATable, "sheet.Open", err), rows.Close(), x.Close())
		}
		for i := range head.Cells {
			head.Cells[i] = strings.TrimSpace(head.Cells[i])
		}
		return &Sheet{Format: XLSX, Header: head.Cells, rows: r, close: func() error { return errors.Join(rows.Close(), x.Close()) }}, nil
	}
	return nil, errors.Join(core.Fail(core.EmptyFile, "sheet.Open", nil), x.Close())
}

func checkArchive(f *os.File, size int64, lim Limits) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return core.Fail(core.NotATable, "sheet.Open", err)
	}
	var total uint64
	book := false
	for _, e := range z.File {
		book = book || e.Name == "xl/workbook.xml"
		total += e.UncompressedSize64
		bomb := e.UncompressedSize64 > 1<<20 && e.UncompressedSize64/ratioLimit > e.CompressedSize64
		if total > uint64(lim.Bytes) || bomb {
			return core.Fail(core.TooLarge, "sheet.Open", errors.New("the archive unpacks to too much"))
		}
	}
	if !book {
		return core.Fail(core.NotATable, "sheet.Open", nil)
	}
	return nil
}

type xlsxReader struct {
	rows *excelize.Rows
	lim  Limits
	line int
}

func (x *xlsxReader) next() (Row, error) {
	for x.rows.Next() {
		x.line++
		cells, err := x.rows.Columns()
		if err != nil {
			return Row{}, core.Fail(core.InvalidInput, "sheet.Next", err)
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		row := Row{Line: x.line, Cells: cells}
		if len(cells) > x.lim.Columns {
			row.Cells, row.Problem = cells[:x.lim.Columns], TooManyCells
		}
		for i, c := range row.Cells {
			if len(c) > x.lim.Cell {
				row.Cells[i], row.Problem = strings.ToValidUTF8(c[:80], "�"), CellTooLong
			}
		}
		return row, nil
	}
	if err := x.rows.Error(); err != nil {
		return Row{}, core.Fail(core.InvalidInput, "sheet.Next", err)
	}
	return Row{}, io.EOF
}
