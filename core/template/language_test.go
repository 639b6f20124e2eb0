package template

import (
	"slices"
	"strconv"
	"testing"
)

// rulesOf are the rules that a text breaks, whatever their severity.
func rulesOf(t Template) []Rule {
	var out []Rule
	for _, f := range linter().Lint(t, Context{}) {
		out = append(out, f.Rule)
	}
	return out
}

// spoken is one text in each of the seven languages.
type spoken map[string]string

// each calls check with every language's text.
func (s spoken) each(t *testing.T, name string, check func(lang, text string)) {
	t.Helper()
	for _, lang := range []string{"en", "it", "ru", "zh_CN", "de", "es", "pt_BR"} {
		if s[lang] == "" {
			t.Errorf("%s: nothing in %s", name, lang)
			continue
		}
		check(lang, s[lang])
	}
}

// TestOptoutWords: however people say how to leave, in body, footer or button,
// it is heard; and marketing without it is warned of.
func TestOptoutWords(t *testing.T) {
	bodies := spoken{"en": "Our new teas are here, come by any afternoon.", "it": "Sono arrivati i nuovi tè, passa un pomeriggio.", "ru": "Пришли новые чаи, заходите днём.",
		"zh_CN": "新茶到了，欢迎下午来店里。", "de": "Die neuen Tees sind da, kommen Sie vorbei.", "es": "Llegaron los nuevos tés, pase una tarde.", "pt_BR": "Chegaram os novos chás, passe uma tarde."}
	for i, footers := range []spoken{
		{"en": "Send STOP to leave this list", "it": "Scrivi STOP per non ricevere altro", "ru": "Отправьте СТОП, чтобы отписаться", "zh_CN": "退订请回复TD", "de": "STOP senden zum Abmelden",
			"es": "Envíe BAJA para dejar de recibir", "pt_BR": "Envie SAIR para não receber mais"},
		{"en": "You can unsubscribe at any time", "it": "Puoi disiscriverti quando vuoi", "ru": "Отказаться от рассылки можно в любой день", "zh_CN": "不想接收请回复退订", "de": "Jederzeit abbestellbar: STOPP antworten",
			"es": "Para cancelar la suscripción responda STOP", "pt_BR": "Para cancelar o recebimento responda PARAR"},
	} {
		footers.each(t, "footer "+strconv.Itoa(i), func(lang, footer string) {
			tpl := Template{Language: lang, Category: Marketing, Body: bodies[lang], Footer: footer}
			if slices.Contains(rulesOf(tpl), optoutMissing) {
				t.Errorf("%s: %q is not heard", lang, footer)
			}
			tpl.Footer = ""
			if !slices.Contains(rulesOf(tpl), optoutMissing) {
				t.Errorf("%s: nothing says how to leave", lang)
			}
			tpl.Category = Utility
			if slices.Contains(rulesOf(tpl), optoutMissing) {
				t.Errorf("%s: utility needs no way out", lang)
			}
		})
	}
	spoken{"en": "Stop promotions", "it": "Niente promozioni", "ru": "Отписаться", "zh_CN": "退订", "de": "Abmelden", "es": "Darme de baja", "pt_BR": "Não quero receber"}.each(t, "button", func(lang, label string) {
		tpl := Template{Language: lang, Category: Marketing, Body: bodies[lang], Buttons: []Button{{Type: QuickReply, Text: label}}}
		if slices.Contains(rulesOf(tpl), optoutMissing) {
			t.Errorf("%s: the button %q is not heard", lang, label)
		}
	})
}

// TestWrongLanguage: a text in another language than it says is noticed in
// every direction, its own never.
func TestWrongLanguage(t *testing.T) {
	texts := spoken{
		"en":    "Good morning, your shoes are with the cobbler and will be ready when the new soles have come, which is on Thursday.",
		"it":    "Buongiorno, le sue scarpe sono dal calzolaio e saranno pronte quando arrivano le suole nuove, cioè giovedì.",
		"ru":    "Доброе утро, ваша обувь у сапожника и будет готова, когда придут новые подошвы, то есть в четверг.",
		"zh_CN": "早上好，您的鞋子在鞋匠那里，新鞋底到了就能修好，也就是星期四。",
		"de":    "Guten Morgen, Ihre Schuhe sind beim Schuster und werden fertig, wenn die neuen Sohlen da sind, also am Donnerstag.",
		"es":    "Buenos días, sus zapatos están con el zapatero y estarán listos cuando lleguen las suelas nuevas, es decir el jueves.",
		"pt_BR": "Bom dia, os seus sapatos estão com o sapateiro e ficam prontos quando chegarem as solas novas, ou seja, na quinta.",
	}
	texts.each(t, "text", func(says, _ string) {
		texts.each(t, "text", func(is, text string) {
			got := slices.Contains(rulesOf(Template{Language: says, Category: Utility, Body: text}), langMismatch)
			if got != (says != is) {
				t.Errorf("%s text that says %s: %v", is, says, got)
			}
		})
	})
}

