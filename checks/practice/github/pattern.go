package github

import (
	"fmt"
	"regexp"
	"strings"
)

// matches tells whether a name matches a pattern of a deployment policy or a
// ruleset. GitHub matches with Ruby's File.fnmatch and FNM_PATHNAME (docs.github.com,
// "Creating rulesets for a repository" and "Deployments and environments", read
// August 2026): `*`, `?` and `[]` do not match a slash nor the dot that begins a
// folder, `**/` is any number of folders, braces stand for themselves.
func matches(pattern, name string) bool {
	re, err := regexp.Compile(`\A(?s:` + fnmatch(pattern) + `)\z`)
	return err == nil && re.MatchString(markDots(name))
}

// hidden is put before each dot that begins a folder: only a written dot takes
// both. No ref holds it.
const hidden = "\x00"

func markDots(name string) string {
	folders := strings.Split(name, "/")
	for i, f := range folders {
		if strings.HasPrefix(f, ".") {
			folders[i] = hidden + f
		}
	}
	return strings.Join(folders, "/")
}

const (
	anyFolders = `(?:(?:[^/\x00][^/]*)?/)*`
	anyText    = `(?:[^/\x00][^/]*)?`
	anyOne     = `[^/\x00]`
	never      = `[^\x00-\x{10FFFF}]`
)

// fnmatch writes a pattern as a regular expression. Within a folder `[^/]*` and
// anyText mean the same, since the mark stands at its beginning only.
func fnmatch(pattern string) string {
	var out strings.Builder
	text := []rune(pattern)
	begins := true
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case begins && strings.HasPrefix(string(text[i:]), "**/"):
			out.WriteString(anyFolders)
			i += 2
			continue
		case c == '*':
			out.WriteString(anyText)
		case c == '?':
			out.WriteString(anyOne)
		case c == '[':
			set, end := charSet(text, i+1)
			out.WriteString(set)
			i = end
		default:
			if c == '\\' {
				if i++; i == len(text) {
					return out.String()
				}
				c = text[i]
			}
			if begins && c == '.' {
				out.WriteString(`\x00`)
			}
			out.WriteString(regexp.QuoteMeta(string(c)))
			begins = c == '/'
			continue
		}
		begins = false
	}
	return out.String()
}

// charSet reads a list in brackets from the index behind its `[`, and gives the
// index of its `]`. A list that is not closed takes nothing, to the end.
func charSet(text []rune, i int) (set string, end int) {
	not := i < len(text) && (text[i] == '!' || text[i] == '^')
	if not {
		i++
	}
	var in strings.Builder
	one := func() rune {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		i++
		return text[i-1]
	}
	for i < len(text) && text[i] != ']' {
		low := one()
		high := low
		if i+1 < len(text) && text[i] == '-' && text[i+1] != ']' {
			i++
			high = one()
		}
		switch {
		case low > high: // Ruby takes the two ends of a range that is upside down
			span(&in, low, low)
			span(&in, high, high)
		case low <= '/' && '/' <= high:
			span(&in, low, '/'-1)
			span(&in, '/'+1, high)
		default:
			span(&in, low, high)
		}
	}
	switch {
	case i >= len(text), in.Len() == 0 && !not:
		return never, min(i, len(text))
	case not:
		return `[^/\x00` + in.String() + `]`, i
	}
	return "[" + in.String() + "]", i
}

func span(set *strings.Builder, low, high rune) {
	if low <= high && low != '/' {
		fmt.Fprintf(set, `\x{%X}-\x{%X}`, low, high)
	}
}

// refParts splits a full ref into its kind ("branch", "tag" or "") and the
// short name. What is neither, such as refs/pull/1/merge, is judged as a
// branch under its full name.
func refParts(ref string) (kind, short string) {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return "branch", name
	}
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return "tag", name
	}
	return "branch", ref
}
