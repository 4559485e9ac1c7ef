// Package splice changes a version in a file and leaves every other byte as it
// is. It is pure.
package splice

import (
	"bytes"
	"fmt"
	"regexp"
)

// version is what may be written into a file: of Cargo's and Python's versions
// those characters that need no quoting anywhere.
var version = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+!_-]*$`)

// Version writes the version next in the place of now on one line, counted
// from 1, of a manifest or a source file, where it stands in quotes.
func Version(src []byte, line int, now, next string) ([]byte, error) {
	if !version.MatchString(next) {
		return nil, fmt.Errorf("%q is no version", next)
	}
	start, end, ok := lineAt(src, line)
	if !ok {
		return nil, fmt.Errorf("there is no line %d", line)
	}
	at, err := quoted(src[start:end], now)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	return spliced(src, start+at, len(now), next), nil
}

// quoted finds the one place where a value stands between two equal quotes.
func quoted(line []byte, value string) (int, error) {
	found := -1
	for _, quote := range []string{`"`, `'`} {
		literal := []byte(quote + value + quote)
		at := bytes.Index(line, literal)
		if at < 0 {
			continue
		}
		if found >= 0 || bytes.Contains(line[at+1:], literal) {
			return 0, fmt.Errorf("%q stands there more than once", value)
		}
		found = at + 1
	}
	if found < 0 {
		return 0, fmt.Errorf("%q does not stand there in quotes", value)
	}
	return found, nil
}

// lineAt gives the bounds of a line without its break.
func lineAt(src []byte, line int) (start, end int, ok bool) {
	for n := 1; n < line; n++ {
		brk := bytes.IndexByte(src[start:], '\n')
		if brk < 0 {
			return 0, 0, false
		}
		start += brk + 1
	}
	end = len(src)
	if brk := bytes.IndexByte(src[start:], '\n'); brk >= 0 {
		end = start + brk
	}
	return start, end, line > 0 && start < len(src)
}

func spliced(src []byte, at, length int, text string) []byte {
	out := make([]byte, 0, len(src)+len(text))
	out = append(out, src[:at]...)
	out = append(out, text...)
	return append(out, src[at+length:]...)
}

// Lock writes the version next in the place of now into the entry of a member
// of the workspace in a Cargo.lock: one with that name and without a source.
// A lock file without such an entry stays as it is.
func Lock(src []byte, name, now, next string) ([]byte, error) {
	if !version.MatchString(next) {
		return nil, fmt.Errorf("%q is no version", next)
	}
	entry := regexp.MustCompile(`(?m)^\[\[package\]\]\r?\nname = "` + regexp.QuoteMeta(name) + `"\r?\nversion = "(` + regexp.QuoteMeta(now) + `)"\r?\n`)
	for _, m := range entry.FindAllSubmatchIndex(src, -1) {
		if !bytes.HasPrefix(src[m[1]:], []byte("source = ")) {
			return spliced(src, m[2], m[3]-m[2], next), nil
		}
	}
	return src, nil
}