// TestMoneyInVariables: a placeholder beside a currency is a price in disguise;
// beside a number of anything else it is not.
func TestMoneyInVariables(t *testing.T) {
	spoken{"en": "The repair comes to £{{1}} and is payable at pick-up.", "it": "La riparazione costa {{1}} euro e si paga al ritiro.", "ru": "Ремонт стоит {{1}} руб., оплата при получении.",
		"zh_CN": "维修费是{{1}}元，取件时付款。", "de": "Die Reparatur kostet {{1}} € und wird bei Abholung bezahlt.", "es": "La reparación cuesta {{1}} euros y se paga al recoger.",
		"pt_BR": "O conserto custa R$ {{1}} e é pago na retirada."}.each(t, "money", func(lang, body string) {
		got := rulesOf(Template{Language: lang, Category: Utility, Body: body})
		if !slices.Contains(got, priceVar) || slices.Contains(got, price) {
			t.Errorf("%s: %v", lang, got)
		}
	})
	spoken{"en": "Your number is {{1}} and about {{2}} people are before you.", "it": "Il suo numero è {{1}} e prima ci sono circa {{2}} persone.", "ru": "Ваш номер {{1}}, перед вами примерно {{2}} человек.",
		"zh_CN": "您的号码是{{1}}，前面大约有{{2}}位。", "de": "Ihre Nummer ist {{1}} und etwa {{2}} Personen sind vor Ihnen.", "es": "Su número es {{1}} y hay unas {{2}} personas antes.",
		"pt_BR": "Sua senha é {{1}} e há cerca de {{2}} pessoas antes."}.each(t, "count", func(lang, body string) {
		if got := rulesOf(Template{Language: lang, Category: Utility, Body: body}); slices.Contains(got, priceVar) || slices.Contains(got, discount) {
			t.Errorf("%s: %v", lang, got)
		}
	})
}

// TestCodesBelongElsewhere: a one-time code outside AUTHENTICATION is refused;
// a code of something else is none.
func TestCodesBelongElsewhere(t *testing.T) {
	spoken{"en": "Your verification code is {{1}}, it holds for ten minutes.", "it": "Il tuo codice di verifica è {{1}}, vale dieci minuti.", "ru": "Ваш код подтверждения {{1}}, он действует десять минут.",
		"zh_CN": "您的验证码是{{1}}，十分钟内有效。", "de": "Ihr Bestätigungscode lautet {{1}}, er gilt zehn Minuten.", "es": "Su código de verificación es {{1}}, vale diez minutos.",
		"pt_BR": "Seu código de verificação é {{1}}, vale por dez minutos."}.each(t, "code", func(lang, body string) {
		if got := rulesOf(Template{Language: lang, Category: Utility, Body: body}); !slices.Contains(got, otpMisplaced) {
			t.Errorf("%s: %v", lang, got)
		}
	})
	spoken{"en": "Your parcel {{1}} has the tracking code on its label, keep it.", "it": "Il pacco {{1}} ha il codice di spedizione sull'etichetta, lo conservi.", "ru": "У посылки {{1}} код отслеживания на этикетке, сохраните её.",
		"zh_CN": "包裹{{1}}的快递单号印在标签上，请保存好。", "de": "Das Paket {{1}} hat die Sendungsnummer auf dem Etikett, bitte aufheben.", "es": "El paquete {{1}} lleva el código de envío en la etiqueta, guárdela.",
		"pt_BR": "O pacote {{1}} tem o código de rastreio na etiqueta, guarde-a."}.each(t, "tracking", func(lang, body string) {
		if got := rulesOf(Template{Language: lang, Category: Utility, Body: body}); slices.Contains(got, otpMisplaced) {
			t.Errorf("%s: %v", lang, got)
		}
	})
}

