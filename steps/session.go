package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// Sight says what to look at.
type Sight struct {
	// Wanted is what the command line and the choices name.
	Wanted evidence.Wanted
	// Said is carried into the world.
	Said []evidence.Said
	// CratesToken is a token of crates.io to look with; "" for none. It is
	// never written anywhere.
	CratesToken string
	// Anew asks for everything to be looked at now: something was just changed.
	// Without it a source that was asked a moment ago may be left alone.
	Anew bool
	// Touched names the crates of which a setting was just changed that shows
	// nowhere else.
	Touched []string
}

// Options make a Session.
type Options struct {
	// Look reads the world. What cannot be read is unknown in it; the error is
	// the context's.
	Look func(context.Context, Sight) (*evidence.World, error)
	// Wanted is what the command line names; it outranks choices.
	Wanted evidence.Wanted
	// Journal keeps choices, statements and changes; nil keeps them for the
	// session only.
	Journal *journal.Journal
	// Tools make the changes. The session adds the working tree's folder.
	Tools *change.Tools
	// Browser opens pages.
	Browser change.Browser
	// CratesToken is the token of crates.io to begin with; "" for none.
	CratesToken string
	// Checks are judged; nil is all of them.
	Checks []checks.Check
}

// Session is one maintainer's walk along the route. Its methods may be called
// from several goroutines.
type Session struct {
	o       Options
	secrets *change.Redactor

	mu     sync.Mutex
	memory journal.Memory
	token  string
	// anew is whether something was changed since the last look, touched the
	// crates among it.
	anew    bool
	touched []string
}

// New begins a walk with what the journal remembers.
func New(o Options) (*Session, error) {
	tools := change.Tools{}
	if o.Tools != nil {
		tools = *o.Tools
	}
	if tools.Secrets == nil {
		tools.Secrets = &change.Redactor{}
	}
	o.Tools = &tools
	if o.Checks == nil {
		o.Checks = checks.All()
	}
	tools.CratesToken = o.CratesToken
	tools.Secrets.Add(o.CratesToken)
	s := &Session{o: o, secrets: tools.Secrets, token: o.CratesToken}
	var records []journal.Record
	if o.Journal != nil {
		o.Journal.Redact = s.secrets.String
		var err error
		if records, err = o.Journal.Load(); err != nil {
			return nil, err
		}
	}
	s.memory = journal.Recall(records)
	return s, nil
}

// Look reads the world anew, judges it and lays out the route.
func (s *Session) Look(ctx context.Context) (*Route, error) {
	memory, token := s.remembered()
	anew, touched := s.settled()
	wanted := merge(s.o.Wanted, memory.Choices)
	world, err := s.o.Look(ctx, Sight{Wanted: wanted, Said: memory.Said, CratesToken: token, Anew: anew, Touched: touched})
	if err != nil {
		return nil, s.secrets.Error(err)
	}
	c := checks.NewCase(world)
	tools := *s.o.Tools
	tools.Dir, tools.CratesToken = world.Tree.Dir, token
	return Lay(Basis{World: world, Case: c, Report: checks.Judge(c, s.o.Checks, nil), Memory: memory,
		Tools: &tools, Remember: s.rememberChange, Offer: s.offerChange, Offered: token != ""}), nil
}

// settled says whether something was changed since it was asked last, and of
// which crates.
func (s *Session) settled() (anew bool, touched []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	anew, touched = s.anew, s.touched
	s.anew, s.touched = false, nil
	return anew, touched
}

func (s *Session) remembered() (journal.Memory, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory, s.token
}

// merge lets the command line outrank the choices.
func merge(w evidence.Wanted, c *journal.Choices) evidence.Wanted {
	if c == nil {
		return w
	}
	if w.Workflow == "" {
		w.Workflow = c.Workflow
	}
	if w.Environment == "" {
		w.Environment = c.Environment
	}
	if len(w.Registries) == 0 {
		w.Registries = c.Registries
	}
	if len(w.Packages) == 0 {
		w.Packages = c.Packages
	}
	return w
}

func (s *Session) perform(ctx context.Context, c change.Change, hands change.Hands) error {
	if c.Own {
		return c.Perform(ctx, hands)
	}
	entry, err := entryOf(c)
	if err != nil {
		return err
	}
	if err := s.write(ctx, journal.Record{Kind: journal.Before, Change: entry}); err != nil {
		return fmt.Errorf("not begun, since the journal cannot be written: %w", err)
	}
	after := journal.Record{Kind: journal.After, Change: &journal.Entry{ID: c.ID}}
	hands.Untouched = func() { after.Untouched = true }
	failed := c.Perform(ctx, hands)
	if failed != nil {
		after.Error = s.secrets.String(failed.Error())
	}
	if short, ok := errors.AsType[*change.ShortError](failed); ok {
		after.Missing = short.Missing
	}
	// The outcome belongs into the journal even when the walk was cancelled.
	if unwritten := s.write(context.WithoutCancel(ctx), after); unwritten != nil {
		return errors.Join(failed, unwritten)
	}
	return failed
}

func entryOf(c change.Change) (*journal.Entry, error) {
	e := &journal.Entry{ID: c.ID, Title: c.Title, Lasting: c.Lasting}
	for _, state := range []struct {
		value any
		into  *json.RawMessage
	}{{c.Before, &e.Before}, {c.After, &e.After}} {
		if state.value == nil {
			continue
		}
		data, err := json.Marshal(state.value)
		if err != nil {
			return nil, fmt.Errorf("write down the state of %s: %w", c.ID, err)
		}
		*state.into = data
	}
	return e, nil
}

// write keeps a record in the journal, if there is one, and in memory.
func (s *Session) write(ctx context.Context, r journal.Record) error {
	if r.At.IsZero() {
		r.At = s.o.Tools.Clock()
	}
	if s.o.Journal != nil {
		if err := s.o.Journal.Append(ctx, r); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory = s.memory.With(r)
	return nil
}

// Say records what the maintainer did where nobody can look.
func (s *Session) Say(said ...evidence.Said) error {
	for _, one := range said {
		if err := s.write(context.Background(), journal.Record{At: one.At, Kind: journal.Said, Said: journal.StatementOf(one)}); err != nil {
			return err
		}
	}
	return nil
}

// Skip passes a step by, with the reason.
func (s *Session) Skip(step checks.Step, reason string) error {
	return s.write(context.Background(), journal.Record{Kind: journal.Skip, Step: string(step), Reason: evidence.CleanLine(reason)})
}

// Unskip takes a step up again.
func (s *Session) Unskip(step checks.Step) error {
	return s.write(context.Background(), journal.Record{Kind: journal.Unskip, Step: string(step)})
}

// Remember records choices.
func (s *Session) Remember(c journal.Choices) error {
	return s.write(context.Background(), journal.Record{Kind: journal.Choice, Choices: &c})
}

// Open opens a page in the browser and returns the address to show.
func (s *Session) Open(ctx context.Context, page PageLink, hands change.Hands) (string, error) {
	return page.URL, s.o.Browser.Open(ctx, page.URL, hands)
}

func (s *Session) rememberChange(c journal.Choices) change.Change {
	return change.Change{ID: "choices", Title: "Remember your choices", Own: true,
		Perform: func(context.Context, change.Hands) error { return s.Remember(c) }}
}

func (s *Session) offerChange(token string) change.Change {
	s.secrets.Add(token)
	return change.Change{ID: "look:crates.io", Title: "Look on crates.io with a token", Own: true,
		Perform: func(context.Context, change.Hands) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.token = token
			return nil
		}}
}
