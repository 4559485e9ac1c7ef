package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
)

// form asks a way's questions. It is built for one asking and thrown away: a
// huh form that has ended cannot be taken up again.
type form struct {
	title  string
	huh    *huh.Form
	single map[string]*string
	many   map[string]*[]string
	lists  []list
	room   func() room
	then   func(steps.Answers) tea.Cmd
	// ended keeps what huh sends after its end from answering twice.
	ended bool
}

// list is a question with one answer of several; its height hangs on the width.
type list struct {
	question steps.Question
	field    *huh.Select[string]
}

// room is the space for what lies on top of a step.
type room struct{ width, height int }

func newForm(title string, questions []steps.Question, t theme, room func() room, then func(steps.Answers) tea.Cmd) *form {
	f := &form{title: title, single: map[string]*string{}, many: map[string]*[]string{}, room: room, then: then}
	groups := make([]*huh.Group, 0, len(questions))
	for _, q := range questions {
		groups = append(groups, huh.NewGroup(f.field(q, t)))
	}
	f.huh = huh.NewForm(groups...).WithTheme(t.forms()).WithShowHelp(false)
	f.fit()
	return f
}

// fit brings the form into the room that there is now.
func (f *form) fit() {
	r := f.room()
	for _, l := range f.lists {
		l.field.Height(tall(l.question, max(4, r.width-6)))
	}
	f.huh = f.huh.WithWidth(max(4, r.width-4)).WithHeight(max(4, r.height-2))
}

func (f *form) field(q steps.Question, t theme) huh.Field {
	title, help := evidence.CleanLine(q.Title), described(q)
	switch q.Kind {
	case steps.Several:
		chosen := split(q.Default)
		f.many[q.ID] = &chosen
		return newPicker(q, &chosen, t)
	case steps.Choice:
		value := q.Default
		f.single[q.ID] = &value
		field := huh.NewSelect[string]().Title(title).Description(help).Options(options(q.Options)...).Value(&value).
			Validate(func(v string) error { return accepted(q, v) })
		f.lists = append(f.lists, list{q, field})
		return field
	}
	value := q.Default
	f.single[q.ID] = &value
	input := huh.NewInput().Title(title).Description(help).Value(&value).Validate(func(v string) error { return accepted(q, v) })
	if q.Kind == steps.Masked {
		input.EchoMode(huh.EchoModePassword)
	}
	return input
}

// tall is the height of a list under its title and help, as they are wrapped:
// huh gives one without a height no room for its options when it is embedded.
func tall(q steps.Question, width int) int {
	above := len(wrap(evidence.CleanLine(q.Title), width))
	if help := described(q); help != "" {
		above += len(wrap(help, width))
	}
	return above + min(len(q.Options), 8)
}

func described(q steps.Question) string {
	help := evidence.Clean(q.Help)
	if q.Origin != "" {
		help = strings.TrimSpace(help + "\nFilled in from: " + evidence.CleanLine(q.Origin))
	}
	return help
}

func accepted(q steps.Question, answer string) error {
	if q.Check == nil {
		return nil
	}
	return q.Check(answer)
}

func options(from []steps.Option) []huh.Option[string] {
	to := make([]huh.Option[string], 0, len(from))
	for _, o := range from {
		to = append(to, huh.NewOption(evidence.CleanLine(o.Label), o.Value))
	}
	return to
}

func split(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, ",")
}

func (f *form) start() tea.Cmd { return f.huh.Init() }

func (f *form) update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && (k.String() == "esc" || k.String() == "ctrl+c") {
		if p, several := f.huh.GetFocusedField().(*picker); several && k.String() == "esc" && p.escape() {
			return nil
		}
		return closeThen(notice(nothing))
	}
	if _, resized := msg.(tea.WindowSizeMsg); resized {
		f.fit()
		return nil
	}
	next, cmd := f.huh.Update(msg)
	f.huh = next.(*huh.Form)
	if f.huh.State == huh.StateCompleted && !f.ended {
		f.ended = true
		return closeThen(f.then(f.answers()))
	}
	return cmd
}

func (f *form) answers() steps.Answers {
	a := steps.Answers{}
	for id, v := range f.single {
		a[id] = *v
	}
	for id, v := range f.many {
		a[id] = strings.Join(*v, ",")
	}
	return a
}

func (f *form) view(_, _ int, t theme) string {
	return t.title.Render(f.title) + "\n\n" + f.huh.View()
}

func (f *form) hints(t theme, k keys) string {
	on := []key.Binding{binding("enter", "next", "enter"), k.back, binding("shift+tab", "before", "shift+tab")}
	if _, several := f.huh.GetFocusedField().(*picker); several {
		on = append([]key.Binding{binding("space", "choose", "space"), binding("a-z", "search", "a")}, on...)
	}
	return hint(t, on...)
}
