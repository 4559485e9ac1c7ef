package github

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// told collects the pushes that the hooks are told of.
type told struct {
	mu     sync.Mutex
	pushes []Push
	came   chan struct{}
}

func listen(p *practice) *told {
	l := &told{came: make(chan struct{}, 100)}
	p.s.SetHooks(Hooks{Pushed: func(_ context.Context, push Push) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pushes = append(l.pushes, push)
		l.came <- struct{}{}
	}})
	return l
}

func (l *told) take() []Push {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.pushes
	l.pushes = nil
	return taken
}

func TestPushesByPathAreReportedOnce(t *testing.T) {
	p := newPractice(t)
	l := listen(p)
	bare, err := p.s.GitDir("acme", "x")
	p.must(err)
	scan := func() []Push { p.must(p.s.Scan(t.Context())); return l.take() }

	if got := scan(); len(got) != 0 {
		t.Fatalf("what was accepted is reported: %+v", got)
	}
	second := p.push("main", map[string]string{"a": "1"})
	push := Push{Owner: "acme", Name: "x", Ref: "refs/heads/main", Before: p.sha, After: second, Pusher: "ana"}
	if got := scan(); !slices.Equal(got, []Push{push}) {
		t.Errorf("a commit: %+v", got)
	}
	p.git(bare, "tag", "-a", "-m", "One", "v1", second)
	push = Push{Owner: "acme", Name: "x", Ref: "refs/tags/v1", Before: NoCommit, After: second, Pusher: "ana"}
	if got := scan(); !slices.Equal(got, []Push{push}) || !got[0].Created() {
		t.Errorf("an annotated tag tells its commit: %+v", got)
	}
	p.git(bare, "pack-refs", "--all")
	if got := scan(); len(got) != 0 {
		t.Errorf("packing refs is no push: %+v", got)
	}
	p.git(bare, "update-ref", "-d", "refs/tags/v1")
	if got := scan(); len(got) != 1 || !got[0].Deleted() || got[0].Before != second {
		t.Errorf("a deleted tag: %+v", got)
	}
	p.git(bare, "update-ref", "refs/heads/main", p.sha)
	if got := scan(); len(got) != 1 || got[0].After != p.sha {
		t.Errorf("a forced push: %+v", got)
	}
}

func TestChangesThroughTheAPIAreReportedAsTheCallers(t *testing.T) {
	p := newPractice(t)
	l := listen(p)
	p.expect(201, "bo", "POST", "R/git/refs", `{"ref":"refs/tags/v1","sha":"`+p.sha+`"}`)
	p.must(p.s.Scan(t.Context()))
	if got := l.take(); len(got) != 1 || got[0].Pusher != "bo" || got[0].Ref != "refs/tags/v1" || got[0].ByJob {
		t.Errorf("reported %+v", got)
	}
	_, _, c := p.running("refs/heads/main", Job{Key: "a", Permissions: map[string]string{"contents": "write"}})
	p.tokens["job"] = c.GitHubToken
	p.expect(201, "job", "POST", "R/git/refs", `{"ref":"refs/tags/v2","sha":"`+p.sha+`"}`)
	if got := l.take(); len(got) != 1 || !got[0].ByJob {
		t.Errorf("what a GITHUB_TOKEN pushes starts no run: %+v", got)
	}
}

func TestWatchingSeesAPushSoon(t *testing.T) {
	p := newPractice(t)
	p.s.opt.Poll = time.Millisecond
	l := listen(p)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	// A push between Accept and the beginning of the watch is one, too.
	p.must(p.s.Accept(ctx))
	p.push("topic", map[string]string{"a": "1"})
	go func() { ended <- p.s.Watch(ctx) }()
	select {
	case <-l.came:
	case <-time.After(10 * time.Second):
		t.Fatal("the push was not seen")
	}
	stop()
	p.must(<-ended)
}

func TestAReleaseMakesItsTagAndIsTold(t *testing.T) {
	p := newPractice(t)
	var released []Released
	l := listen(p)
	hooks := p.s.hooks
	hooks.Released = func(_ context.Context, r Released) { released = append(released, r) }
	p.s.SetHooks(hooks)
	p.expect(201, "ana", "POST", "R/releases", `{"tag_name":"v0","draft":true}`)
	p.expect(201, "ana", "POST", "R/releases", `{"tag_name":"v1","prerelease":true}`)
	p.expect(422, "ana", "POST", "R/releases", `{"tag_name":"v1"}`)
	want := Released{Owner: "acme", Name: "x", Tag: "v1", SHA: p.sha, Actor: "ana", Prerelease: true}
	if !slices.Equal(released, []Released{want}) {
		t.Errorf("told %+v", released)
	}
	if pushes := l.take(); len(pushes) != 1 || pushes[0].Ref != "refs/tags/v1" {
		t.Errorf("pushes %+v", pushes)
	}
	p.expect(404, "", "GET", "R/releases/tags/v0", "")
	p.expect(404, "ana", "GET", "R/releases/latest", "")
}

func TestADispatchIsHandedToTheRunner(t *testing.T) {
	p := newPractice(t)
	var got Dispatch
	p.s.SetHooks(Hooks{Dispatch: func(_ context.Context, d Dispatch) (int64, error) {
		got = d
		if d.Inputs["refuse"] != "" {
			return 0, &Refusal{Status: 422, Message: "Workflow does not have 'workflow_dispatch' trigger"}
		}
		return 7, nil
	}})
	const at = "R/actions/workflows/publish.yml/dispatches"
	answered := p.expect(200, "bo", "POST", at, `{"ref":"main","return_run_details":true,"inputs":{"dry":true,"n":3,"s":"x"}}`)
	if answered.get("workflow_run_id") != 7.0 || got.Ref != "refs/heads/main" || got.SHA != p.sha || got.Actor != "bo" || got.WorkflowPath != workflowFile {
		t.Errorf("%s, %+v", answered.body, got)
	}
	if got.Inputs["dry"] != "true" || got.Inputs["n"] != "3" || got.Inputs["s"] != "x" {
		t.Errorf("inputs %v", got.Inputs)
	}
	p.expect(422, "bo", "POST", at, `{"ref":"main","inputs":{"refuse":"1"}}`)
	p.expect(204, "ana", "PUT", "R/actions/workflows/publish.yml/disable", "")
	p.expect(422, "bo", "POST", at, `{"ref":"main"}`)
}
