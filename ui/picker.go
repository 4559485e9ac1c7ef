package ui

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
)

// picker is the field of a form in which several options are chosen. What is
// typed narrows the list down to the options that hold it, and what is chosen
// stays chosen while it is out of sight. huh's own list takes the wrong option, or
// none, while it is filtered (v2.0.3, field_multiselect.go), and keeps silent about
// its limit.
type picker struct {
	question steps.Question
	theme    theme
	chosen   *[]string
	query    string
	cursor   int
	// said is why the last key did nothing, or the answer will not do.
	said          string
	keys          huh.MultiSelectKeyMap
	first         bool
	width, height int
}

func newPicker(q steps.Question, chosen *[]string, t theme) *picker {
	return &picker{question: q, chosen: chosen, theme: t, width: 40, height: 12}
}

// shown are the indexes of the options that hold what was typed.
func (p *picker) shown() []int {
	var found []int
	for i, o := range p.question.Options {
		if strings.Contains(strings.ToLower(o.Label), strings.ToLower(p.query)) {
			found = append(found, i)
		}
	}
	return found
}

// Init does nothing.
func (p *picker) Init() tea.Cmd { return nil }

// Update takes keys; letters are the search.
func (p *picker) Update(msg tea.Msg) (huh.Model, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return p, nil
	}
	p.said = ""
	switch {
	case key.Matches(press, p.keys.Next, p.keys.Submit):
		if err := accepted(p.question, strings.Join(*p.chosen, ",")); err != nil {
			p.said = err.Error()
			return p, nil
		}
		return p, huh.NextField
	case key.Matches(press, p.keys.Prev):
		if p.first {
			return p, nil
		}
		return p, huh.PrevField
	}
	p.pressed(press)
	p.cursor = max(0, min(p.cursor, len(p.shown())-1))
	return p, nil
}

func (p *picker) pressed(press tea.KeyPressMsg) {
	switch press.String() {
	case "space", " ":
		p.toggle()
	case "up":
		p.cursor--
	case "down":
		p.cursor++
	case "pgup":
		p.cursor -= p.rows()
	case "pgdown":
		p.cursor += p.rows()
	case "home":
		p.cursor = 0
	case "end":
		p.cursor = len(p.question.Options)
	case "backspace":
		if runes := []rune(p.query); len(runes) > 0 {
			p.search(string(runes[:len(runes)-1]))
		}
	case "ctrl+u":
		p.search("")
	default:
		if press.Text != "" {
			p.search(p.query + evidence.CleanLine(press.Text))
		}
	}
}

func (p *picker) search(query string) { p.query, p.cursor = query, 0 }

// toggle chooses the option under the cursor, or takes it back. What is one too
// many is said at once.
func (p *picker) toggle() {
	shown := p.shown()
	if len(shown) == 0 {
		p.said = "Nothing holds “" + p.query + "”."
		return
	}
	value := p.question.Options[shown[p.cursor]].Value
	if i := slices.Index(*p.chosen, value); i >= 0 {
		*p.chosen = slices.Delete(*p.chosen, i, i+1)
		return
	}
	if most := p.question.Most; most > 0 && len(*p.chosen) >= most {
		p.said = fmt.Sprintf("No more than %d: take one out first.", most)
		return
	}
	*p.chosen = append(*p.chosen, value)
}

// tally says how many are chosen, of how many at most, and how many are shown.
func (p *picker) tally() string {
	text := fmt.Sprintf("%d chosen", len(*p.chosen))
	if p.question.Most > 0 {
		text = fmt.Sprintf("%d of at most %d chosen", len(*p.chosen), p.question.Most)
	}
	if all := len(p.question.Options); p.query != "" {
		text += fmt.Sprintf(" · %d of %d shown", len(p.shown()), all)
	}
	return text
}

// head is all that stands above the list.
func (p *picker) head() []string {
	width := p.width - 2
	lines := wrap(p.theme.title.Render(evidence.CleanLine(p.question.Title)), width)
	if help := described(p.question); help != "" {
		lines = append(lines, wrap(p.theme.faint.Render(help), width)...)
	}
	search := p.theme.faint.Render("type to search")
	if p.query != "" {
		search = p.theme.accent.Render("/" + p.query + "▏")
	}
	return append(lines, cut(search+"  "+p.theme.faint.Render(p.tally()), width))
}

