package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Use is one message that may cost something.
type Use struct {
	At         time.Time // of delivery; of sending for what is not delivered
	Channel    int64
	Country    string // ISO 3166 of the recipient
	Category   Category
	Campaign   int64  // 0 for none
	Template   string // "" for free-form
	Delivered  bool
	Texts      int           // of an SMS: how many it went out as
	Failed     bool          // of an SMS: it costs nothing
	InWindow   bool          // the service window was open
	EntryPoint bool          // within a free entry point (P-03)
	Typed      bool          // on the shop's phone app (coexistence): free (P-75)
	Pricing    *core.Pricing // from the receipt, nil until one came
	Cost       *core.Money   // where the provider names the amount
}

// Free is why a message cost nothing.
type Free string

const (
	Charged       Free = ""
	NotDelivered  Free = "not_delivered" // P-70
	ByReceipt     Free = "receipt"       // the provider said so (P-78)
	FromPhone     Free = "phone_app"
	InEntryPoint  Free = "entry_point"
	FreeService   Free = "service_free"   // free-form answers until 30 Sep 2026
	FreeQuota     Free = "quota"          // within the free service messages of the month
	UtilityWindow Free = "utility_window" // utility inside the window until 30 Sep 2026
)

// FreeCases lists why messages cost nothing, in the order of a report.
var FreeCases = []Free{NotDelivered, FreeQuota, FreeService, UtilityWindow, InEntryPoint, FromPhone, ByReceipt}

// Line is what became of one Use. The platform's price and the provider's fee
// may be in different currencies.
type Line struct {
	Free     Free
	Unpriced bool // no card or no rate: the price is not known
	Real     bool // the amount is the provider's own, not ours from a card
	Price    core.Money
	Fee      core.Money
	Market   string
	Category Category // what it is charged as

	price, fee   decimal.Decimal // as Price and Fee
	card         decimal.Decimal // what the card says, beside the provider's own amount
	cardCurrency string
}

// Total sums lines.
type Total struct {
	Messages  int // delivered or not
	Free      int
	Why       map[Free]int // the free ones, by reason
	Unpriced  int
	Estimated int     // priced by a card, no real amount yet
	Real      int     // the provider named the amount
	Amounts   Amounts // what it cost, as far as it is known, fees included
	// Platform is the platform's part of Amounts by the card, or by the provider's
	// word where there is no card: what every provider passes on.
	Platform Amounts
	// Told and Card set the provider's own amounts beside what the card says of
	// the same messages, fees left out.
	Told, Card Amounts
}

func (t *Total) add(l Line) {
	t.Messages++
	switch {
	case l.Unpriced:
		t.Unpriced++
	case l.Free != Charged:
		t.free(l.Free, 1)
	case !l.Real:
		t.Estimated++
	}
	if l.Real && !l.Unpriced {
		t.Real++
		t.Told.add(l.price, l.Price.Currency)
		if l.cardCurrency != "" {
			t.Card.add(l.card, l.cardCurrency)
		}
	}
	t.Amounts.addLine(l)
	if l.Category == SMS {
		return // the platform has no part in it
	}
	if l.Real && l.cardCurrency != "" {
		t.Platform.add(l.card, l.cardCurrency)
	} else if !l.price.IsZero() {
		t.Platform.add(l.price, l.Price.Currency)
	}
}

func (t *Total) free(why Free, n int) {
	if t.Why == nil {
		t.Why = map[Free]int{}
	}
	t.Why[why] += n
	t.Free += n
}

// addLine adds what a message cost.
func (a *Amounts) addLine(l Line) {
	if !l.price.IsZero() {
		a.add(l.price, l.Price.Currency)
	}
	if !l.fee.IsZero() {
		a.add(l.fee, l.Fee.Currency)
	}
}

// Key is what a sum is told by.
type Key struct {
	Campaign int64
	Template string
	Category Category
	Country  string
	Channel  int64
}

// By chooses a part of a Key.
type By func(Key) Key