// TestNegationsAreNoRequests: who warns of giving a card number away, or asks
// for its end only, asks for nothing forbidden.
func TestNegationsAreNoRequests(t *testing.T) {
	for i, texts := range []spoken{
		{"en": "We will never ask you to send your card number or your PIN by message.", "it": "Non le chiederemo mai di inviare il numero di carta o il PIN per messaggio.", "ru": "Мы никогда не просим прислать номер карты или ПИН-код в сообщении.",
			"zh_CN": "我们绝不会要求您通过消息发送银行卡号或密码。", "de": "Wir bitten Sie niemals, Kartennummer oder PIN per Nachricht zu senden.", "es": "Nunca le pediremos que envíe el número de tarjeta o el PIN por mensaje.",
			"pt_BR": "Nunca vamos pedir que envie o número do cartão ou a senha por mensagem."},
		{"en": "Please reply with the last 4 digits of the card you paid with.", "it": "Ci indichi le ultime 4 cifre della carta con cui ha pagato.", "ru": "Напишите последние 4 цифры карты, которой вы платили.",
			"zh_CN": "请回复您付款银行卡的后四位。", "de": "Bitte nennen Sie die letzten 4 Ziffern der Karte, mit der Sie bezahlt haben.", "es": "Indique los últimos 4 dígitos de la tarjeta con la que pagó.",
			"pt_BR": "Informe os últimos 4 dígitos do cartão com que pagou."},
	} {
		texts.each(t, "text "+strconv.Itoa(i), func(lang, body string) {
			if got := rulesOf(Template{Language: lang, Category: Utility, Body: body}); slices.Contains(got, sensitiveID) {
				t.Errorf("%s: %v of %q", lang, got, body)
			}
		})
	}
}

// TestVariablesInEveryScript: edges, neighbours and gaps are found beside any
// script, and nothing is found where there is nothing.
func TestVariablesInEveryScript(t *testing.T) {
	words := spoken{"en": "your shelf is ready at the counter", "it": "il suo scaffale è pronto al banco", "ru": "ваша полка готова у стойки", "zh_CN": "您的架子已经放在柜台可以取了",
		"de": "Ihr Regal steht am Tresen bereit", "es": "su estante está listo en caja", "pt_BR": "sua estante está pronta no balcão"}
	words.each(t, "words", func(lang, w string) {
		for body, want := range map[string]Rule{
			"{{1}} " + w + ".": "var-at-start", w + " {{1}}": "var-at-end", w + " {{1}} {{2}} " + w + ".": "var-adjacent", w + " {{1}} " + w + " {{3}} " + w + ".": "var-sequence",
			w + " {1} " + w + ".": "var-syntax", w + " {{1}} " + w + " {{nome}} " + w + ".": "var-mixed-formats", w + " {{1}} " + w + ".": "",
		} {
			got := rulesOf(Template{Language: lang, Category: Utility, Body: body})
			if want != "" && !slices.Contains(got, want) || want == "" && slices.ContainsFunc(got, func(r Rule) bool { return len(r) > 4 && r[:4] == "var-" }) {
				t.Errorf("%s %q: %v, want %q", lang, body, got, want)
			}
		}
	})
}

// TestFactsPressNobody: what hurries in marketing is a fact in a message about
// an order, and an amount of money is no haste in either.
func TestFactsPressNobody(t *testing.T) {
	spoken{"en": "Last reminder: the dentist sees you at ten.", "it": "Ultimo promemoria: il dentista l'aspetta alle dieci.", "ru": "Последнее напоминание: врач ждёт вас в десять.",
		"zh_CN": "最后提醒：医生十点等您。", "de": "Letzte Erinnerung: der Zahnarzt erwartet Sie um zehn.", "es": "Último recordatorio: el dentista le espera a las diez.",
		"pt_BR": "Último lembrete: o dentista espera você às dez."}.each(t, "facts", func(lang, body string) {
		for category, want := range map[string]bool{Marketing: true, Utility: false} {
			if got := rulesOf(Template{Language: lang, Category: category, Body: body, Footer: "STOP"}); slices.Contains(got, urgency) != want {
				t.Errorf("%s in %s: %v", category, lang, got)
			}
		}
	})
	if got := rulesOf(Template{Language: "en", Category: Marketing, Body: "The last mugs are here for only £14.50 each.", Footer: "STOP"}); slices.Contains(got, urgency) {
		t.Errorf("an amount presses: %v", got)
	}
}
