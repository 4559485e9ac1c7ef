// Package dependabot writes what has Dependabot propose newer versions of the
// actions that workflows pin. It is pure.
package dependabot

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is where a new configuration is written.
const File = ".github/dependabot.yml"

// ecosystem is Dependabot's name for the actions of workflows.
const ecosystem = "github-actions"

// config is a configuration, as far as it matters here.
type config struct {
	Updates yaml.Node `yaml:"updates"`
}

// entry has Dependabot look at all workflows once a week and propose what is
// older than a week in one pull request: most of what is published with harm in
// it is found within days. Its lines are indented as an item of a list.
func entry(folders []string) []string {
	lines := []string{"- package-ecosystem: " + ecosystem}
	if len(folders) == 0 {
		lines = append(lines, "  directory: /")
	} else {
		lines = append(lines, "  directories:", "    - /")
		for _, f := range folders {
			lines = append(lines, "    - /"+f)
		}
	}
	return append(lines, "  schedule:", "    interval: weekly", "  cooldown:", "    default-days: 7", "  groups:", "    actions:", "      patterns: ['*']")
}

// New is a configuration for the actions alone. Folders are those of actions in
// the repository, slash-separated from its top, which use others in turn.
func New(folders []string) []byte {
	text := "# Newer versions of the actions that the workflows pin come as pull requests:\n# pins that nobody moves on grow old.\nversion: 2\nupdates:\n"
	for _, line := range entry(plain(folders)) {
		text += "  " + line + "\n"
	}
	return []byte(text)
}

// plain leaves out the folders that would need quoting.
func plain(folders []string) []string {
	return slices.DeleteFunc(slices.Clone(folders), func(f string) bool {
		return f == "" || strings.Trim(f, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") != ""
	})
}

// Covers is whether a configuration has Dependabot look at actions.
func Covers(content []byte) (bool, error) {
	updates, err := read(content)
	if err != nil {
		return false, err
	}
	for _, item := range updates.Content {
		var one struct {
			Ecosystem string `yaml:"package-ecosystem"`
		}
		if item.Decode(&one) == nil && one.Ecosystem == ecosystem {
			return true, nil
		}
	}
	return false, nil
}

// read gives the list of updates.
func read(content []byte) (*yaml.Node, error) {
	var c config
	if err := yaml.Unmarshal(content, &c); err != nil {
		return nil, fmt.Errorf("it is no YAML: %w", err)
	}
	if c.Updates.Kind != yaml.SequenceNode {
		return nil, errors.New("it has no list of updates")
	}
	return &c.Updates, nil
}

// Add puts the entry for actions behind the last one of a configuration that has
// none, and leaves every other byte as it is.
func Add(content []byte, folders []string) ([]byte, error) {
	updates, err := read(content)
	if err != nil {
		return nil, err
	}
	if updates.Style&yaml.FlowStyle != 0 || len(updates.Content) == 0 {
		return nil, errors.New("its list of updates is written in one line or empty")
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	last := updates.Content[len(updates.Content)-1]
	dash := bytes.IndexByte(lines[last.Line-1], '-')
	if dash < 0 || len(bytes.Trim(lines[last.Line-1][:dash], " ")) > 0 {
		return nil, fmt.Errorf("the entry at line %d does not begin with its dash", last.Line)
	}
	end := itemEnd(lines, last.Line-1, dash)
	at := len(bytes.Join(lines[:end], nil))
	text := written(content, at, dash, len(updates.Content) == 1 || apart(lines, last.Line-1), folders)
	after := slices.Concat(content[:at], text, content[at:])
	return after, sound(content, after)
}

// itemEnd is the index of the line behind an item of a list whose dash stands in
// a column: behind the last line that is indented more than the dash.
func itemEnd(lines [][]byte, begin, dash int) int {
	end := begin + 1
	for i := begin + 1; i < len(lines); i++ {
		line := bytes.TrimRight(lines[i], " \t\r\n")
		indent := len(line) - len(bytes.TrimLeft(line, " "))
		switch {
		case len(line) == 0:
		case indent > dash:
			end = i + 1
		case line[indent] != '#':
			return end
		}
	}
	return end
}

// apart is whether a blank line, and perhaps comments, stand before a line.
func apart(lines [][]byte, line int) bool {
	for i := line - 1; i >= 0; i-- {
		text := bytes.TrimSpace(lines[i])
		if len(text) == 0 || text[0] != '#' {
			return len(text) == 0
		}
	}
	return false
}

// written is the entry as it is put into the file behind so many bytes: with the
// file's indentation and line ends.
func written(content []byte, at, dash int, spaced bool, folders []string) []byte {
	brk := "\n"
	if bytes.Contains(content, []byte("\r\n")) {
		brk = "\r\n"
	}
	var b bytes.Buffer
	if !bytes.HasSuffix(content[:at], []byte("\n")) {
		b.WriteString(brk)
	}
	if spaced {
		b.WriteString(brk)
	}
	for _, line := range entry(plain(folders)) {
		b.WriteString(strings.Repeat(" ", dash) + line + brk)
	}
	return b.Bytes()
}

// sound holds that a file says what it said before and one thing more.
func sound(before, after []byte) error {
	var was, is map[string]any
	if err := errors.Join(yaml.Unmarshal(before, &was), yaml.Unmarshal(after, &is)); err != nil {
		return fmt.Errorf("an entry cannot be put into it: %w", err)
	}
	covered, err := Covers(after)
	old, _ := was["updates"].([]any)
	now, _ := is["updates"].([]any)
	if err != nil || !covered || len(now) != len(old)+1 || !reflect.DeepEqual(old, now[:len(old)]) {
		return errors.New("an entry cannot be put into it without changing another")
	}
	delete(was, "updates")
	delete(is, "updates")
	if !reflect.DeepEqual(was, is) {
		return errors.New("an entry cannot be put into it without changing something else")
	}
	return nil
}
