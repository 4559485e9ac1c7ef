package pysource

import "strings"

// Docstring is the string that a module begins with (The Python Language
// Reference, section 8.7, and PEP 257: the first statement, if it is nothing but
// string literals).
func Docstring(source string) (Literal, Outcome) {
	lines := logicalLines(lex(strings.TrimPrefix(source, "\uFEFF")))
	if len(lines) == 0 || len(lines[0]) == 0 || lines[0][0].kind != text {
		return Literal{}, NotThere
	}
	first := lines[0]
	at := Literal{Line: first[0].line}
	for _, t := range first {
		if t.kind != text {
			return at, NotThere // an expression that begins with a string
		}
	}
	value, ok := concatenated(first)
	if !ok {
		return at, Computed
	}
	at.Value = value
	return at, Plain
}
