// Package pysource finds literals in Python source without running it: the
// value of a module-level assignment, and the arguments of a call. What is not
// a plain literal has no value here.
package pysource

import (
	"strings"
	"unicode/utf8"
)

type kind int

const (
	word    kind = iota // a name, keyword or number
	text                // a string literal
	op                  // anything else: one character, or a comparison
	newline             // the end of a logical line
)

// token is one token; strings with a prefix other than r or u, or with a
// backslash that means something, are not plain.
type token struct {
	kind  kind
	value string
	plain bool
	line  int
	// first is set for the first token of a logical line, column is its column.
	first  bool
	column int
}

// lexer reads the tokens of Python's grammar as far as literals need it (The
// Python Language Reference, section 2, version 3.14).
type lexer struct {
	src       string
	at        int
	line      int
	lineStart int
	depth     int
	tokens    []token
}

func lex(src string) []token {
	l := lexer{src: src, line: 1}
	for l.at < len(l.src) {
		l.step()
	}
	l.endLine()
	return l.tokens
}

func (l *lexer) step() {
	c := l.src[l.at]
	switch {
	case c == '\n':
		if l.depth == 0 {
			l.endLine()
		}
		l.at++
		l.newLine()
	case c == '\\' && strings.HasPrefix(l.src[l.at+1:], "\n"):
		l.at += 2
		l.newLine()
	case c == '\\' && strings.HasPrefix(l.src[l.at+1:], "\r\n"):
		l.at += 3
		l.newLine()
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.at++
	case c == '#':
		l.at += lengthUntil(l.src[l.at:], "\n")
	case c == '"' || c == '\'':
		l.str("")
	case isWord(c):
		l.word()
	default:
		l.operator(c)
	}
}

func (l *lexer) newLine() { l.line++; l.lineStart = l.at }

func (l *lexer) endLine() {
	if n := len(l.tokens); n > 0 && l.tokens[n-1].kind != newline {
		l.tokens = append(l.tokens, token{kind: newline, line: l.line})
	}
}

func (l *lexer) emit(t token, start int) {
	n := len(l.tokens)
	t.first = n == 0 || l.tokens[n-1].kind == newline
	t.column = start - l.lineStart
	l.tokens = append(l.tokens, t)
}

func (l *lexer) operator(c byte) {
	switch c {
	case '(', '[', '{':
		l.depth++
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
	}
	length := 1
	if strings.IndexByte("=!<>", c) >= 0 && strings.HasPrefix(l.src[l.at+1:], "=") {
		length = 2 // a comparison, which binds nothing
	}
	l.emit(token{kind: op, value: l.src[l.at : l.at+length], line: l.line}, l.at)
	l.at += length
}

func (l *lexer) word() {
	start := l.at
	for l.at < len(l.src) && isWord(l.src[l.at]) {
		l.at++
	}
	value := l.src[start:l.at]
	if l.at < len(l.src) && (l.src[l.at] == '"' || l.src[l.at] == '\'') && isPrefix(value) {
		l.str(strings.ToLower(value))
		return
	}
	l.emit(token{kind: word, value: value, line: l.line}, start)
}

// str reads a string literal whose prefix was read already.
func (l *lexer) str(prefix string) {
	start, line := l.at-len(prefix), l.line
	column := start - l.lineStart
	quote := l.src[l.at : l.at+1]
	if strings.HasPrefix(l.src[l.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	l.at += len(quote)
	body, closed := l.body(quote)
	raw := prefix == "r"
	plain := closed && (raw || prefix == "" || prefix == "u") && (raw || !strings.Contains(body, `\`)) && utf8.ValidString(body)
	l.emit(token{kind: text, value: body, plain: plain, line: line}, start)
	l.tokens[len(l.tokens)-1].column = column
}

// body reads up to the closing quote; a line's end closes what is not in three
// quotes, as an error in the source.
func (l *lexer) body(quote string) (body string, closed bool) {
	start := l.at
	for l.at < len(l.src) {
		switch {
		case strings.HasPrefix(l.src[l.at:], quote):
			body = l.src[start:l.at]
			l.at += len(quote)
			return body, true
		case l.src[l.at] == '\n' && len(quote) == 1:
			return l.src[start:l.at], false
		case l.src[l.at] == '\n':
			l.at++
			l.newLine()
		case l.src[l.at] == '\\' && l.at+1 < len(l.src):
			l.at++
			if l.src[l.at] == '\n' {
				l.line++
				l.lineStart = l.at + 1
			}
			l.at++
		default:
			l.at++
		}
	}
	return l.src[start:], false
}

func isWord(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isPrefix(s string) bool {
	switch strings.ToLower(s) {
	case "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt":
		return true
	}
	return false
}

func lengthUntil(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i
	}
	return len(s)
}
