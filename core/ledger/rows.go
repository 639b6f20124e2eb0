package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// maxRows bounds what is read of a file: the platform has some 50 markets.
const maxRows = 5000

// RowError says in which line of a file is what cannot be read.
type RowError struct {
	Line int // the first is 1
	Why  string
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Why) }

// columns of a rate file, folded; the name with a line break is the platform's own (bsp/meta.md 11.2).
var columns = map[string]Category{
	"marketing": Marketing, "utility": Utility, "authentication": Authentication, "service": Service,
}

// ReadCard reads the rows of the platform's rate file, CSV or XLSX: some lines
// of notes, a heading that begins with Market and Currency, a line a market.
// Empty and "n/a" cells have no rate. InvalidInput, with the line in the cause,
// for rows of two currencies, an amount that is none, or no market at all.
func (b *Book) ReadCard(rows [][]string, provider core.ProviderName, from, source, date string) (Card, error) {
	const op = "ledger.ReadCard"
	fail := func(line int, why string) (Card, error) {
		return Card{}, core.Fail(core.InvalidInput, op, &RowError{line, why})
	}
	head := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 2 && name(r[0]) == "market" && name(r[1]) == "currency" })
	if head < 0 || len(rows) > maxRows {
		return fail(1, "no heading, or too long")
	}
	c := Card{Provider: provider, From: from, Source: source, Date: date, Markets: map[string]map[Category]decimal.Decimal{}}
	for i, row := range rows[head+1:] {
		line := head + 2 + i
		if len(row) < 3 || strings.TrimSpace(row[0]) == "" {
			continue
		}
		cur, ok := b.Currencies.read(row[1])
		if !ok || c.Currency != "" && cur != c.Currency {
			return fail(line, "currency")
		}
		c.Currency = cur
		rates := map[Category]decimal.Decimal{}
		for j := 2; j < min(len(row), len(rows[head])); j++ {
			cat, wanted := columns[name(rows[head][j])]
			cell := strings.TrimSpace(row[j])
			if !wanted || cell == "" || strings.EqualFold(cell, "n/a") {
				continue
			}
			d, ok := parse(cell)
			if !ok {
				return fail(line, "amount")
			}
			rates[cat] = d
		}
		c.Markets[strings.Join(strings.Fields(row[0]), " ")] = rates
	}
	if len(c.Markets) == 0 {
		return fail(head+1, "no market")
	}
	if err := c.check(b.Currencies); err != nil {
		return Card{}, core.Fail(core.InvalidInput, op, err)
	}
	return c, nil
}

// tierColumns are where a category's part of the tier file begins: from, to,
// kind, rate, difference (bsp/meta.md 11.2).
var tierColumns = map[int]Category{2: Utility, 7: Authentication}

// ReadTiers reads the rows of the platform's tier file for a card: 17 columns,
// thousands with separators, "--" for no upper end. Rows in another currency
// than the card's give InvalidInput. It returns the card with these tiers.
func (b *Book) ReadTiers(c Card, rows [][]string) (Card, error) {
	const op = "ledger.ReadTiers"
	if len(rows) > maxRows {
		return Card{}, core.Fail(core.InvalidInput, op, nil)
	}
	c.Tiers = nil
	for i, row := range rows {
		if len(row) < 12 {
			continue
		}
		cur, ok := b.Currencies.read(row[1])
		if !ok { // notes and heading
			continue
		}
		if cur != c.Currency {
			return Card{}, core.Fail(core.InvalidInput, op, &RowError{i + 1, "currency"})
		}
		for _, at := range []int{2, 7} {
			t, has, err := readTier(row[at:at+4], strings.Join(strings.Fields(row[0]), " "), tierColumns[at])
			if err != nil {
				return Card{}, core.Fail(core.InvalidInput, op, &RowError{i + 1, err.Error()})
			}
			if has {
				c.Tiers = append(c.Tiers, t)
			}
		}
	}
	if err := c.check(b.Currencies); err != nil {
		return Card{}, core.Fail(core.InvalidInput, op, err)
	}
	return c, nil
}

func readTier(cells []string, market string, cat Category) (t Tier, has bool, err error) {
	from, to, rate := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[3])
	if from == "" || strings.EqualFold(from, "n/a") {
		return Tier{}, false, nil
	}
	t = Tier{Market: market, Category: cat}
	if t.From, err = strconv.Atoi(strings.ReplaceAll(from, ",", "")); err != nil {
		return Tier{}, false, fmt.Errorf("from: %w", err)
	}
	t.From = max(t.From, 1) // the first step is written 0 or 1
	if to != "--" && to != "" {
		if t.To, err = strconv.Atoi(strings.ReplaceAll(to, ",", "")); err != nil {
			return Tier{}, false, fmt.Errorf("to: %w", err)
		}
	}
	var ok bool
	if t.Rate, ok = parse(rate); !ok {
		return Tier{}, false, fmt.Errorf("rate %q", rate)
	}
	return t, true, nil
}

// read finds a currency's code by its code or one of its other words.
func (c Currencies) read(word string) (string, bool) {
	word = strings.ToUpper(strings.TrimSpace(word))
	if slices.Contains(c.Codes, word) {
		return word, true
	}
	code, ok := c.Words[word]
	return code, ok
}

// blanks and everything after a bracket do not matter in a heading.
var blanks = regexp.MustCompile(`[\s-]+`)

func name(heading string) string {
	return strings.ToLower(strings.TrimSpace(blanks.ReplaceAllString(strings.TrimPrefix(heading, "\ufeff"), " ")))
}

// Confirm marks a card as still right on a day.
func (c Card) Confirm(at time.Time) Card {
	c.Confirmed = at.Format(time.DateOnly)
	return c
}