// The ways a report may be told.
var (
	ByCampaign By = func(k Key) Key { return Key{Campaign: k.Campaign} }
	ByTemplate By = func(k Key) Key { return Key{Template: k.Template} }
	ByCategory By = func(k Key) Key { return Key{Category: k.Category} }
	ByCountry  By = func(k Key) Key { return Key{Country: k.Country} }
	ByChannel  By = func(k Key) Key { return Key{Channel: k.Channel} }
)

// Month folds the messages of one calendar month of an account. Not safe for
// concurrent use.
type Month struct {
	Start, End time.Time // End is the next month's start

	book    *Book
	account Account
	fee     Fee
	sums    map[Key]*Total
	service map[int64]int      // delivered service messages that use the free quota, by channel
	used    map[tierKey]int    // charged messages, by market and category
	days    map[string]Amounts // by day of the account
	sent    int                // messages the provider's fee counts
}

type tierKey struct {
	market string
	cat    Category
}

// Month opens the month that holds at.
func (b *Book) Month(a Account, at time.Time) *Month {
	y, m, _ := at.In(a.zone()).Date()
	return &Month{
		Start: time.Date(y, m, 1, 0, 0, 0, 0, a.zone()), End: time.Date(y, m+1, 1, 0, 0, 0, 0, a.zone()),
		book: b, account: a, fee: b.feeAt(a, at),
		sums: map[Key]*Total{}, service: map[int64]int{}, used: map[tierKey]int{}, days: map[string]Amounts{},
	}
}

// Book is the prices of the month.
func (m *Month) Book() *Book { return m.book }

// Add counts one message, in the order in which they were delivered: which of
// them are the free ones follows from it. One of another month is ignored and
// gives the zero Line.
func (m *Month) Add(u Use) Line {
	if u.At.Before(m.Start) || !u.At.Before(m.End) {
		return Line{}
	}
	l := m.price(u)
	if !u.Typed && u.Texts == 0 { // an SMS has its own price; the provider does not see what is typed on the phone
		l.fee = m.feeOf(1)
		l.Fee = money(l.fee, m.fee.Currency)
	}
	k := Key{u.Campaign, u.Template, l.Category, u.Country, u.Channel}
	if m.sums[k] == nil {
		m.sums[k] = &Total{}
	}
	m.sums[k].add(l)
	date := m.account.day(u.At)
	sum := m.days[date]
	sum.addLine(l)
	m.days[date] = sum
	return l
}

// AddReceived counts n messages that customers sent, for providers that
// charge both ways.
func (m *Month) AddReceived(n int) core.Money {
	if !m.fee.BothWays {
		return money(decimal.Zero, m.fee.Currency)
	}
	fee := m.feeOf(n)
	t := m.sums[Key{}]
	if t == nil {
		t = &Total{}
		m.sums[Key{}] = t
	}
	if !fee.IsZero() {
		t.Amounts.add(fee, m.fee.Currency)
	}
	return money(fee, m.fee.Currency)
}

// price judges one message. The provider's own amount stands above the card's,
// which is worked out all the same: it counts to the tiers and is shown beside.
func (m *Month) price(u Use) Line {
	l := Line{Category: u.Category}
	if u.Pricing != nil && known(u.Pricing.Category) {
		l.Category = Category(u.Pricing.Category) // P-16: the category it had when it was used
	}
	if u.Texts > 0 {
		m.bySMS(u, &l)
	} else {
		m.byCard(u, &l)
	}
	if u.Cost == nil {
		return l
	}
	d, ok := parse(u.Cost.Amount)
	if !l.Unpriced {
		l.card, l.cardCurrency = l.price, m.account.Currency
	}
	l.Real, l.price, l.Price, l.Unpriced, l.Free = true, d, *u.Cost, !ok, Charged
	if ok && d.IsZero() {
		l.Free = ByReceipt
	}
	return l
}

