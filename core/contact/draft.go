package contact

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"bottega/core"
	"bottega/core/segment"
)

// Draft is what one row of a file says about a person. Empty means the file
// says nothing, never "delete it".
type Draft struct {
	Name      string
	Phone     core.Phone
	UserID    string
	Username  string
	Email     string
	Language  string
	Zone      string
	Birthday  string // YYYY-MM-DD
	Note      string
	Value     core.ValueTier
	Tags      []string
	Custom    map[string]string // canonical: numbers with a point, dates as YYYY-MM-DD
	Consent   *bool
	ConsentAt time.Time
	ConsentTo string // the words agreed to
	// ConsentUnclear is a cell about consent that says neither yes nor no: nobody
	// may take it for a yes, whatever was agreed for the file.
	ConsentUnclear bool
	// Country and NumberZone are what the number tells, not the file.
	Country, NumberZone string
	// Left are the cells that cannot be and were left out, in order.
	Left []Bad
}

// Bad is a cell that cannot be.
type Bad struct {
	Column  int
	Value   string
	Problem Problem
}

// maxText bounds one text of a person, in bytes: a name, a note.
const (
	maxName = 200
	maxNote = 4000
	maxTags = 50
)

// Reader turns rows into drafts.
type Reader struct {
	Columns Columns
	Mapping Mapping
	Region  string
	Schema  segment.Schema // the shop's own fields and their types
}

// Draft reads one row. A bad address refuses it, for nobody knows whose it is;
// any other bad value is left out and told in Left: a person is worth more than
// a birthday.
func (r *Reader) Draft(cells []string) (Draft, *Bad) {
	d := Draft{}
	var first, last string
	for i, field := range r.Mapping {
		if field == "" || i >= len(cells) {
			continue
		}
		cell := Plain(strings.TrimSpace(undefuse(cells[i])))
		if cell == "" && field != ColConsent {
			continue
		}
		var p Problem
		switch field {
		case ColFirstName:
			first, p = bounded(cell, maxName)
		case ColLastName:
			last, p = bounded(cell, maxName)
		default:
			p = r.set(&d, field, cell)
		}
		switch bad := (Bad{Column: i, Value: cell, Problem: p}); {
		case p == "":
		case field == ColPhone || field == ColUserID:
			return Draft{}, &bad
		default:
			d.Left = append(d.Left, bad)
		}
	}
	d.Name = fullName(d.Name, first, last)
	if d.Phone == "" && d.UserID == "" {
		return Draft{}, &Bad{Column: max(0, slices.Index(r.Mapping, ColPhone)), Problem: PhoneMissing}
	}
	return d, nil
}

// undefuse takes off the apostrophe that exports put before formulas.
func undefuse(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@'", rune(s[1])) {
		return s[1:]
	}
	return s
}

// Plain leaves out characters that steer, but line ends and tabs: no table may
// hold them, and a name that came with a message may. Line ends become one kind.
func Plain(s string) string {
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		if r == utf8.RuneError { // stands for bytes that were lost: no reader takes it for a letter
			return '?'
		}
		return r
	}, s))
}

// fullName joins what a file keeps apart: "Nome;Cognome" has the first name in
// a column that alone would be the whole name.
func fullName(name, first, last string) string {
	switch {
	case first != "" || name == "":
		if full := strings.TrimSpace(first + " " + last); full != "" && (name == "" || first != "") {
			return full
		}
	case last != "" && !strings.HasSuffix(name, last):
		return name + " " + last
	}
	return name
}

func bounded(s string, n int) (string, Problem) {
	if len(s) > n {
		return "", ValueTooLong
	}
	return s, ""
}

// set fills one field of a draft from a cell that is not empty (but for consent).
func (r *Reader) set(d *Draft, field, cell string) (p Problem) {
	switch field {
	case ColPhone:
		var n Number
		n, p = ReadNumber(cell, r.Region)
		d.Phone, d.Country, d.NumberZone = n.Phone, n.Country, n.Zone
	case ColName:
		d.Name, p = bounded(cell, maxName)
	case ColUserID:
		d.UserID, p = bounded(cell, maxName)
	case ColUsername:
		d.Username, p = bounded(cell, maxName)
	case ColEmail:
		d.Email, p = readEmail(cell)
	case ColNote:
		var note string
		if note, p = bounded(strings.TrimSpace(d.Note+"\n"+cell), maxNote); p == "" {
			d.Note = note
		}
	case ColLanguage:
		d.Language, p = readLanguage(cell)
	case ColZone:
		if _, err := core.LoadZone(cell); err != nil || cell == "Local" {
			return ZoneBad
		}
		d.Zone = cell
	case ColTags:
		d.Tags, p = addTags(d.Tags, cell)
	case ColValue:
		d.Value, p = readTier(cell)
	case ColBirthday:
		d.Birthday, p = ReadDate(cell)
	case ColConsent, ColConsentAt, ColConsentText:
		return r.setConsent(d, field, cell)
	default:
		return r.setCustom(d, strings.TrimPrefix(field, CustomPrefix), cell)
	}
	return p
}

