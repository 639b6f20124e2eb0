package contact

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/currency"
	"golang.org/x/text/unicode/norm"

	"bottega/core"
	"bottega/core/segment"
)

// OrderDraft is what one row of a file says about a purchase. Who bought is
// one of ContactID, Phone and UserID, in this order.
type OrderDraft struct {
	Ref       string
	At        time.Time
	ContactID int64
	Phone     core.Phone
	Number    Number
	UserID    string
	Amount    int64  // hundred-millionths; below zero for a refund
	Currency  string // "" when the row names none
	Campaign  string
}

// OrderReader turns rows into purchases.
type OrderReader struct {
	Mapping Mapping
	Region  string
	Zone    *time.Location // of times without one
	Latest  time.Time      // what is dated after it is refused; zero takes any date
}

// maxAmount is the largest single purchase, so that no sum overflows.
const maxAmount = 10_000_000_000 * segment.DecimalScale / 10

// Draft reads one row. A bad value refuses the row.
func (r *OrderReader) Draft(cells []string) (OrderDraft, *Bad) {
	var d OrderDraft
	amount := -1
	for i, field := range r.Mapping {
		if field == "" || i >= len(cells) {
			continue
		}
		cell := Plain(strings.TrimSpace(undefuse(cells[i])))
		if cell == "" {
			continue
		}
		if field == ColAmount {
			amount = i
		}
		if p := r.set(&d, field, cell); p != "" {
			return OrderDraft{}, &Bad{Column: i, Value: cell, Problem: p}
		}
	}
	missing := func(field string, p Problem) (OrderDraft, *Bad) {
		return OrderDraft{}, &Bad{Column: max(0, slices.Index(r.Mapping, field)), Problem: p}
	}
	switch {
	case d.Ref == "":
		return missing(ColOrderID, OrderNoID)
	case d.At.IsZero():
		return missing(ColDate, DateInvalid)
	case amount < 0:
		return missing(ColAmount, AmountBad)
	case d.ContactID == 0 && d.Phone == "" && d.UserID == "":
		return missing(ColPhone, PhoneMissing)
	}
	return d, nil
}

func (r *OrderReader) set(d *OrderDraft, field, cell string) (p Problem) {
	switch field {
	case ColOrderID:
		d.Ref, p = bounded(cell, maxName)
	case ColDate:
		var ok bool
		if d.At, ok = readTime(cell, r.Zone); !ok {
			return DateInvalid
		}
		if !r.Latest.IsZero() && d.At.After(r.Latest) {
			return DateFuture
		}
	case ColContactID:
		n, ok := segment.ParseDecimal(cell)
		if d.ContactID = n.Units / segment.DecimalScale; !ok || d.ContactID <= 0 || n.Units%segment.DecimalScale != 0 {
			return NoCustomer
		}
	case ColPhone:
		d.Number, p = ReadNumber(cell, r.Region)
		d.Phone = d.Number.Phone
	case ColUserID:
		d.UserID, p = bounded(cell, maxName)
	case ColAmount:
		var code string
		d.Amount, code, p = ReadAmount(cell)
		if d.Currency == "" {
			d.Currency = code
		}
	case ColCurrency:
		d.Currency, p = readCurrency(cell)
	case ColCampaign:
		d.Campaign, p = bounded(cell, maxName)
	}
	return p
}

// timeLayouts are tried before those of dates alone.
var timeLayouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04",
	"2.1.2006 15:04:05", "2.1.2006 15:04", "2/1/2006 15:04:05", "2/1/2006 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"}

// readTime takes a date with or without a time of day; a date alone is its midnight in UTC.
func readTime(cell string, zone *time.Location) (time.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	for _, l := range timeLayouts {
		if t, err := time.ParseInLocation(l, cell, zone); err == nil && t.Year() > 1800 {
			return t.UTC(), true
		}
	}
	day, p := ReadDate(cell)
	if p != "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, day)
	return t, err == nil
}

// symbols of currencies that name one alone.
var symbols = map[string]string{"€": "EUR", "£": "GBP", "₽": "RUB", "R$": "BRL", "CHF": "CHF", "zł": "PLN", "₹": "INR", "₺": "TRY", "元": "CNY", "руб": "RUB", "руб.": "RUB"}

func readCurrency(cell string) (string, Problem) {
	if c := symbols[cell]; c != "" {
		return c, ""
	}
	u, err := currency.ParseISO(strings.ToUpper(cell))
	if err != nil {
		return "", CurrencyBad
	}
	return u.String(), ""
}

// ReadAmount reads an amount of money as tills write it: "19.90", "1.234,56 €",
// "R$ 1.234,50", "1 234,50", "1'234.50", "-5". A mark that stands once before exactly
// three digits parts thousands. currency is "" when nothing names one.
func ReadAmount(cell string) (units int64, currency string, p Problem) {
	s := strings.TrimSpace(norm.NFKC.String(cell))
	isNumber := func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("+-−.,' ", r) }
	first, last := strings.IndexFunc(s, unicode.IsDigit), strings.LastIndexFunc(s, unicode.IsDigit)
	if first < 0 {
		return 0, "", AmountBad
	}
	before, after := s[:first], s[last+1:]
	sign := strings.ContainsAny(before, "-−") || strings.HasPrefix(strings.TrimSpace(after), "-") // "5,00-" is a till's way
	name := strings.TrimSpace(strings.Trim(before, "+-−. ") + strings.Trim(after, "- "))
	if name != "" && name != "$" {
		if currency, p = readCurrency(name); p != "" {
			return 0, "", AmountBad
		}
	}
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, s[first:last+1])
	if strings.ContainsFunc(digits, func(r rune) bool { return !isNumber(r) }) || strings.ContainsAny(digits, "+-−") {
		return 0, "", AmountBad
	}
	d, ok := segment.ParseDecimal(plainDecimal(digits))
	if !ok || d.Units > maxAmount {
		return 0, "", AmountBad
	}
	if sign {
		d.Units = -d.Units
	}
	return d.Units, currency, ""
}

// plainDecimal leaves of the marks in a number the one that parts decimals, as
// a point.
func plainDecimal(s string) string {
	at := strings.LastIndexAny(s, ".,")
	if at < 0 {
		return s
	}
	mark := s[at : at+1]
	thousands := strings.Count(s, mark) > 1 || len(s)-at-1 == 3 && !strings.ContainsAny(s[:at], ".,") && at <= 3 && s[:at] != "0"
	whole := strings.NewReplacer(".", "", ",", "").Replace(s[:at])
	if thousands {
		return whole + s[at+1:]
	}
	return whole + "." + s[at+1:]
}