// byCard prices a message by the rules and the card of its time.
func (m *Month) byCard(u Use, l *Line) {
	if l.Free = m.free(u, l.Category); l.Free != Charged {
		return
	}
	c, err := m.book.CardAt(m.account, u.At)
	if err != nil {
		l.Unpriced = true
		return
	}
	market, list, ok := c.rate(m.book.Markets, u.Country, l.Category)
	if l.Unpriced = !ok; l.Unpriced {
		return
	}
	k := tierKey{market, l.Category}
	l.Market, l.price = market, c.cost(market, l.Category, list, m.used[k], 1)
	l.Price = money(l.price, c.Currency)
	m.used[k]++
}

func known(category string) bool {
	return slices.Contains([]Category{Marketing, Utility, Authentication, Service}, Category(category))
}

// free tells why a message costs nothing; what a receipt said stands above our rules.
func (m *Month) free(u Use, cat Category) Free {
	era := m.book.eraAt(m.account, u.At)
	billed := u.Pricing != nil && u.Pricing.Billable != nil
	switch {
	case !u.Delivered:
		return NotDelivered
	case billed && !*u.Pricing.Billable:
		m.count(u, cat)
		return ByReceipt
	case billed:
		m.count(u, cat)
		return Charged
	case u.Typed:
		return FromPhone
	case u.EntryPoint && era.EntryPointFree:
		return InEntryPoint
	case cat == Service && era.ServiceFree:
		return FreeService
	case cat == Service && m.count(u, cat) <= era.FreeService:
		return FreeQuota
	case cat == Utility && u.InWindow && era.UtilityInWindowFree:
		return UtilityWindow
	}
	return Charged
}

// count takes one of the channel's free service messages and tells how many
// were taken; what entry points and the phone app give away takes none.
func (m *Month) count(u Use, cat Category) int {
	if cat != Service || u.Pricing != nil && u.Pricing.Type == "free_entry_point" {
		return 0
	}
	m.service[u.Channel]++
	return m.service[u.Channel]
}

// feeOf is the provider's fee of the next n messages.
func (m *Month) feeOf(n int) decimal.Decimal {
	sum := decimal.Zero
	for range n {
		m.sent++
		if m.sent <= m.fee.Included {
			continue
		}
		per := m.fee.PerMessage
		if m.account.Contract && m.sent >= m.book.Contract.From {
			per = per.Sub(per.Mul(m.book.Contract.Off))
		}
		sum = sum.Add(per)
	}
	return sum
}

// Row is a sum under its key.
type Row struct {
	Key Key
	Total
}

// Sums tells the month by parts of the key, dearest first as far as one
// currency can tell (the account's), then by messages and key.
func (m *Month) Sums(by By) []Row {
	sums := map[Key]*Total{}
	for k, t := range m.sums {
		k = by(k)
		if sums[k] == nil {
			sums[k] = &Total{}
		}
		sums[k].join(*t)
	}
	rows := []Row{}
	for k, t := range sums {
		rows = append(rows, Row{k, *t})
	}
	cur := m.account.Currency
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(b.Amounts.by[cur].Cmp(a.Amounts.by[cur]), cmp.Compare(b.Messages, a.Messages), compareKeys(a.Key, b.Key))
	})
	return rows
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Template, b.Template), cmp.Compare(a.Category, b.Category),
		cmp.Compare(a.Country, b.Country), cmp.Compare(a.Channel, b.Channel))
}

func (t *Total) join(o Total) {
	t.Messages += o.Messages
	for why, n := range o.Why {
		t.free(why, n)
	}
	t.Unpriced += o.Unpriced
	t.Estimated += o.Estimated
	t.Real += o.Real
	t.Amounts.merge(o.Amounts)
	t.Platform.merge(o.Platform)
	t.Told.merge(o.Told)
	t.Card.merge(o.Card)
}

// Total is the month so far, the provider's monthly fee included.
func (m *Month) Total() Total {
	var t Total
	for _, part := range m.sums {
		t.join(*part)
	}
	if m.fee.Monthly.IsPositive() {
		t.Amounts.add(m.fee.Monthly, m.fee.Currency)
	}
	return t
}
