package pysource

import "strings"

// Call is a call as the source writes it.
type Call struct {
	// Line is where it begins.
	Line int
	// TopLevel is whether its line stands in no block, so that names in it are
	// the module's.
	TopLevel bool
	args     map[string][]token
}

// OnlyCall finds the one call of a function in the source, also as an
// attribute of a module; ok is false when there is none, or more than one.
func OnlyCall(source, function string) (call Call, ok bool) {
	tokens, topLevel := lex(source), false
	for i := 0; i+1 < len(tokens); i++ {
		if tokens[i].first {
			topLevel = tokens[i].column == 0
		}
		if tokens[i].kind != word || tokens[i].value != function || !isOp(tokens[i+1], "(") {
			continue
		}
		if i > 0 && tokens[i-1].kind == word && (tokens[i-1].value == "def" || tokens[i-1].value == "class") {
			continue
		}
		if ok {
			return Call{}, false
		}
		call, ok = Call{Line: tokens[i].line, TopLevel: topLevel, args: arguments(tokens[i+2:])}, true
	}
	return call, ok
}

// Keyword is the string given to a keyword argument.
func (c Call) Keyword(name string) (Literal, Outcome) {
	tokens, there := c.args[name]
	if !there {
		return Literal{Line: c.Line}, NotThere
	}
	line := c.Line
	if len(tokens) > 0 {
		line = tokens[0].line
	}
	value, ok := concatenated(tokens)
	if !ok {
		return Literal{Line: line}, Computed
	}
	return Literal{Value: value, Line: line}, Plain
}

// Name is the variable that a keyword argument is given, "" when it is anything
// else than one name.
func (c Call) Name(keyword string) string {
	tokens := c.args[keyword]
	if len(tokens) != 1 || tokens[0].kind != word {
		return ""
	}
	return tokens[0].value
}

// Is says whether a keyword argument is exactly one word, such as True.
func (c Call) Is(name, value string) bool {
	tokens := c.args[name]
	return len(tokens) == 1 && tokens[0].kind == word && tokens[0].value == value
}

// KeywordStrings are the string literals inside a keyword argument that is a
// list or tuple of nothing else.
func (c Call) KeywordStrings(name string) []Literal {
	var found []Literal
	for _, t := range c.args[name] {
		switch {
		case t.kind == text && t.plain:
			found = append(found, Literal{Value: t.value, Line: t.line})
		case t.kind == op && strings.Contains("[](),", t.value):
		default:
			return nil
		}
	}
	return found
}

// Pair is one entry of a dictionary that is spelled out.
type Pair struct {
	Key string
	Literal
}

// KeywordPairs are the entries of a keyword argument that is a dictionary,
// those of them whose key and value are both plain strings.
func (c Call) KeywordPairs(name string) []Pair {
	var found []Pair
	tokens := c.args[name]
	for i := 0; i+3 < len(tokens); i++ {
		key, value, after := tokens[i], tokens[i+2], tokens[i+3]
		plain := key.kind == text && key.plain && value.kind == text && value.plain
		if plain && isOp(tokens[i+1], ":") && (isOp(after, ",") || isOp(after, "}")) {
			found = append(found, Pair{key.value, Literal{Value: value.value, Line: value.line}})
		}
	}
	return found
}

// Unpacks says whether the call takes arguments from a mapping (**mapping).
func (c Call) Unpacks() bool { _, there := c.args["**"]; return there }

// arguments cuts what follows an opening parenthesis into keyword arguments.
func arguments(tokens []token) map[string][]token {
	args := map[string][]token{}
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case t.kind != op:
		case strings.Contains("([{", t.value):
			depth++
		case depth == 0 && t.value == ",":
			keyword(args, tokens[start:i])
			start = i + 1
		case strings.Contains(")]}", t.value):
			if depth == 0 {
				keyword(args, tokens[start:i])
				return args
			}
			depth--
		}
	}
	return args
}

func keyword(args map[string][]token, arg []token) {
	if len(arg) >= 2 && arg[0].kind == word && isOp(arg[1], "=") {
		args[arg[0].value] = arg[2:]
	}
	if len(arg) >= 2 && isOp(arg[0], "*") && isOp(arg[1], "*") {
		args["**"] = arg[2:]
	}
}
