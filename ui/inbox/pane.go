package inbox

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Pane is the inbox. It is not safe for concurrent use: the app calls it from
// its own goroutine, and commands carry copies.
type Pane struct {
	env *frame.Env
	d   Deps

	query    core.ListQuery // view, order and tag
	list     window
	reorder  bool // the order changed: the selection goes along
	listErr  error
	counts   core.Counts
	channels []core.Channel
	asked    bool // the channels are known

	open    int64 // conversation in the chat column, 0 for none
	conv    core.Conversation
	th      *thread
	threads map[int64]*thread
	recent  []int64 // ids in threads, the last used last
	talkErr error
	slow    bool // the chat takes so long that it should say so
	jump    int64
	company map[int64]others // who else is where
	card    cardData

	comp     composer
	pending  []leaving      // answers that can still be taken back
	loose    map[int64]bool // drafts in shut conversations that nobody has confirmed as held
	ticking  bool
	returned returned
	focus    focus
	front    bool // the tab is in front
	away     bool // the terminal lost the focus
	split    int  // width of the list chosen by hand
	drag     bool

	rows    rows
	bubbles bubbles
	w, h    int // size of the last drawing
	area    areas
	spots   []filterSpot
	lineIDs []itemID // block of each chat line of the last drawing
	rest    uint64   // generation of the pause after the cursor moved
	mine    shown    // the presence last told
	watch   watch
	finder  *search
	cardBox *cardDialog
	tagged  func([]core.TagCount) // makes the open list again with the tags; nil for none
	asker   *ask

	fetchList    kit.Fetch[slice]
	fetchCounts  kit.Fetch[core.Counts]
	fetchTalk    kit.Fetch[talk]
	fetchOlder   kit.Fetch[older]
	fetchCard    kit.Fetch[cardData]
	fetchPlaces  kit.Fetch[[]core.Channel]
	fetchCompany kit.Fetch[map[int64]others]
	fetchWatch   kit.Fetch[sighting]
	fetchHits    kit.Fetch[found]
	fetchTags    kit.Fetch[[]core.TagCount]
	fetchNames   kit.Fetch[suggestion]
}

// New makes the pane; it starts nothing.
func New(env *frame.Env, d Deps) *Pane {
	p := &Pane{
		env: env, d: d, front: true,
		query:   core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Agent: env.Agent},
		threads: map[int64]*thread{},
		company: map[int64]others{},
		loose:   map[int64]bool{},
	}
	p.th = p.fresh()
	p.comp.in = kit.Input{Multi: true, MaxLines: 6}
	return p
}

// Init asks for the first picture.
func (p *Pane) Init() tea.Cmd {
	return tea.Batch(p.loadList(fromTop), p.loadCounts(), p.loadChannels(), p.loadWatch())
}

// Reload asks again for whatever the changes may have touched.
func (p *Pane) Reload(cs []core.Change) tea.Cmd {
	var list, chat, people, places, who bool
	for _, c := range cs {
		switch c.Kind {
		case core.Everything:
			list, chat, people, places, who = true, true, true, true, true
		case core.Conversations:
			list = true
			chat = chat || c.ID == p.open || c.ID == 0
		case core.Messages:
			list = true
			chat = chat || c.ID == p.open || c.ID == 0
		case core.Contacts:
			list, people, chat = true, true, true
		case core.Channels:
			places = true
		case core.PresenceChanged:
			who = true
		}
	}
	var cmds []tea.Cmd
	if list {
		cmds = append(cmds, p.loadList(sameAgain), p.loadCounts(), p.loadWatch())
	}
	if chat && p.open != 0 {
		cmds = append(cmds, p.loadTalk())
	}
	if (people || chat) && p.open != 0 && p.cardWanted() {
		cmds = append(cmds, p.loadCard())
	}
	if places {
		cmds = append(cmds, p.loadChannels())
	}
	if who {
		cmds = append(cmds, p.loadCompany())
	}
	for _, m := range p.returned.take() {
		cmds = append(cmds, p.giveBack(m))
	}
	return tea.Batch(cmds...)
}

// Badge is the number of conversations that wait.
func (p *Pane) Badge() string {
	if p.counts.Waiting == 0 {
		return ""
	}
	return p.env.Words.Num(p.counts.Waiting)
}

// Unread is the number of conversations with unread messages.
func (p *Pane) Unread() int { return p.counts.Unread }

// Showing is the conversation on screen, 0 when none is: what must not ring.
func (p *Pane) Showing() int64 {
	if !p.front || p.area.Chat.W == 0 {
		return 0
	}
	return p.open
}

// now is the time in the shop's zone for words on the screen.
func (p *Pane) now() time.Time { return p.env.Now() }

// brush is what drawing needs right now.
func (p *Pane) brush() *brush {
	name := ""
	if p.open != 0 {
		name = kit.CleanLine(title(&p.conv.Contact, p.env.Words))
	}
	return &brush{contact: name, Styles: p.env.Theme, words: p.env.Words, now: p.now().Truncate(time.Minute), rules: p.d.Rules(), agent: p.env.Agent}
}

// send addresses a command's answer to this pane.
func send(cmd tea.Cmd) tea.Cmd { return kit.Send(Name, cmd) }

// fail reports an error in words.
func fail(err error) tea.Cmd {
	return func() tea.Msg { return frame.Failed{Err: err} }
}

// failHere reports an error of the open conversation, failIn of any.
func (p *Pane) failHere(err error) tea.Cmd { return failIn(p.open, err) }

func failIn(conv int64, err error) tea.Cmd {
	return func() tea.Msg { return frame.Failed{Err: err, About: conv} }
}

// refuse says why something is not done in the open conversation.
func (p *Pane) refuse(why text.K) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true, About: p.open})
}

// act runs a write off the app's goroutine and reports how it went.
func (p *Pane) act(do func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	ctx := p.env.Ctx
	return func() tea.Msg {
		msg, err := do(ctx)
		if err != nil {
			return frame.Failed{Err: err}
		}
		return msg
	}
}

// toast makes a notice into a command.
func toast(t frame.Toast) tea.Cmd {
	return func() tea.Msg { return t }
}
