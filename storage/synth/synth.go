// Package synth makes synthetic shops: the same size gives the same shop, so that
// figures taken on one can be compared.
package synth

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"bottega/core"
	"bottega/storage"
)

// Size of a synthetic shop.
type Size struct {
	Conversations int // as many contacts
	Messages      int
	Seed          uint64
	Now           time.Time // the last message comes now, the first a year before
}

// Fill makes a synthetic shop in an empty store: people who write Italian,
// German, Russian and Chinese, each with one conversation on a channel "shop",
// a fifth of them open. The same size gives the same shop. progress may be
// nil; it hears of messages done.
func Fill(ctx context.Context, db *storage.DB, n Size, progress func(done int)) error {
	ch, err := db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, Number: "+390612345678", State: core.Active, CreatedAt: n.Now})
	if err != nil {
		return err
	}
	f := newFiller(n, ch.ID)
	if err := db.BulkLoad(ctx, f.people); err != nil {
		return err
	}
	return db.BulkLoad(ctx, func(tx core.Tx) (bool, error) {
		more, err := f.talk(tx)
		if progress != nil {
			progress(f.said)
		}
		return more, err
	})
}

// fillPart is how many rows go into one transaction.
const fillPart = 50_000

// filler makes the rows. Who says what is settled before the first row is
// written, so that each conversation is written once, with its last message.
type filler struct {
	Size
	channel int64
	who     []int32 // conversation of each message
	last    []int32 // last message of each conversation, -1 for none
	first   []int32
	made    int // people
	said    int // messages
	rnd     *rand.Rand
	voice   *voice
	tags    []string
}

func newFiller(n Size, channel int64) *filler {
	f := &filler{Size: n, channel: channel, who: make([]int32, n.Messages), last: make([]int32, n.Conversations), first: make([]int32, n.Conversations),
		rnd: rand.New(rand.NewPCG(n.Seed, 1)), voice: newVoice(n.Seed), tags: []string{"vip", "wholesale", "new", "regular", "autumn", "newsletter", "complaint", "local"}}
	for i := range f.last {
		f.last[i], f.first[i] = -1, -1
	}
	for i := range f.who {
		x := f.rnd.Float64()
		c := int32(x * x * float64(n.Conversations)) // some talk much more than others
		f.who[i], f.last[c] = c, int32(i)
		if f.first[c] < 0 {
			f.first[c] = int32(i)
		}
	}
	return f
}

// at is when message i comes: the year is denser towards its end.
func (f *filler) at(i int32) time.Time {
	left := 1 - float64(i+1)/float64(max(1, f.Messages))
	return f.Now.Add(-time.Duration(left * left * float64(365*24*time.Hour))).Truncate(time.Millisecond)
}

// inbound: of each three messages the customer writes two.
func inbound(i int32) bool { return i%3 != 2 }

func (f *filler) people(tx core.Tx) (bool, error) {
	for range fillPart / 5 {
		if f.made == f.Conversations {
			return false, nil
		}
		if err := f.person(tx, f.made); err != nil {
			return false, err
		}
		f.made++
	}
	return f.made < f.Conversations, nil
}

func (f *filler) person(tx core.Tx, i int) error {
	lang := f.voice.language(i)
	k := core.Contact{Name: f.voice.name(lang, i), Phone: core.Phone(fmt.Sprintf("+%s%09d", lang.prefix, 300_000_000+i)), Language: lang.code, CreatedAt: f.Now.AddDate(-1, 0, 0)}
	for j, t := range f.tags {
		if f.rnd.IntN(10*(j+1)) == 0 {
			k.Tags = append(k.Tags, t)
		}
	}
	if slices.Contains(k.Tags, "vip") {
		k.Value = core.ValueHigh
	}
	if f.first[i] >= 0 {
		k.LastInAt = f.at(f.last[i])
	}
	if err := tx.SaveContact(&k); err != nil {
		return err
	}
	if err := tx.AddIdentity(k.ID, core.Identity{ChannelID: f.channel, Kind: core.IdentityPhone, Value: string(k.Phone)}); err != nil {
		return err
	}
	c := f.conversation(i, k.ID)
	return tx.SaveConversation(&c)
}

func (f *filler) conversation(i int, contact int64) core.Conversation {
	c := core.Conversation{ChannelID: f.channel, ContactID: contact, State: core.Done}
	last := f.last[i]
	at := f.Now.AddDate(-1, 0, 0)
	if last >= 0 {
		at = f.at(last)
		c.LastMessageID, c.LastAt, c.LastInAt, c.WindowCloses = int64(last)+1, at, at, at.Add(24*time.Hour)
	}
	c.SortKey = 1<<60 - at.UnixMilli()
	switch r := f.rnd.IntN(100); {
	case r < 20:
		c.State, c.Assignee = core.Open, []string{"", "", "ana", "bea", "carlo"}[f.rnd.IntN(5)]
		if last >= 0 && inbound(last) && r < 5 {
			c.Unread, c.WaitingSince, c.DueAt = 1+f.rnd.IntN(4), at, at.Add(5*time.Minute)
			c.SortKey = c.DueAt.UnixMilli()
		}
	case r < 23:
		c.State, c.SnoozeUntil = core.Snoozed, f.Now.Add(time.Duration(f.rnd.IntN(72))*time.Hour)
	}
	return c
}

