package storagetest

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bottega/core"
)

func search(t *testing.T, open Opener) {
	s := NewShop(t, open)
	texts := []string{
		"Perché il caffè è freddo?", "Где моя ёлка? Мой заказ", "我要买手机壳，谢谢", "Das Gerät ist kaputt – Straße 12",
		"iPhone手机壳 in nero", "コーヒーを二つください", "안녕하세요 주문", "l'acqua NEAR the door", "สวัสดีครับ", "ＦＵＬＬ width ﬁle",
		"re\u0301sume\u0301", "ordine 48-2291 del 3.5.", "first OR second AND third NOT fourth", "Æther œuvre Łódź",
	}
	c := s.Person("Ana Müller", "+393331234567")
	var ids []int64
	for _, text := range texts {
		ids = append(ids, s.Receive(c, text).ID)
	}
	for _, tt := range []struct {
		words string
		want  []int // places in texts, any order
	}{
		{"perche", []int{0}}, {"PERCHÉ", []int{0}}, {"caffe freddo", []int{0}}, {"caff", []int{0}}, {"caff freddo", nil}, {"caff* freddo", []int{0}},
		{"елка", []int{1}}, {"ЁЛКА", []int{1}}, {"ёл", []int{1}}, {"мои", []int{1}}, {"мой зак", []int{1}},
		{"我", []int{2}}, {"手机", []int{2, 4}}, {"手机壳", []int{2, 4}}, {"买手机壳", []int{2}}, {"机手", nil}, {"谢谢", []int{2}}, {"iphone手机", []int{4}},
		{"strasse", []int{3}}, {"gerat", []int{3}}, {"コーヒー", []int{5}}, {"二つ", []int{5}}, {"안녕", []int{6}}, {"하세", []int{6}}, {"สวัสดี", []int{8}},
		{"acqua", []int{7}}, {"l'acqua", []int{7}}, {"near", []int{7}}, {"NEAR(acqua door)", nil}, {"full", []int{9}}, {"file", []int{9}}, {"ＷＩＤＴＨ", []int{9}},
		{"resume", []int{10}}, {"résumé", []int{10}}, {"48-2291", []int{11}}, {"2291", []int{11}}, {"first OR second", []int{12}}, {"or", []int{11, 12}},
		{"aether", []int{13}}, {"oeuvre", []int{13}}, {"lodz", []int{13}}, {"a", nil}, {"", nil}, {"!?", nil}, {"🎉", nil},
	} {
		want := []int64{}
		for _, i := range tt.want {
			want = append(want, ids[i])
		}
		got := []int64{}
		for _, h := range s.Search(tt.words) {
			if h.MessageID != 0 {
				got = append(got, h.MessageID)
				if h.ConversationID != c.ID || h.ContactID != c.ContactID || h.Name != "Ana Müller" || h.Phone != "+393331234567" || !h.At.Equal(Start) {
					t.Errorf("%q: hit %+v", tt.words, h)
				}
				checkMarks(t, tt.words, h)
			}
		}
		if !slices.IsSortedFunc(got, func(a, b int64) int { return int(b - a) }) {
			t.Errorf("%q: not newest first: %v", tt.words, got)
		}
		slices.Sort(got)
		slices.Sort(want)
		if tt.words == "or" { // a beginning as well
			got = slices.DeleteFunc(got, func(id int64) bool { return id != ids[11] && id != ids[12] })
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: found %v, want %v", tt.words, got, want)
		}
	}
	t.Run("people", func(t *testing.T) { people(t, open) })
	t.Run("what changed", func(t *testing.T) { changed(t, open) })
	t.Run("pages", func(t *testing.T) { pages(t, open) })
	t.Run("hostile", func(t *testing.T) {
		for _, w := range []string{`"`, `""`, `"a`, `a"b`, "*", "-", "--", "a*b*", "^a", "{a b}: c", "text:acqua", "(", ")", "a AND", "NOT", "NOT a", "OR OR",
			"'; DROP TABLE messages; --", "\x00", "a\x00b", "\xff\xfe", strings.Repeat("a", 10000), strings.Repeat("a ", 5000), strings.Repeat("我", 10000),
			strings.Repeat("\"* ", 3000), "+", "+39 333 123", "((((((((((", "a NEAR/2 b", "col : x", "%", "_", "\u202eabc"} {
			s.Search(w)
		}
	})
}

