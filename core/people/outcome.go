package people

import "bottega/core"

// Fate is what becomes of a row.
type Fate string

const (
	FateNew       Fate = "new"
	FateUpdated   Fate = "updated"
	FateSame      Fate = "same"
	FateDuplicate Fate = "duplicate" // of an earlier row
	FateRefused   Fate = "refused"
)

// Outcome is what becomes of one row, or would in a dry run.
type Outcome struct {
	Row       int
	Fate      Fate
	Contact   int64     // 0 when new in a dry run, or refused
	What      []string  // of an update: the fields that change, contact.Col… and the like
	Duplicate int       // the row that spoke of this person before
	Problem   Problem   // of a refusal
	Left      []Problem // of one who is taken: cells that cannot be and were left out
	Name      string
	Phone     core.Phone
}

// Problem is a row that was refused, or with Left a cell that was left out of a
// row that was taken, and why. Code is a contact.Problem or that of the row
// itself.
type Problem struct {
	Row    int
	Column string
	Value  string
	Code   string
	Left   bool
}

// Imported is what became of a file's rows: each is in exactly one of the counts.
type Imported struct {
	ID                                           int64             // for UndoImport; 0 of a dry run
	Columns                                      map[string]string // field by column, those that were read
	Blank                                        []string          // columns that were not read and in which no row has anything
	Rows, New, Updated, Same, Duplicate, Refused int
	LeftOut                                      int       // rows that were taken without some of their cells
	Problems                                     []Problem // the first MaxProblems
}

// MaxProblems bounds the list of refused rows and cells; they are all counted.
const MaxProblems = 10_000

// note adds to the list of problems while there is room.
func (m *Imported) note(ps ...Problem) {
	m.Problems = append(m.Problems, ps[:min(len(ps), MaxProblems-len(m.Problems))]...)
}

// count adds a row to the report and tells each of it.
func (m *Imported) count(o *Outcome, each func(Outcome)) {
	m.Rows++
	switch o.Fate {
	case FateNew:
		m.New++
	case FateUpdated:
		m.Updated++
	case FateSame:
		m.Same++
	case FateDuplicate:
		m.Duplicate++
	case FateRefused:
		m.Refused++
		m.note(o.Problem)
	}
	if len(o.Left) > 0 {
		m.LeftOut++
		m.note(o.Left...)
	}
	if each != nil {
		each(*o)
	}
}