// rows is how many options there is room for.
func (p *picker) rows() int {
	return max(2, p.height-len(p.head())-len(p.foot()))
}

func (p *picker) foot() []string {
	if p.said == "" {
		return nil
	}
	return wrap(p.theme.bad.Render("✗ "+evidence.CleanLine(p.said)), p.width-2)
}

// View draws the field.
func (p *picker) View() string {
	head, rows := p.head(), p.rows()
	if spare := p.height - rows - len(p.foot()); len(head) > spare { // a low terminal: the search stays in sight
		head = append(head[:max(0, spare-1):max(0, spare-1)], head[len(head)-1])
	}
	var options []string
	for i, index := range p.shown() {
		options = append(options, p.option(p.question.Options[index], i == p.cursor))
	}
	if len(options) == 0 {
		options = []string{cut(p.theme.faint.Render("  nothing holds “"+p.query+"”"), p.width-2)}
	}
	lines := append(append(head, around(options, p.cursor, rows, p.theme)...), p.foot()...)
	bar := p.theme.accent.Render("┃") + " "
	for i := range lines {
		lines[i] = bar + cut(lines[i], p.width-2)
	}
	return strings.Join(lines, "\n")
}

func (p *picker) option(o steps.Option, here bool) string {
	cursor, box, label := "  ", p.theme.faint.Render("[ ] "), evidence.CleanLine(o.Label)
	if here {
		cursor = p.theme.accent.Render("❯ ")
	}
	if slices.Contains(*p.chosen, o.Value) {
		box, label = p.theme.good.Render("[x] "), p.theme.good.Render(label)
	}
	return cut(cursor+box+label, p.width-2)
}

// escape takes a search back before esc leaves the form.
func (p *picker) escape() bool {
	if p.query == "" {
		return false
	}
	p.search("")
	p.said = ""
	return true
}

// Blur and Focus change nothing: a form of ours shows one field at a time.
func (p *picker) Blur() tea.Cmd  { return nil }
func (p *picker) Focus() tea.Cmd { return nil }

// Error is nil: the field says itself what is wrong, and goes on only when
// nothing is.
func (p *picker) Error() error { return nil }

// Skip says that the field is never passed by, Zoom that it has the form's whole
// height.
func (p *picker) Skip() bool { return false }
func (p *picker) Zoom() bool { return true }

var errOnlyInAForm = errors.New("this field is drawn in a form only; line by line, ui/plain asks")

// Run and RunAccessible are huh's ways without a form, which are not gone here.
func (p *picker) Run() error { return errOnlyInAForm }

// RunAccessible is as Run.
func (p *picker) RunAccessible(io.Writer, io.Reader) error { return errOnlyInAForm }

// KeyBinds are none: the form's footer names the keys.
func (p *picker) KeyBinds() []key.Binding { return nil }

// WithTheme changes nothing: the field was made with the wizard's own.
func (p *picker) WithTheme(huh.Theme) huh.Field { return p }

// WithKeyMap takes the form's keys for going on and back.
func (p *picker) WithKeyMap(k *huh.KeyMap) huh.Field {
	p.keys = k.MultiSelect
	return p
}

// WithWidth and WithHeight set the room that there is.
func (p *picker) WithWidth(width int) huh.Field {
	p.width = max(8, width)
	return p
}

// WithHeight is as WithWidth.
func (p *picker) WithHeight(height int) huh.Field {
	p.height = max(3, height)
	return p
}

// WithPosition tells whether there is a field to go back to.
func (p *picker) WithPosition(at huh.FieldPosition) huh.Field {
	p.first = at.IsFirst()
	return p
}

// GetKey and GetValue are for forms that look their fields up.
func (p *picker) GetKey() string { return p.question.ID }

// GetValue is what is chosen.
func (p *picker) GetValue() any { return *p.chosen }
