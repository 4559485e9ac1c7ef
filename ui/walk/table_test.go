package walk

import (
	"errors"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps/change"
)

func TestTable(t *testing.T) {
	outcomes := []change.Outcome{
		{ID: "file:x", Became: "done"},
		{ID: "publisher:crates.io:ws-a", Became: "created", Apart: true},
		{ID: "publisher:crates.io:ws-b", Became: "was there", Apart: true},
		{ID: "publisher:crates.io:ws-c", Became: "failed", Apart: true, Err: errors.New("not\nan owner\x1b[2J")},
		{ID: "publisher:crates.io:ws-d", Became: "created", Apart: true},
	}
	want := "Outcome: 2 created, 1 was there, 1 failed\n  created    ws-a\n  was there  ws-b\n  failed     ws-c: not an owner\n  created    ws-d"
	if got := strings.Join(Table(outcomes), "\n"); got != want {
		t.Errorf("%q", got)
	}
	if got := Table(outcomes[:2]); got != nil {
		t.Errorf("a table of one: %q", got)
	}
}
