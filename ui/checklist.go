package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks"
)

// ChecklistOptions is what the live checklist needs.
type ChecklistOptions struct {
	// Look judges the world anew.
	Look func(context.Context) (checks.Report, error)
	// Page gives the address where a result can be mended; "" for none.
	Page func(checks.Report, checks.Result) string
	// Open opens an address in the browser, and returns what to show of it.
	Open func(ctx context.Context, address string) (string, error)
	// Repository and Label stand in the header, as in the wizard.
	Repository, Label string
	// Every tells after a look how long it waits before the next; nil means half
	// a minute.
	Every func(checks.Report) time.Duration
	// NoColor draws without colours, whatever the terminal can.
	NoColor bool
}

// RunChecklist shows the checks live until the person leaves, and returns the
// report as last seen.
func RunChecklist(ctx context.Context, opts ChecklistOptions) (checks.Report, error) {
	if opts.Every == nil {
		opts.Every = func(checks.Report) time.Duration { return seldom }
	}
	c := &checklist{ctx: ctx, opts: opts, keys: newKeys(), theme: newTheme(true), width: 80, height: 24}
	last, err := program(ctx, c, opts.NoColor)
	if done, ok := last.(*checklist); ok {
		c = done
	}
	if err == nil && !c.seen {
		err = c.err
	}
	return c.report, err
}

// checklist is the root model: one row a result, and at most one of them open.
type checklist struct {
	ctx           context.Context
	opts          ChecklistOptions
	keys          keys
	theme         theme
	width, height int
	now, due      time.Time

	report  checks.Report
	seen    bool
	looking bool
	err     error
	row     int
	// detail is whether the row's evidence is shown; scroll belongs to it.
	detail bool
	scroll int
	notice string
}

type reportMsg struct {
	report checks.Report
	err    error
	at     time.Time
}

// Init begins the first look.
func (c *checklist) Init() tea.Cmd {
	c.looking = true
	return tea.Batch(tea.RequestBackgroundColor, c.look(), tick())
}

func (c *checklist) look() tea.Cmd {
	return func() tea.Msg {
		report, err := c.opts.Look(c.ctx)
		return reportMsg{report, err, time.Now()}
	}
}

func (c *checklist) lookNow() tea.Cmd {
	if c.looking {
		return nil
	}
	c.looking = true
	return c.look()
}

// Update keeps to dispatching.
func (c *checklist) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.width, c.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		c.theme = newTheme(msg.IsDark())
	case tickMsg:
		c.now = time.Time(msg)
		if c.seen && c.now.After(c.due) {
			return c, tea.Batch(tick(), c.lookNow())
		}
		return c, tick()
	case reportMsg:
		c.arrive(msg)
	case noticeMsg:
		c.notice = msg.text
	case tea.KeyPressMsg:
		return c, c.pressed(msg)
	}
	return c, nil
}

func (c *checklist) arrive(msg reportMsg) {
	c.looking, c.err, c.now, c.due = false, msg.err, msg.at, msg.at.Add(c.opts.Every(msg.report))
	if msg.err == nil {
		first := !c.seen
		c.report, c.seen = msg.report, true
		c.row = max(0, min(c.row, len(msg.report.Results)-1))
		if first {
			c.row = firstOpen(msg.report.Results)
		}
	}
}

func (c *checklist) pressed(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, c.keys.quit):
		return tea.Quit
	case key.Matches(msg, c.keys.suspend):
		return tea.Suspend
	case key.Matches(msg, c.keys.look):
		return c.lookNow()
	case key.Matches(msg, c.keys.choose), key.Matches(msg, c.keys.back):
		c.detail, c.scroll = !c.detail && key.Matches(msg, c.keys.choose), 0
	case msg.String() == "o":
		return c.open()
	case msg.String() == "n", msg.String() == "N":
		c.row = nextOpen(c.report.Results, c.row, msg.String() == "n")
	case c.detail && msg.String() == "pgup":
		c.scroll = max(0, c.scroll-5)
	case c.detail && key.Matches(msg, c.keys.scroll):
		c.scroll += 5
	default:
		c.move(msg)
	}
	return nil
}

// open goes to the page that belongs to the row.
func (c *checklist) open() tea.Cmd {
	if c.row >= len(c.report.Results) || c.opts.Page == nil {
		return nil
	}
	address := c.opts.Page(c.report, c.report.Results[c.row])
	if address == "" {
		return notice("No page belongs to this check.")
	}
	return func() tea.Msg {
		shown, err := c.opts.Open(c.ctx, address)
		if err != nil {
			return noticeMsg{text: shown + ": the browser did not open: " + err.Error()}
		}
		return noticeMsg{text: "Opened " + shown}
	}
}
