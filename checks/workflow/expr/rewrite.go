package expr

import (
	"strconv"
	"strings"

	"github.com/rhysd/actionlint"
)

// Rewrite puts other expressions in the place of context values such as
// inputs.name, wherever a text's expressions read them. replace is given the
// dotted path in lower case. An expression that cannot be read stays as it is.
func Rewrite(text string, replace func(path string) (expression string, ok bool)) string {
	var b strings.Builder
	for _, p := range Parts(text) {
		if p.Expression {
			b.WriteString("${{ " + rewrite(p.Text, replace) + " }}")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// RewriteCondition is Rewrite for an if:, in which ${{ }} may be left out.
func RewriteCondition(condition string, replace func(path string) (expression string, ok bool)) string {
	if condition = strings.TrimSpace(condition); condition == "" || Contains(condition) {
		return Rewrite(condition, replace)
	}
	return rewrite(condition, replace)
}

func rewrite(expression string, replace func(string) (string, bool)) string {
	if len(expression) > MaxLength {
		return expression
	}
	tokens, _, err := actionlint.LexExpression(expression + "}}")
	if err != nil {
		return expression
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(tokens); i++ {
		path, n := pathAt(tokens, i)
		if n == 0 {
			continue
		}
		if to, ok := replace(path); ok {
			last := tokens[i+n-1]
			b.WriteString(expression[done:tokens[i].Offset] + to)
			done = last.Offset + len(last.Value)
		}
		i += n - 1
	}
	return b.String() + expression[done:]
}

// pathAt reads a context access such as inputs.name or inputs['name'] and tells
// of how many tokens it is made; none when there is none.
func pathAt(tokens []*actionlint.Token, i int) (path string, n int) {
	is := func(at int, k actionlint.TokenKind) bool { return at < len(tokens) && tokens[at].Kind == k }
	if !is(i, actionlint.TokenKindIdent) || is(i+1, actionlint.TokenKindLeftParen) || i > 0 && is(i-1, actionlint.TokenKindDot) {
		return "", 0
	}
	path, n = strings.ToLower(tokens[i].Value), 1
	for {
		next := i + n
		switch {
		case is(next, actionlint.TokenKindDot) && is(next+1, actionlint.TokenKindIdent):
			path += "." + strings.ToLower(tokens[next+1].Value)
			n += 2
		case is(next, actionlint.TokenKindLeftBracket) && is(next+1, actionlint.TokenKindString) && is(next+2, actionlint.TokenKindRightBracket):
			path += "." + strings.ToLower(unquote(tokens[next+1].Value))
			n += 3
		default:
			return path, n
		}
	}
}

// unquote is the text of a string literal as the lexer gives it.
func unquote(literal string) string {
	literal = strings.TrimSuffix(strings.TrimPrefix(literal, "'"), "'")
	return strings.ReplaceAll(literal, "''", "'")
}

// Quote is an expression that gives what a text with ${{ }} becomes, always as a
// string.
func Quote(text string) string {
	var pattern strings.Builder
	var values []string
	for _, p := range Parts(text) {
		if p.Expression {
			pattern.WriteString("{" + strconv.Itoa(len(values)) + "}")
			values = append(values, p.Text)
			continue
		}
		pattern.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.Text))
	}
	literal := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	if len(values) == 0 {
		return literal(text)
	}
	return "format(" + literal(pattern.String()) + ", " + strings.Join(values, ", ") + ")"
}
