package ledger

import (
	"github.com/shopspring/decimal"

	"bottega/core"
)

// bySMS prices an SMS by what the shop says that one costs. One whose outcome
// is open is counted: the provider may have sent it.
func (m *Month) bySMS(u Use, l *Line) {
	p := m.account.SMS
	switch {
	case u.Failed:
		l.Free = NotDelivered
	case p == nil:
		l.Unpriced = true
	default:
		l.price = p.Mul(decimal.NewFromInt(int64(u.Texts)))
		l.Price = money(l.price, m.account.Currency)
	}
}

// SMSQuote is what so many SMS cost (a long text is several); known is false
// where the shop has not said what one costs.
func (a Account) SMSQuote(n int) (price core.Money, known bool) {
	if a.SMS == nil {
		return core.Money{}, false
	}
	return money(a.SMS.Mul(decimal.NewFromInt(int64(n))), a.Currency), true
}