func (f *filler) talk(tx core.Tx) (bool, error) {
	for range fillPart {
		if f.said == f.Messages {
			return false, nil
		}
		i := int32(f.said)
		m := f.message(i)
		if ok, err := tx.InsertMessage(&m); err != nil || !ok || m.ID != int64(i)+1 {
			return false, fmt.Errorf("message %d: id %d, new %v: the store was not empty: %w", i, m.ID, ok, err)
		}
		f.said++
	}
	return f.said < f.Messages, nil
}

func (f *filler) message(i int32) core.Message {
	at := f.at(i)
	m := core.Message{ConversationID: int64(f.who[i]) + 1, ChannelID: f.channel, At: at, ProviderID: wamid(f.Seed, i),
		Content: core.Content{Type: core.TypeText, Text: f.voice.say(f.voice.language(int(f.who[i])))}}
	if !inbound(i) {
		m.Direction, m.State, m.Author, m.Ref = core.Out, core.Read, "bea", fmt.Sprintf("fill:%d:%d", f.Seed, i)
		m.SentAt, m.DeliveredAt, m.ReadAt = at, at.Add(time.Second), at.Add(time.Minute)
	}
	return m
}

// wamid looks like Meta's: 60 characters, unique.
func wamid(seed uint64, i int32) string {
	return fmt.Sprintf("wamid.HBgLMzkzMzMxMjM0NTY3FQIAEhggQ%08X%016XAA==", uint32(i), (uint64(i)+seed)*0x9E3779B97F4A7C15)
}

// language of a customer.
type language struct {
	code, prefix string
	words        []string
	names        []string
	joined       bool // words stand without spaces
	zipf         *rand.Zipf
}

// voice says sentences of words as common as words are.
type voice struct {
	rnd       *rand.Rand
	languages []*language
}

func newVoice(seed uint64) *voice {
	v := &voice{rnd: rand.New(rand.NewPCG(seed, 2))}
	v.add("it", "39", "perché grazie ordine vorrei quando domani consegna pacco caffè città più buongiorno prezzo euro taglia colore rosso",
		"an be ca di er fo gra lu mi no pe ro sta ti vo zza lle cchi", "Ana Bruno Carla Dario Elena Fabio Giulia")
	v.add("de", "49", "danke bitte bestellung größe schön für heute morgen lieferung paket straße können möchte rechnung über",
		"ab be schn ein fü gr hau kö le mü no pf ru sch tz un wer zu", "Anna Björn Clara Dieter Emma Jürgen")
	v.add("ru", "7", "спасибо заказ когда ещё доставка можно привет здравствуйте размер цена посылка мой сегодня завтра",
		"ба ве го дё жи за ку ло ми но пе ра сто ты фо хо ча шу", "Анна Борис Вера Глеб Дарья Егор")
	v.add("zh", "86", "我 的 你 是 在 有 要 买 手机 壳 谢谢 什么 时候 可以 发货 价格 多少 请 问 一 不 了", "", "王小明 李娜 张伟 刘洋 陈静")
	return v
}

// add makes a language: its common words, and rare ones of its syllables.
func (v *voice) add(code, prefix, common, syllables, names string) {
	l := &language{code: code, prefix: prefix, words: strings.Fields(common), names: strings.Fields(names), joined: syllables == ""}
	if l.joined {
		for i := range 3000 {
			l.words = append(l.words, string(rune(0x4e00+(i*7919)%20000)))
		}
	} else {
		parts := strings.Fields(syllables)
		for range 30_000 {
			var w strings.Builder
			for range 2 + v.rnd.IntN(3) {
				w.WriteString(parts[v.rnd.IntN(len(parts))])
			}
			l.words = append(l.words, w.String())
		}
	}
	l.zipf = rand.NewZipf(v.rnd, 1.1, 4, uint64(len(l.words)-1))
	v.languages = append(v.languages, l)
}

func (v *voice) language(i int) *language { return v.languages[i%len(v.languages)] }

func (v *voice) name(l *language, i int) string {
	if l.joined {
		return l.names[i/4%len(l.names)] + l.words[(i*31)%len(l.words)]
	}
	w := []rune(l.words[(i*131)%len(l.words)])
	w[0] = unicode.ToUpper(w[0])
	return l.names[i/4%len(l.names)] + " " + string(w)
}

func (v *voice) say(l *language) string {
	var b strings.Builder
	n := 4 + v.rnd.IntN(16)
	for i := range n {
		if i > 0 && !l.joined {
			b.WriteByte(' ')
		}
		b.WriteString(l.words[l.zipf.Uint64()])
	}
	return b.String()
}
