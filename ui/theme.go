package ui

import (
	"image/color"

	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps"
)

// theme is every colour of the program. Colour never stands alone: each use
// goes with a mark or a word.
type theme struct {
	dark                                bool
	accent, plain, faint, strong, title lipgloss.Style
	good, bad, warn, rule, badge, box   lipgloss.Style
}

func newTheme(dark bool) theme {
	pick := lipgloss.LightDark(dark)
	fg := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	accent := fg("#0b62c4", "#7cb7ff")
	return theme{
		dark:   dark,
		accent: accent,
		plain:  lipgloss.NewStyle(),
		faint:  fg("#6a737d", "#8b949e"),
		strong: lipgloss.NewStyle().Bold(true),
		title:  accent.Bold(true),
		good:   fg("#1a7f37", "#56d364"),
		bad:    fg("#cf222e", "#ff7b72"),
		warn:   fg("#8a5a00", "#e3b341"),
		rule:   fg("#c4c9cf", "#3d444d"),
		badge:  lipgloss.NewStyle().Foreground(accentText(dark)).Background(accent.GetForeground()).Padding(0, 1),
		box:    lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).BorderForeground(fg("#c4c9cf", "#3d444d").GetForeground()).Padding(0, 1),
	}
}

func accentText(dark bool) color.Color {
	return lipgloss.LightDark(dark)(lipgloss.Color("#ffffff"), lipgloss.Color("#0d1117"))
}

// verdict is the style of a verdict's mark.
func (t theme) verdict(v checks.Verdict) lipgloss.Style {
	switch v {
	case checks.OK:
		return t.good
	case checks.Wrong:
		return t.bad
	case checks.Waiting, checks.Said:
		return t.warn
	}
	return t.faint
}

// state is the style of a step's mark.
func (t theme) state(s steps.State) lipgloss.Style {
	switch s {
	case steps.Done:
		return t.good
	case steps.Waiting:
		return t.warn
	}
	return t.faint
}

// forms is huh's look in our colours.
func (t theme) forms() huh.Theme {
	return huh.ThemeFunc(func(bool) *huh.Styles {
		s := huh.ThemeBase(t.dark)
		s.Focused.Base = s.Focused.Base.BorderForeground(t.accent.GetForeground())
		s.Focused.Title = t.title
		s.Focused.Description = t.faint
		s.Focused.ErrorMessage = t.bad
		s.Focused.ErrorIndicator = t.bad
		s.Focused.SelectSelector = t.accent.SetString("❯ ")
		s.Focused.MultiSelectSelector = t.accent.SetString("❯ ")
		s.Focused.SelectedOption = t.good
		s.Focused.SelectedPrefix = t.good.SetString("[x] ")
		s.Focused.UnselectedPrefix = t.faint.SetString("[ ] ")
		s.Focused.TextInput.Prompt = t.accent
		s.Focused.TextInput.Cursor = t.accent
		s.Blurred = s.Focused
		s.Blurred.Base = s.Focused.Base.BorderStyle(lipgloss.HiddenBorder())
		s.Blurred.Title = t.strong
		return s
	})
}
