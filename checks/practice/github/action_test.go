package github

import "testing"

// TestActionsTellTheirTagsAndReleases: each exchange is held against GitHub's
// description, and every release is found from its name to its commit.
func TestActionsTellTheirTagsAndReleases(t *testing.T) {
	p := newPractice(t)
	annotated := 0
	for _, a := range usualActions() {
		at := "/repos/" + a.Owner + "/" + a.Name
		if got := p.do(200, "GET", at+"/releases/latest", "").get("tag_name"); got != a.Latest {
			t.Errorf("%s: the latest release is %v", at, got)
		}
		p.do(200, "GET", at+"/releases/tags/"+a.Latest, "")
		p.do(404, "GET", at+"/releases/tags/v0", "")
		p.do(200, "GET", at+"/tags?per_page=100", "")
		for _, r := range a.Refs {
			object := p.do(200, "GET", at+"/git/ref/"+r.Name, "")
			if id := object.get("object.sha"); object.get("object.type") == "tag" {
				annotated++
				object = p.do(200, "GET", at+"/git/tags/"+id.(string), "")
			}
			if object.get("object.type") != "commit" || object.get("object.sha") != r.Commit || len(r.Commit) != 40 {
				t.Errorf("%s %s: %s", at, r.Name, object.body)
			}
		}
		p.do(404, "GET", at+"/git/ref/tags/v0", "")
		p.do(404, "GET", at+"/git/tags/"+p.sha, "")
		p.do(404, "GET", at+"/contents/action.yml", "")
	}
	if annotated < 2 {
		t.Errorf("%d annotated tags", annotated)
	}
}

func TestActionsCanBeReleasedAndTheirTagsMoved(t *testing.T) {
	p := newPractice(t)
	const at = "/repos/ACME/setup"
	p.do(404, "GET", at+"/releases/latest", "")
	p.must(p.s.EditAction("acme", "setup", func(a *Action) {
		a.Latest = "v1.1.0"
		a.Set(ActionRef{Name: "tags/v1.1.0", Commit: p.sha})
		a.Set(ActionRef{Name: "tags/v1.1.0", Commit: NoCommit})
	}))
	p.do(200, "GET", at+"/releases/latest", "")
	if got := p.open(); got.action("acme", "setup") == nil || len(got.action("acme", "setup").Refs) != 1 {
		t.Error("the action is not kept with the world")
	}
	if got := p.do(200, "GET", at+"/git/ref/tags/v1.1.0", "").get("object.sha"); got != NoCommit {
		t.Errorf("the tag stands at %v", got)
	}
}
