package report

import (
	"regexp"
	"strings"
)

// GitHub makes mentions, references to issues and commits, links, emoji and
// formulas of words in a comment, also of escaped ones, but of nothing in a code
// span. So words of letters alone are written as they are, and all else as code.

var (
	plainWord = regexp.MustCompile(`^\p{L}+$|^\p{L}\p{Ll}*(?:['’-]\p{Ll}+)+$|^v?[0-9]{1,6}(?:[.:-][0-9]{1,6})*$|^[·…–—]$`)
	// commitLike is what GitHub may link to a commit.
	commitLike = regexp.MustCompile(`^[0-9a-f]{7,40}$`)
)

const (
	opening = `("“`
	closing = `,;:.?!)"”`
)

// prose is text from outside as Markdown that reads as the text itself: on one
// line, also in a table's cell.
func prose(s string) string {
	var out strings.Builder
	for i, part := range strings.Split(paired(line(s)), "`") {
		if part == "" {
			continue
		}
		if i%2 == 1 {
			part = code(part)
		} else {
			part = words(part)
		}
		if before := out.String(); strings.HasPrefix(part, "`") && before == strings.TrimRight(before, " "+opening) && before != "" {
			out.WriteByte(' ') // two code spans side by side would be one
		}
		out.WriteString(part)
	}
	return out.String()
}

// paired drops backticks that do not come in pairs around something.
func paired(s string) string {
	if strings.Count(s, "`")%2 == 1 || strings.Contains(s, "``") {
		return strings.ReplaceAll(s, "`", "'")
	}
	return s
}

// words writes text that holds no backtick; spaces at its ends stay.
func words(s string) string {
	list := strings.Split(s, " ")
	for i, word := range list {
		before := word[:len(word)-len(strings.TrimLeft(word, opening))]
		word = word[len(before):]
		core := strings.TrimRight(word, closing)
		after := word[len(core):]
		switch {
		case core == "" && before+after != "" && i > 0:
			list[i] = code(before + after)
		case core != "" && (!plainWord.MatchString(core) || commitLike.MatchString(core)):
			list[i] = before + code(core) + after
		}
	}
	return strings.Join(list, " ")
}

// code is text as a code span. A table's cell ends at a "|" even there, so that
// it stands outside.
func code(s string) string {
	parts := strings.Split(line(s), "|")
	for i, part := range parts {
		if part != "" {
			parts[i] = span(part)
		}
	}
	return strings.Join(parts, `\|`)
}

// span fences a text by one backtick more than stand together in it; the space
// beside a backtick at an end is taken away again by the reader.
func span(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s != strings.TrimSpace(s) && strings.TrimSpace(s) != "" {
		s = " " + s + " "
	}
	return fence + s + fence
}
