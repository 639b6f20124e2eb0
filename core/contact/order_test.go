package contact_test

import (
	"testing"
	"time"

	"bottega/assets"
	"bottega/core/contact"
	"bottega/core/segment"
)

func TestReadAmount(t *testing.T) {
	for cell, want := range map[string]struct {
		cents    int64
		currency string
	}{
		"19.90": {1990, ""}, "19,90": {1990, ""}, "1.234,56 €": {123456, "EUR"}, "€1.234,56": {123456, "EUR"}, "R$ 1.234,50": {123450, "BRL"},
		"1,234.56": {123456, ""}, "1 234,50": {123450, ""}, "1'234.50": {123450, ""}, "1.234": {123400, ""}, "1,234": {123400, ""}, "0.125": {12, ""},
		"1.234.567": {123456700, ""}, "-5": {-500, ""}, "5,00-": {-500, ""}, "− 3.50": {-350, ""}, "$20": {2000, ""}, "USD 20": {2000, "USD"}, "20 eur": {2000, "EUR"},
		"１２．５": {1250, ""}, "0": {0, ""}, "300 руб.": {30000, "RUB"},
	} {
		n, c, p := contact.ReadAmount(cell)
		if p != "" || n/(segment.DecimalScale/100) != want.cents || c != want.currency {
			t.Errorf("%q: %d %s %s, want %d %s", cell, n/(segment.DecimalScale/100), c, p, want.cents, want.currency)
		}
	}
	for _, cell := range []string{"", "free", "1-2", "12 apples", "99999999999999999999", "9999999999", "1.2.3,4,5x", "--", "€"} {
		if n, c, p := contact.ReadAmount(cell); p != contact.AmountBad {
			t.Errorf("%q: %d %s %q", cell, n, c, p)
		}
	}
}

func FuzzReadAmount(f *testing.F) {
	for _, s := range []string{"1.234,56 €", "-5", "1'2", "\u2212 3", "1 234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, c, p := contact.ReadAmount(s)
		if p != "" && (n != 0 || c != "") {
			t.Errorf("%q is refused and read as %d %s", s, n, c)
		}
	})
}

func TestOrderColumnsInSevenLanguages(t *testing.T) {
	cols, err := contact.LoadOrderColumns(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{contact.ColOrderID, contact.ColDate, contact.ColPhone, contact.ColAmount, contact.ColCurrency, contact.ColCampaign}
	for lang, header := range map[string][]string{
		"en":           {"Order ID", "Date", "Customer phone", "Total", "Currency", "Campaign"},
		"it":           {"Numero ordine", "Data", "Telefono cliente", "Importo", "Valuta", "Campagna"},
		"ru":           {"Номер заказа", "Дата", "Телефон", "Сумма", "Валюта", "Кампания"},
		"zh":           {"订单号", "日期", "手机号", "金额", "货币", "活动"},
		"de":           {"Bestellnummer", "Datum", "Telefon", "Betrag", "Währung", "Kampagne"},
		"es":           {"Número de pedido", "Fecha", "Teléfono", "Importe", "Moneda", "Campaña"},
		"pt":           {"Número do pedido", "Data", "Telefone", "Valor", "Moeda", "Campanha"},
		"Shopify":      {"Name", "Created at", "Phone", "Total", "Currency", "Discount Code"},
		"WooCommerce":  {"Order Number", "Order Date", "Billing Phone", "Order Total", "Order Currency", "Coupon Code"},
		"Square":       {"Transaction ID", "Date", "Customer Phone", "Gross Sales", "Currency", "Discount Name"},
		"Zendesk Sell": {"Deal ID", "Created at", "Mobile", "Value", "Currency", "Campaign"},
	} {
		got := cols.Guess(header, nil, "")
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s %q is %q, want %q", lang, header[i], got[i], want[i])
			}
		}
	}
}

func TestOrderDraft(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	r := contact.OrderReader{Region: "IT", Zone: rome, Mapping: contact.Mapping{contact.ColOrderID, contact.ColDate, contact.ColPhone, contact.ColAmount, contact.ColCurrency, contact.ColCampaign, contact.ColContactID}}
	d, bad := r.Draft([]string{"A-1", "24/11/2026 10:30", "333 1234567", "1.234,56 €", "", "AUTUMN", ""})
	if bad != nil || d.Ref != "A-1" || !d.At.Equal(time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)) || d.Phone != "+393331234567" || d.Currency != "EUR" || d.Campaign != "AUTUMN" {
		t.Errorf("%+v, %+v", d, bad)
	}
	r.Latest = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for want, row := range map[contact.Problem][]string{
		contact.DateFuture:   {"1", "2026-11-26", "333 1234567", "5", "", "", ""},
		contact.OrderNoID:    {"", "2026-11-24", "333 1234567", "5", "", "", ""},
		contact.DateInvalid:  {"1", "soon", "333 1234567", "5", "", "", ""},
		contact.AmountBad:    {"1", "2026-11-24", "333 1234567", "", "", "", ""},
		contact.CurrencyBad:  {"1", "2026-11-24", "333 1234567", "5", "lire", "", ""},
		contact.PhoneMissing: {"1", "2026-11-24", "", "5", "", "", ""},
		contact.PhoneMangled: {"1", "2026-11-24", "3.9333E+11", "5", "", "", ""},
		contact.NoCustomer:   {"1", "2026-11-24", "", "5", "", "", "-3"},
	} {
		if _, bad := r.Draft(row); bad == nil || bad.Problem != want {
			t.Errorf("%q: %+v, want %s", row, bad, want)
		}
	}
}
