package player

import (
	"regexp"
	"strings"
)

// screen is what the player understands of what was said.
type screen struct {
	// step is "Step 4 of 8: Environment", state what follows.
	step, state string
	// ways are the labels of the ways on, in order.
	ways []string
	// page is the address of a page that was opened, fields the values that
	// belong into it.
	page   string
	fields []Field
	// prompt is the line that waits for an answer.
	prompt string
	// failed is what did not work, "" if all did.
	failed string
	text   string
}

// Field is a value with the label of the form's field that it belongs into.
type Field struct{ Label, Value string }

var (
	stepLine  = regexp.MustCompile(`^(Step \d+ of \d+: .+)\. State: (.+)\.$`)
	wayLine   = regexp.MustCompile(`^  (\d+)\. (.+)$`)
	fieldLine = regexp.MustCompile(`^  ([A-Z][^:]*): (.*)$`)
	pageLine  = regexp.MustCompile(`^Page: (https://\S+)$`)
)

// read understands what was said since the last answer.
func read(said string) screen {
	s := screen{text: said}
	lines := strings.Split(said, "\n")
	s.prompt = lines[len(lines)-1]
	ways, fields := false, false
	for _, line := range lines {
		switch {
		case line == "Ways on:":
			ways, s.ways = true, nil
		case strings.HasPrefix(line, "It did not work: "):
			s.failed = strings.TrimPrefix(line, "It did not work: ")
		default:
			ways = s.take(line, ways, fields)
			fields = fields || pageLine.MatchString(line)
		}
	}
	return s
}

func (s *screen) take(line string, ways, fields bool) bool {
	if m := stepLine.FindStringSubmatch(line); m != nil {
		s.step, s.state = m[1], m[2]
	} else if m := wayLine.FindStringSubmatch(line); m != nil && ways {
		s.ways = append(s.ways, m[2])
		return true
	} else if m := pageLine.FindStringSubmatch(line); m != nil {
		s.page = m[1]
	} else if m := fieldLine.FindStringSubmatch(line); m != nil && fields {
		s.fields = append(s.fields, Field{m[1], strings.TrimSuffix(m[2], "(leave empty)")})
	}
	return false
}
