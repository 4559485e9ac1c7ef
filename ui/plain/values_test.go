package plain

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps"
)

func TestValuesAreCopiedAtEachEnter(t *testing.T) {
	fields := []steps.Field{{Label: "Owner", Value: "acme"}, {Label: "Empty"}, {Label: "Workflow", Value: "publish.yml"}}
	for _, row := range []struct {
		typed  string
		fails  error
		copied []string
		says   string
	}{
		{"\n\n", nil, []string{"acme", "publish.yml"}, "Press Enter to copy Owner, or q to leave: Copied: acme\nPress Enter to copy Workflow, or q to leave: Copied: publish.yml\n"},
		{"\nq\n", nil, []string{"acme"}, "Press Enter to copy Owner, or q to leave: Copied: acme\nPress Enter to copy Workflow, or q to leave: "},
		{"", nil, nil, "Press Enter to copy Owner, or q to leave: "},
		{"\n\n", errors.New("no display"), nil, "Press Enter to copy Owner, or q to leave: "},
	} {
		var out strings.Builder
		var copied []string
		err := Values(t.Context(), strings.NewReader(row.typed), &out, fields, func(s string) error {
			if row.fails == nil {
				copied = append(copied, s)
			}
			return row.fails
		})
		if !errors.Is(err, row.fails) || !slices.Equal(copied, row.copied) || out.String() != row.says {
			t.Errorf("%q: copied %q, %v, said\n%s", row.typed, copied, err, out.String())
		}
	}
}
