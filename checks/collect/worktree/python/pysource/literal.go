package pysource

import "strings"

// Literal is a string that the source spells out.
type Literal struct {
	Value string
	// Line is 1-based.
	Line int
}

// Outcome says what was found of a name.
type Outcome int

// The outcomes.
const (
	// NotThere: nothing sets the name.
	NotThere Outcome = iota
	// Plain: one string literal does.
	Plain
	// Computed: something else does, or more than one thing.
	Computed
)

// Assignment finds the string that a module assigns to name at its top level:
// name = "x", name: str = "x", name = other = "x".
func Assignment(source, name string) (Literal, Outcome) {
	tokens := lex(source)
	var found Literal
	outcome := NotThere
	for _, line := range logicalLines(tokens) {
		if !binds(line, name) {
			continue
		}
		if outcome != NotThere || line[0].column != 0 {
			return Literal{Line: line[0].line}, Computed
		}
		value, ok := assigned(line)
		if !ok {
			return Literal{Line: line[0].line}, Computed
		}
		found, outcome = Literal{Value: value, Line: line[0].line}, Plain
	}
	return found, outcome
}

// logicalLines cuts tokens into lines, without their newline tokens.
func logicalLines(tokens []token) [][]token {
	var lines [][]token
	start := 0
	for i, t := range tokens {
		if t.kind == newline {
			lines = append(lines, tokens[start:i])
			start = i + 1
		}
	}
	return lines
}

// binds says whether a line gives name a value in any way that can be seen
// without running it: assignment of every kind, or an import of that name.
func binds(line []token, name string) bool {
	if line[0].kind == word && (line[0].value == "from" || line[0].value == "import") {
		return importsAs(line, name)
	}
	if bindsWithin(line, name) {
		return true
	}
	depth, named := 0, false
	for _, t := range line {
		switch {
		case t.kind == op && strings.Contains("([{", t.value):
			depth++
		case t.kind == op && strings.Contains(")]}", t.value):
			depth--
		case depth == 0 && t.kind == word && t.value == name:
			named = true
		case depth == 0 && t.kind == op && t.value == "=":
			if named {
				return true
			}
		}
	}
	return false
}

// bindsWithin is for names that a line binds besides assigning them: by def,
// class and as, in front of :=, and between for and in.
func bindsWithin(line []token, name string) bool {
	inFor := false
	for i, t := range line {
		if t.kind == word && (t.value == "for" || t.value == "in") {
			inFor = t.value == "for"
		}
		if t.kind != word || t.value != name {
			continue
		}
		before := i > 0 && line[i-1].kind == word && (line[i-1].value == "def" || line[i-1].value == "class" || line[i-1].value == "as")
		walrus := i+2 < len(line) && isOp(line[i+1], ":") && isOp(line[i+2], "=")
		if before || walrus || inFor {
			return true
		}
	}
	return false
}

func importsAs(line []token, name string) bool {
	for i, t := range line {
		if t.kind == word && t.value == name {
			last := i == len(line)-1
			if last || line[i+1].value == "," || line[i+1].value == ")" {
				return true
			}
		}
	}
	return false
}

// assigned is the string at the end of "a = b: str = STRING...".
func assigned(line []token) (string, bool) {
	i := 0
	for i+1 < len(line) && line[i].kind == word {
		i++
		if isOp(line[i], ":") { // the annotation, up to the equals sign
			for i < len(line) && !isOp(line[i], "=") {
				i++
			}
		}
		if i >= len(line) || !isOp(line[i], "=") {
			return "", false
		}
		i++
	}
	return concatenated(line[i:])
}

// concatenated joins adjacent string literals, as Python does.
func concatenated(tokens []token) (string, bool) {
	if len(tokens) == 0 {
		return "", false
	}
	var b strings.Builder
	for _, t := range tokens {
		if t.kind != text || !t.plain {
			return "", false
		}
		b.WriteString(t.value)
	}
	return b.String(), true
}

func isOp(t token, value string) bool { return t.kind == op && t.value == value }
