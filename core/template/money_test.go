package template

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func amountsIn(s, lang string) []string {
	t := newText(Braces(valid(s)))
	var out []string
	for _, a := range linter().prices.find(t, lang) {
		start, end := t.span(a.start, a.end)
		out = append(out, string(t.src[start:end]))
	}
	return out
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		lang, in string
		want     []string
	}{
		{"en", "€19 19€ 19 € € 19 £14.50 $5 US$ 40 HK$12 A$3", []string{"€19", "19€", "19 €", "€ 19", "£14.50", "$5", "US$ 40", "HK$12", "A$3"}},
		{"en", "35 EUR, EUR 35, eur35, 20 USD, RMB 100, 250 PHP, 50 TRY", []string{"35 EUR", "EUR 35", "eur35", "20 USD", "RMB 100", "250 PHP", "50 TRY"}},
		{"en", "20 dollars, 5 euros, 30 bucks, 20 quid, Rs. 1,250, ₹1,00,000", []string{"20 dollars", "5 euros", "30 bucks", "20 quid", "Rs. 1,250", "₹1,00,000"}},
		{"en", "RM39 Rp 50.000 KSh 300 S/ 45 R250.00 R1,250", []string{"RM39", "Rp 50.000", "KSh 300", "S/ 45", "R250.00", "R1,250"}},
		{"en", "*€12* €*12* 12*€* 1 299,00 € 1'299.50 CHF 1.299.000 ₫", []string{"€12", "€*12", "12*€", "1 299,00 €", "1'299.50 CHF", "1.299.000 ₫"}},
		{"en", "€{{1}} {{1}} EUR <<2>>$ R$ {{3}}", []string{"€{{1}}", "{{1}} EUR", "{{2}}$", "R$ {{3}}"}},
		{"it", "5 euro, 1.250,00 euro, €5, 3 dollari, 20 euro.", []string{"5 euro", "1.250,00 euro", "€5", "3 dollari", "20 euro"}},
		{"ru", "450 рублей, 5 тыс. руб., 12 000 ₽, 20 евро, 3000 тенге, 100 грн", []string{"450 рублей", "5 тыс. руб", "12 000 ₽", "20 евро", "3000 тенге", "100 грн"}},
		{"zh", "18.8元 58块钱 ￥128 １２元 3万元 100人民币 20美元 {{1}}元", []string{"18.8元", "58块钱", "￥128", "１２元", "3万元", "100人民币", "20美元", "{{1}}元"}},
		{"de", "19,- 19,– 5 Euro 3 Franken CHF 1'200", []string{"19,-", "19,–", "5 Euro", "3 Franken", "CHF 1'200"}},
		{"es", "25 pesos, S/ 450, 15.000 pesos, 3 soles, $350", []string{"25 pesos", "S/ 450", "15.000 pesos", "3 soles", "$350"}},
		{"pt", "R$ 12,90 50 reais R$30,00", []string{"R$ 12,90", "50 reais", "R$30,00"}},
		{"hi", "₹१,४९९, 500 रुपये", []string{"₹१,४९९", "500 रुपये"}},
		{"ja", "1,200円です", []string{"1,200円"}},
		{"ko", "5000원입니다", []string{"5000원"}},
		{"sv", "50 kr", []string{"50 kr"}},
		{"pl", "50 zł, 20 złotych", []string{"50 zł", "20 złotych"}},
		{"ar", "٥٠ ريال", []string{"٥٠ ريال"}},
		{"tr", "50 TL, 20 lira", []string{"50 TL", "20 lira"}},
	} {
		if got := amountsIn(c.in, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("%s %q:\n got %q\nwant %q", c.lang, c.in, got, c.want)
		}
	}
}

// What only looks like money.
func TestNoAmounts(t *testing.T) {
	for lang, list := range map[string][]string{
		"en": {"order #12345", "20.12.2026", "2023-12-20", "15:30", "9.30 am", "+44 20 7946 0958", "size 42.5", "BS1 3XE", "Euro 6", "Euro 2028", "TRY 3 times",
			"PHP 8.2", "100% cotton", "2 kg", "500 ml", "code SAVE2024", "SKU RM", "version 3.R2", "https://x.example/20€/x", "5% €", "R 12", "PR250.00", "S/N 12345", "A4", "50kr was"[:2], "flat 12", "lei 5"},
		"it": {"ordine n. 2024-117", "via Roma 12, 00184 Roma", "+39 0823 123456", "IVA 22%", "taglia 42", "interno 15", "Euro 6", "24 mesi", "3 pezzi", "10h30"},
		"ru": {"заказ № 4512", "2 р. в день", "5 шт. по 2 кг", "дом 12, корпус 3", "+7 495 123-45-67", "5 копий", "10 часов", "сумма 12", "рубль", "3 сомнения", "100 грамм"},
		"zh": {"订单 SO20260814", "5栋3单元", "3块蛋糕", "2027年元旦", "3元宵", "5元素", "010-6655 1234", "10点", "邮编200030", "3楼302室", "8元月"},
		"de": {"Bestellung Nr. 4711", "Fr. 20.12.", "18 Uhr", "19 % MwSt.", "2 TL Zucker", "Halle 5, Tor 12", "20,-3", "50674 Köln", "3,5"},
		"es": {"pedido nº 8841", "talla S/ M", "calle 12 número 345", "de 9 a 18 horas", "28013 Madrid"},
		"pt": {"pedido nº 5520", "(11) 91234-5678", "das 14h às 16h", "CEP 01304-001"},
		"fr": {"commande n° 3307", "75001 Paris", "8 h 30", "coton à 100 %"},
	} {
		for _, s := range list {
			if got := amountsIn(s, lang); len(got) > 0 {
				t.Errorf("%s %q: %q", lang, s, got)
			}
		}
	}
}

