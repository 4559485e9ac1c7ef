package repair

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
)

// result is one result of a check, written "check subject verdict level".
func result(text string) checks.Result {
	f := strings.Fields(text)
	return checks.Result{Check: checks.Check{ID: f[0]}, Finding: checks.Finding{Subject: f[1], Verdict: checks.Verdict(f[2]), Level: checks.Level(f[3])}}
}

func results(text string) []checks.Result {
	var all []checks.Result
	for _, one := range strings.Split(text, ";") {
		if strings.TrimSpace(one) != "" {
			all = append(all, result(one))
		}
	}
	return all
}

func TestWhatIsBetter(t *testing.T) {
	for _, c := range []struct{ name, before, after, says string }{
		{"gone", "a j problem works", "a j ok works", ""},
		{"gone with its subject", "a j problem works", "", ""},
		{"still there", "a j problem works; b j problem safe", "a j problem works", "would leave it"},
		{"moved to another subject", "a j problem works", "a k problem works", "as many problems"},
		{"another one comes in", "a j problem safe", "a j ok safe; b j problem safe", "as many problems"},
		{"a lighter one comes in", "a j problem works", "a j ok works; b j problem safe", ""},
		{"a graver one comes in", "a j problem safe", "b j problem works", "as many problems"},
		{"what was ok breaks", "a j problem works; c j ok safe; d j problem safe", "a j ok works; c j problem safe", "would break c"},
		{"what was ok is not known any more", "a j problem works; c j ok safe", "a j ok works; c j unknown safe", "would break c"},
		{"what was unknown is a problem", "a j problem works; c j unknown safe; d j problem works", "c j problem safe", "would break c"},
		{"what was unknown is ok", "a j problem works; c j unknown safe", "c j ok safe", ""},
		{"advice turns worse", "a j problem safe; c j ok advice", "c j problem advice", ""},
		{"advice alone is repaired", "a j problem advice", "a j ok advice", ""},
		{"advice for a problem", "a j problem advice", "a j ok advice; b j problem safe", "as many problems"},
		{"advice for advice", "a j problem advice", "b j problem advice", "as many problems"},
		{"one of several of a subject", "a j problem works; c j ok safe; c j problem safe", "c j problem safe; c j ok safe", ""},
	} {
		err := better(results(c.before), results(c.after), results(c.before)[0])
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
