package workflow

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MatchPolicy reports whether a short ref name matches a pattern of a
// deployment policy, or a full ref one of a ruleset. GitHub uses Ruby's
// File.fnmatch with FNM_PATHNAME (docs.github.com, "Deployments and
// environments" and "Creating rulesets for a repository", read August 2026):
// each folder is matched by itself, so that *, ? and [] stop at a slash; a
// folder **/ is any number of folders, and two stars elsewhere are one; a dot
// at the beginning of a folder must be written; \ makes the next character
// plain; an open [ matches nothing (ruby 3.1, dir.c).
func MatchPolicy(pattern, name string) bool {
	return matchFolders(pattern, strings.Split(name, "/"))
}

// matchFolders matches folder by folder; a **/ tries every number of them.
func matchFolders(pattern string, folders []string) bool {
	for strings.HasPrefix(pattern, "**/") {
		rest := strings.TrimLeft(pattern, "*")[1:]
		if strings.HasPrefix(rest, "**/") {
			pattern = rest
			continue
		}
		for i := range folders {
			if matchFolders(rest, folders[i:]) {
				return true
			}
			if strings.HasPrefix(folders[i], ".") {
				return false
			}
		}
		return false
	}
	first, rest, more := cutFolder(pattern)
	if !matchFolder(first, folders[0]) || more != (len(folders) > 1) {
		return false
	}
	return !more || matchFolders(rest, folders[1:])
}

// piece is one character of a folder's pattern: any number of characters, or
// one of those that it takes.
type piece struct {
	star  bool
	takes func(rune) bool
	// dot is whether it is a written dot.
	dot bool
}

// cutFolder reads the pattern of one folder. more is whether a slash ended it.
func cutFolder(pattern string) (first []piece, rest string, more bool) {
	for i := 0; i < len(pattern); {
		c, size := utf8.DecodeRuneInString(pattern[i:])
		if c == '\\' {
			if i++; i == len(pattern) {
				break // a last \ is nothing to Ruby
			}
			c, size = utf8.DecodeRuneInString(pattern[i:])
			if c != '/' {
				first = append(first, plain(c))
				i += size
				continue
			}
		}
		switch c {
		case '/':
			return first, pattern[i+1:], true
		case '*':
			first = append(first, piece{star: true})
		case '?':
			first = append(first, piece{takes: func(rune) bool { return true }})
		case '[':
			takes, length := bracket(pattern[i+1:])
			first = append(first, piece{takes: takes})
			size += length
		default:
			first = append(first, plain(c))
		}
		i += size
	}
	return first, "", false
}

func plain(c rune) piece {
	return piece{takes: func(r rune) bool { return r == c }, dot: c == '.'}
}

// bracket reads a list of characters behind its [ and returns its length with
// the ]. One that is not closed takes nothing, and reaches to the end.
func bracket(text string) (takes func(rune) bool, length int) {
	runes := []rune(text)
	not := len(runes) > 0 && (runes[0] == '!' || runes[0] == '^')
	i := 0
	if not {
		i = 1
	}
	var ranges [][2]rune
	for i < len(runes) && runes[i] != ']' {
		from, next := listed(runes, i)
		to := from
		if next+1 < len(runes) && runes[next] == '-' && runes[next+1] != ']' {
			to, next = listed(runes, next+1)
		}
		ranges, i = append(ranges, [2]rune{from, to}), next
	}
	if i >= len(runes) {
		return func(rune) bool { return false }, len(text)
	}
	takes = func(c rune) bool {
		in := slices.ContainsFunc(ranges, func(r [2]rune) bool { return r[0] <= c && c <= r[1] || c == r[0] || c == r[1] })
		return in != not
	}
	return takes, len(string(runes[:i+1]))
}

// listed is the character of a list at an index, and the index behind it.
func listed(runes []rune, i int) (rune, int) {
	if runes[i] == '\\' && i+1 < len(runes) {
		i++
	}
	return runes[i], i + 1
}

// matchFolder matches the name of one folder. The last star is the one to try
// again, as each before it has taken the least it can.
func matchFolder(pattern []piece, folder string) bool {
	if strings.HasPrefix(folder, ".") && (len(pattern) == 0 || !pattern[0].dot) {
		return false
	}
	name := []rune(folder)
	p, n, star, again := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p].star:
			star, again = p, n
			p++
		case p < len(pattern) && pattern[p].takes(name[n]):
			p, n = p+1, n+1
		case star >= 0:
			again++
			p, n = star+1, again
		default:
			return false
		}
	}
	return !slices.ContainsFunc(pattern[p:], func(q piece) bool { return !q.star })
}