func discountsIn(s, lang string) []string {
	t := newText(Braces(valid(s)))
	var out []string
	for _, h := range linter().discounts.find(t, lang, Marketing, linter().prices.find(t, lang)) {
		start, end := t.span(h.from, h.to)
		out = append(out, string(t.src[start:end]))
	}
	return out
}

func TestDiscounts(t *testing.T) {
	for _, c := range []struct {
		lang, in string
		want     []string
	}{
		{"en", "50% off, and save up to 30%", []string{"50% off", "save up to 30"}},
		{"en", "20 percent off. {{1}} off. 2 for 1. Half-price today", []string{"20 percent off", "{{1}} off", "2 for 1", "Half-price"}},
		{"it", "sconto del 20%", []string{"sconto del 20"}},
		{"de", "30 % Rabatt. 15% Treuerabatt", []string{"30 % Rabatt", "15% Treuerabatt"}},
		{"zh", "打8折 八五折 {{1}}折 9 折 满200减30 半价", []string{"8折", "八五折", "{{1}}折", "9 折", "满200减30", "半价"}},
		{"zh", "三折页 骨折 折叠屏 三折伞 打了折", nil},
		{"en", "-20 % today (-30%) – 40%", []string{"-20 %", "-30%", "– 40%"}},
		{"en", "humidity 10 - 20 %, 10%-20%, room-20% of it", nil},
		{"en", "100% cotton. Battery at 20%. It is off", nil},
		{"tr", "%20 indirim", []string{"20 indirim"}},
		{"fr", "acompte de 30 %, le solde demain", nil},
		{"zh", "满五十减五 满{{1}}减{{2}}", []string{"满五十减五", "满{{1}}减{{2}}"}},
		{"es", "de 80 a 55 euros", []string{"de 80 a 55"}},
		{"es", "de 55 a 80 euros. De 9 a 6 horas", nil},
		{"it", "Va a 1 euro invece di 3. Alle 10 invece che alle 9", []string{"1 euro invece di 3"}},
		{"de", "15 Prozent zurück. 30 € zurück auf Ihr Konto", []string{"15 Prozent zurück"}},
		{"de", "20 % auf alle Farben. 19 % MwSt. auf der Rechnung", []string{"20 % auf alle"}},
		{"en", "It weighs 20% less than before. 30% less sugar", nil},
	} {
		if got := discountsIn(c.in, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("%s %q:\n got %q\nwant %q", c.lang, c.in, got, c.want)
		}
	}
}

// However a number is written, a euro sign beside it makes it an amount, and
// the span covers exactly both.
func TestEuroBesideAnyNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.StringMatching(`[1-9][0-9]{0,2}([., ][0-9]{3}){0,2}([.,][0-9]{2})?`).Draw(t, "number")
		gap := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f"}).Draw(t, "gap")
		amount := n + gap + "€"
		if rapid.Bool().Draw(t, "before") {
			amount = "€" + gap + n
		}
		got := amountsIn("solo "+amount+" oggi", "it")
		if len(got) != 1 || got[0] != amount {
			t.Fatalf("%q gives %q", amount, got)
		}
	})
}

// What a percentage is given on makes it a discount in marketing; in a service
// message it is a share.
func TestPercentageOfAnOrder(t *testing.T) {
	for category, want := range map[string]bool{Marketing: true, Utility: false} {
		got := rulesOf(Template{Language: "it", Category: category, Body: "Ciao {{1}}, il 10% sul primo ordine è tuo.", Footer: "STOP"})
		if slices.Contains(got, discount) != want {
			t.Errorf("%s: %v", category, got)
		}
	}
}

// A word for a currency that a hyphen joins to the next one is no price.
func TestCompoundsAreNoPrices(t *testing.T) {
	for in, want := range map[string]int{"auf 2 Euro-Paletten": 0, "2 Euro - und mehr": 1, "2 Euro-": 1, "nur 5 €-Gutscheine": 1} {
		if got := amountsIn(in, "de"); len(got) != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