func (r *Reader) setConsent(d *Draft, field, cell string) Problem {
	switch field {
	case ColConsent:
		yes, ok := r.Columns.YesNo(cell)
		if !ok {
			d.ConsentUnclear = true
			return ConsentBad
		}
		if cell != "" {
			d.Consent = &yes
		}
	case ColConsentAt:
		day, p := ReadDate(cell)
		if p != "" {
			return p
		}
		d.ConsentAt, _ = time.Parse(time.DateOnly, day) // ReadDate gave the layout
	case ColConsentText:
		var p Problem
		d.ConsentTo, p = bounded(cell, maxNote)
		return p
	}
	return ""
}

// setCustom checks a value of the shop's own fields against the field's type;
// a field nobody defined yet is text.
func (r *Reader) setCustom(d *Draft, name, cell string) Problem {
	f, known := r.Schema.Field(name)
	if !known {
		f.Type = segment.Text
	}
	v, p := Canonical(f, cell)
	if p != "" {
		return p
	}
	if d.Custom == nil {
		d.Custom = map[string]string{}
	}
	d.Custom[name] = v
	return ""
}

// Canonical writes a value of a custom field the one way it is stored.
func Canonical(f segment.Field, cell string) (string, Problem) {
	switch f.Type {
	case segment.Number:
		n, ok := segment.ParseDecimal(cell)
		if !ok {
			return "", NumberBad
		}
		return n.Text, ""
	case segment.Date:
		return ReadDate(cell)
	case segment.Choice:
		i := slices.IndexFunc(f.Values, func(v string) bool { return strings.EqualFold(v, cell) })
		if i < 0 {
			return "", ChoiceBad
		}
		return f.Values[i], ""
	}
	if f.Check == segment.CheckTaxID {
		id, ok := TaxID(cell)
		if !ok {
			return "", TaxIDBad
		}
		return id, ""
	}
	return bounded(cell, maxNote)
}

// dateLayouts are tried in this order: days before months, as everywhere in
// the program's languages but American English, which writes ISO in files.
var dateLayouts = []string{time.DateOnly, "2.1.2006", "2/1/2006", "2-1-2006", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05"}

// ReadDate turns a date of a file into YYYY-MM-DD; a spreadsheet's day number
// (45000) counts from 1899-12-30.
func ReadDate(cell string) (string, Problem) {
	for _, l := range dateLayouts {
		if t, err := time.Parse(l, cell); err == nil && t.Year() > 1800 {
			return t.Format(time.DateOnly), ""
		}
	}
	if n, ok := segment.ParseDecimal(cell); ok && n.Units > 1000*segment.DecimalScale && n.Units < 80_000*segment.DecimalScale {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n.Units/segment.DecimalScale)).Format(time.DateOnly), ""
	}
	return "", DateInvalid
}

// readLanguage takes a BCP 47 tag ("it", "pt-BR") and keeps it in its usual form.
func readLanguage(cell string) (string, Problem) {
	t, err := language.Parse(strings.ReplaceAll(cell, "_", "-"))
	if err != nil {
		return "", LanguageBad
	}
	return t.String(), ""
}

func readTier(cell string) (core.ValueTier, Problem) {
	switch t := core.ValueTier(strings.ToLower(cell)); t {
	case core.ValueLow, core.ValueMid, core.ValueHigh:
		return t, ""
	case "none":
		return core.ValueNone, ""
	}
	return "", ChoiceBad
}

// readEmail takes an address as people have them: one name, one domain with a
// dot. What a mail server would make of it is not asked.
func readEmail(cell string) (string, Problem) {
	name, domain, ok := strings.Cut(cell, "@")
	dot := strings.LastIndex(domain, ".")
	if !ok || name == "" || dot < 1 || utf8.RuneCountInString(domain[dot+1:]) < 2 || strings.ContainsAny(cell, " \t\n,;<>()[]\"") ||
		strings.Contains(domain, "@") || strings.Contains(domain, "..") || strings.HasPrefix(domain, ".") {
		return "", EmailBad
	}
	return bounded(cell, maxName)
}

// addTags reads "vip, torte;natale". Of a cell with a bad tag the good ones
// are taken; the problem is that of the first bad one.
func addTags(tags []string, cell string) (out []string, bad Problem) {
	fail := func(p Problem) {
		if bad == "" {
			bad = p
		}
	}
	for _, t := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|\n、，；", r) }) {
		t, ok := core.CleanTag(t)
		if t == "" || slices.Contains(tags, t) {
			continue
		}
		switch {
		case utf8.RuneCountInString(t) > core.MaxTag || len(tags) == maxTags:
			fail(ValueTooLong)
		case !ok:
			fail(TagBad)
		default:
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	return tags, bad
}

// Value reads one value of a built-in field the way a cell of a file is read.
func Value(field, cell string) (string, Problem) {
	var d Draft
	r := Reader{}
	if p := r.set(&d, field, cell); p != "" {
		return "", p
	}
	return d.Name + d.Username + d.Email + d.Note + d.Language + d.Zone + d.Birthday + string(d.Value) + string(d.Phone) + d.UserID, ""
}
