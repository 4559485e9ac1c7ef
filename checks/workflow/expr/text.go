// Package expr reads the ${{ }} expressions of GitHub Actions workflow files
// and tells which values they can have.
//
// What is only known at run time stays open: a [Set] says whether it is
// complete, and why not. Nothing is guessed.
package expr

import "strings"

// Part is a piece of a text: literal, or the inside of ${{ }}.
type Part struct {
	Text       string
	Expression bool
}

// Parts splits a text at its ${{ }}. An expression that is not closed is
// literal text, as GitHub reads it.
func Parts(text string) []Part {
	var parts []Part
	for {
		start := strings.Index(text, "${{")
		end := -1
		if start >= 0 {
			end = closing(text[start+3:])
		}
		if end < 0 {
			return appendLiteral(parts, text)
		}
		parts = appendLiteral(parts, text[:start])
		inside := text[start+3 : start+3+end]
		parts = append(parts, Part{Text: strings.TrimSpace(inside), Expression: true})
		text = text[start+3+end+2:]
	}
}

func appendLiteral(parts []Part, text string) []Part {
	if text == "" {
		return parts
	}
	return append(parts, Part{Text: text})
}

// closing finds the }} that ends an expression; one inside a string literal
// does not.
func closing(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], "}}"):
			return i
		}
	}
	return -1
}

// Contains reports whether a text holds an expression.
func Contains(text string) bool {
	for _, p := range Parts(text) {
		if p.Expression {
			return true
		}
	}
	return false
}

// Single returns the inside of ${{ }} when the text is nothing but one
// expression.
func Single(text string) (string, bool) {
	parts := Parts(strings.TrimSpace(text))
	if len(parts) == 1 && parts[0].Expression {
		return parts[0].Text, true
	}
	return "", false
}
