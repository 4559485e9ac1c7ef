package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// computed stands for text that only a run could tell.
const computed = "$(…)"

// fields turns words into arguments. A word that is nothing but a variable is
// split at blanks, as the shell splits it.
func (r *reader) fields(words []*syntax.Word) []string {
	var args []string
	for _, w := range words {
		if value, ok := r.splits(w); ok {
			args = append(args, strings.Fields(value)...)
			continue
		}
		args = append(args, r.text(w))
	}
	return args
}

// splits gives the value of a word that is one variable without quotes, or
// "${array[@]}".
func (r *reader) splits(w *syntax.Word) (string, bool) {
	if len(w.Parts) != 1 {
		return "", false
	}
	part := w.Parts[0]
	quoted, isQuoted := part.(*syntax.DblQuoted)
	if isQuoted && len(quoted.Parts) == 1 {
		part = quoted.Parts[0]
	}
	p, ok := part.(*syntax.ParamExp)
	if !ok || p.Param == nil || (isQuoted && p.Index == nil) {
		return "", false
	}
	value, known := r.value(p.Param.Value)
	// An expression is one value until it is evaluated.
	return r.marks.restore(value), known && !strings.Contains(value, "${{") && p.Exp == nil && p.Repl == nil
}

// text is a word as one argument.
func (r *reader) text(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		r.part(&b, p, false)
	}
	return r.marks.restore(b.String())
}

func (r *reader) part(b *strings.Builder, p syntax.WordPart, quoted bool) {
	switch p := p.(type) {
	case *syntax.Lit:
		b.WriteString(unescape(p.Value, quoted))
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			r.part(b, inner, true)
		}
	case *syntax.ParamExp:
		r.param(b, p)
	default:
		b.WriteString(computed)
	}
}

// param puts a variable's value in if it is known, else its default, else its
// name.
func (r *reader) param(b *strings.Builder, p *syntax.ParamExp) {
	if p.Param == nil || p.Repl != nil || p.Slice != nil || p.Length {
		b.WriteString(computed)
		return
	}
	value, known := r.value(p.Param.Value)
	switch {
	case known && (value != "" || p.Exp == nil):
		b.WriteString(value)
	case p.Exp != nil && p.Exp.Word != nil && (p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.DefaultUnset):
		b.WriteString(r.text(p.Exp.Word))
	default:
		b.WriteString("$" + p.Param.Value)
	}
}

// unescape takes the shell's backslashes away.
func unescape(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("$`\"\\\n", s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
