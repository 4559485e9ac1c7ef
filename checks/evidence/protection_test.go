package evidence

import "testing"

func TestARulesetLimitsWhatItsRulesName(t *testing.T) {
	r := Ruleset{Rules: []Rule{{Type: "creation"}, {Type: "deletion"}}}
	for kind, want := range map[string]bool{"creation": true, "update": false, "deletion": true, "": false} {
		if got := r.Limits(kind); got != want {
			t.Errorf("limits %q: %v", kind, got)
		}
	}
}
