package runner

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// jobLog is a job's log: every line with the time, every secret masked.
type jobLog struct {
	mu    sync.Mutex
	emit  func(text string)
	now   func() time.Time
	place shell.Place
	masks []string
	notes []string
	size  int
}

// maxLog bounds a job's log, in bytes.
const maxLog = 4 << 20

// mask hides a value from now on: each of its lines, as the runner does.
func (l *jobLog) mask(value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, part := range append(strings.Split(value, "\n"), value) {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(l.masks, part) {
			l.masks = append(l.masks, part)
		}
	}
	// The longest first: a secret that holds another must go as a whole.
	sort.SliceStable(l.masks, func(i, j int) bool { return len(l.masks[i]) > len(l.masks[j]) })
}

// hide replaces what is masked.
func (l *jobLog) hide(text string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hideLocked(text)
}

func (l *jobLog) hideLocked(text string) string {
	for _, m := range l.masks {
		text = strings.ReplaceAll(text, m, "***")
	}
	return text
}

// print writes lines, each with its time.
func (l *jobLog) print(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out strings.Builder
	stamp := l.now().UTC().Format("2006-01-02T15:04:05.0000000Z")
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		out.WriteString(stamp + " " + l.hideLocked(l.place.Shown(strings.TrimSuffix(line, "\r"))) + "\n")
	}
	if l.size += out.Len(); l.size <= maxLog {
		l.emit(out.String())
	} else if l.size-out.Len() <= maxLog {
		l.emit(stamp + " practice runner: the log is longer than 4 MiB; the rest is left out\n")
	}
}

// note is an annotation: it is in the log and on the run's page.
func (l *jobLog) note(level, text string) {
	l.print("##[%s]%s", level, text)
	l.mu.Lock()
	defer l.mu.Unlock()
	if level == "error" || level == "warning" || level == "notice" {
		l.notes = append(l.notes, l.hideLocked(l.place.Shown(text)))
	}
}

func (l *jobLog) annotations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.notes...)
}

// stepLog takes a step's output apart into lines and obeys the workflow
// commands in it (docs.github.com, "Workflow commands for GitHub Actions").
type stepLog struct {
	log *jobLog
	// output and env are called for the two old commands that still set values.
	output func(name, value string)

	mu      sync.Mutex
	rest    []byte
	stopped string // the word that ends ::stop-commands::
}

func (s *stepLog) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		i := bytes.IndexByte(s.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		line := string(s.rest[:i])
		s.rest = s.rest[i+1:]
		s.line(strings.TrimSuffix(line, "\r"))
	}
}

// flush takes what is left without a line's end.
func (s *stepLog) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) > 0 {
		s.line(string(s.rest))
		s.rest = nil
	}
}

func (s *stepLog) line(line string) {
	name, properties, value, ok := parseCommand(line)
	if s.stopped != "" {
		if ok && name == s.stopped {
			s.stopped = ""
			return
		}
		s.log.print("%s", line)
		return
	}
	if !ok {
		s.log.print("%s", line)
		return
	}
	s.obey(line, name, properties, value)
}

func (s *stepLog) obey(line, name string, properties map[string]string, value string) {
	switch name {
	case "add-mask":
		s.log.mask(value)
		s.log.print("::add-mask::***")
	case "error", "warning", "notice":
		s.log.note(name, value)
	case "debug":
		// shown only where debug logging is on
	case "group":
		s.log.print("##[group]%s", value)
	case "endgroup":
		s.log.print("##[endgroup]")
	case "stop-commands":
		s.stopped = value
	case "set-output":
		s.log.note("warning", "The `set-output` command is deprecated and will be disabled soon. Please upgrade to using Environment Files.")
		s.output(properties["name"], value)
	case "set-env", "add-path":
		s.log.note("error", fmt.Sprintf("Unable to process command '%s' successfully. The `%s` command is disabled.", line, name))
	default:
		s.log.print("%s", line)
	}
}

// parseCommand reads ::name key=value,key=value::value.
func parseCommand(line string) (name string, properties map[string]string, value string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "::")
	if !ok {
		return "", nil, "", false
	}
	head, value, ok := strings.Cut(rest, "::")
	if !ok {
		return "", nil, "", false
	}
	name, list, _ := strings.Cut(head, " ")
	if name == "" || strings.ContainsAny(name, " \t:") {
		return "", nil, "", false
	}
	properties = map[string]string{}
	for _, pair := range strings.Split(list, ",") {
		if k, v, found := strings.Cut(pair, "="); found {
			properties[strings.TrimSpace(k)] = unescape(v)
		}
	}
	return name, properties, unescape(value), true
}

var unescaper = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%0d", "\r", "%0a", "\n")

func unescape(v string) string { return unescaper.Replace(v) }