// checkMarks holds marks to be inside the snippet, in order, and to be there.
func checkMarks(t *testing.T, words string, h core.Hit) {
	t.Helper()
	n, last := utf8.RuneCountInString(h.Snippet), 0
	for _, m := range h.Marks {
		if m[0] < last || m[1] <= m[0] || m[1] > n {
			t.Errorf("%q: marks %v in %q", words, h.Marks, h.Snippet)
		}
		last = m[1]
	}
	if len(h.Marks) == 0 {
		t.Errorf("%q: no mark in %q", words, h.Snippet)
	}
}

func people(t *testing.T, open Opener) {
	s := NewShop(t, open)
	a := s.Person("Ana Müller", "+393331234567")
	b := s.Person("Борис", "+4915112345678")
	c := s.Person("王小明", "")
	s.Write(func(tx core.Tx) error {
		k, err := tx.Contact(c.ContactID)
		if err != nil {
			return err
		}
		k.Username = "@xiao_ming"
		if err := tx.SaveContact(&k); err != nil {
			return err
		}
		return tx.AddIdentity(c.ContactID, core.Identity{ChannelID: s.Channel.ID, Kind: core.IdentityPhone, Value: "+8613800001111"})
	})
	find := func(words string) (ids []int64) {
		for _, h := range s.Search(words) {
			ids = append(ids, h.ContactID)
			if h.MessageID != 0 || h.ConversationID == 0 {
				t.Errorf("%q: hit %+v", words, h)
			}
		}
		slices.Sort(ids)
		return ids
	}
	for words, want := range map[string][]int64{
		"muller": {a.ContactID}, "an": {a.ContactID}, "mull ana": nil, "ana mull": {a.ContactID}, "борис": {b.ContactID}, "小明": {c.ContactID},
		"xiao": {c.ContactID}, "@xiao_ming": {c.ContactID}, "王小明 xiao": {c.ContactID}, "331234567": {a.ContactID}, "123": {a.ContactID, b.ContactID},
		"12": nil, "+39 333-123": {a.ContactID}, "0333 1234567": {a.ContactID}, "0049151": {b.ContactID}, "0000111": {c.ContactID}, "999": nil,
	} {
		if got := find(words); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", words, got, want)
		}
	}
	s.Write(func(tx core.Tx) error { // a new name and a number that moved
		k, err := tx.Contact(a.ContactID)
		if err != nil {
			return err
		}
		k.Name, k.Phone = "Zoe", "+39340777"
		if err := tx.SaveContact(&k); err != nil {
			return err
		}
		return tx.RemoveIdentity(core.Identity{ChannelID: s.Channel.ID, Kind: core.IdentityPhone, Value: "+393331234567"})
	})
	for words, want := range map[string][]int64{"muller": nil, "zoe": {a.ContactID}, "331234567": nil, "340777": {a.ContactID}} {
		if got := find(words); !slices.Equal(got, want) {
			t.Errorf("after the change %q: %v, want %v", words, got, want)
		}
	}
}

func changed(t *testing.T, open Opener) {
	s := NewShop(t, open)
	m := s.Receive(s.Person("Ana", "+391"), "uno")
	save := func(change func()) {
		change()
		s.Write(func(tx core.Tx) error { return tx.SaveMessage(&m) })
	}
	expect := func(step string, want map[string]int) {
		for words, n := range want {
			if got := len(s.Search(words)); got != n {
				t.Errorf("%s: %d hits for %q, want %d", step, got, words, n)
			}
		}
	}
	save(func() { m.State = core.Received })
	expect("a save that changes nothing", map[string]int{"uno": 1})
	save(func() { m.Text = "due" })
	expect("an edit", map[string]int{"uno": 0, "due": 1})
	save(func() { m.Media = &core.Media{ID: "x", Filename: "fattura-12.pdf"} })
	expect("a file", map[string]int{"due": 1, "fattura": 1})
	save(func() { m.Revoked = true })
	expect("a revoke", map[string]int{"due": 0, "fattura": 0})
	save(func() { m.Revoked, m.Text, m.Media = false, "🎉", nil })
	save(func() { m.Text = "tre" })
	expect("from a text without words", map[string]int{"tre": 1})
}

func pages(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Gelato Giulia", "+391")
	var want []int64
	for range 10 {
		want = append(want, s.Receive(c, "un gelato").ID)
	}
	slices.Reverse(want)
	var got []int64
	q := core.SearchQuery{Words: "gelat", Limit: 4}
	for {
		hits, err := s.Store.Search(s.ctx(), q)
		s.must(err)
		if len(hits) == 0 {
			break
		}
		if len(hits) > 4 || (q.Before == 0) != (hits[0].MessageID == 0) {
			t.Errorf("page before %d: %+v", q.Before, hits)
		}
		for _, h := range hits {
			if h.MessageID != 0 {
				got = append(got, h.MessageID)
			}
		}
		q.Before = got[len(got)-1]
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
