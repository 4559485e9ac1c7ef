package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
)

// How often the world is looked at again. A look costs about thirty requests of
// the 5,000 an hour that GitHub answers to somebody signed in, and about fifteen
// of the 60 that it answers to others (docs.github.com, "Rate limits for the
// REST API", read 2026-11). The working tree alone costs nobody anything.
const (
	watchSignedIn  = time.Minute
	watchAnonymous = 20 * time.Minute
	watchOffline   = 2 * time.Second
)

// pace is how long to wait after a look.
func pace(r checks.Report) time.Duration {
	switch {
	case r.Mode == evidence.Offline:
		return watchOffline
	case r.World != nil && !r.World.GitHub.User.Seen():
		return watchAnonymous
	}
	return watchSignedIn
}

// watcher looks again and again, and shows what has changed.
type watcher struct {
	judge func(context.Context) (checks.Report, error)
	show  func(checks.Report) error
	pace  func(checks.Report) time.Duration
}

// run ends when all is ready, or with the context.
func (w watcher) run(ctx context.Context) error {
	shown := ""
	for {
		r, err := w.judge(ctx)
		if err != nil {
			return err
		}
		if now := content(r); now != shown {
			if err := w.show(r); err != nil {
				return err
			}
			shown = now
		}
		if r.Verdict() == checks.Ready {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(w.pace(r)):
		}
	}
}

// content is all that a report says, without the times at which it was seen.
func content(r checks.Report) string {
	var b strings.Builder
	if r.World != nil {
		fmt.Fprintln(&b, r.World.Judged.Or(evidence.Commit{}))
	}
	for _, res := range r.Results {
		fmt.Fprintln(&b, res.Check.ID, res.Subject, res.Level, res.Verdict, res.Because, res.Fix, cmp.Or(res.Where, &checks.Where{}))
	}
	return b.String()
}

// watch prints a report each time that it says something else: JSON and SARIF a
// line each, text and Markdown under a line with the time.
func watch(ctx context.Context, sys *Streams, flags *common, format string, judge func(context.Context) (checks.Report, error)) error {
	show := func(r checks.Report) error {
		var whole, out bytes.Buffer
		if err := render(&whole, sys, flags, r, format); err != nil {
			return err
		}
		switch format {
		case "json":
			if err := json.Compact(&out, whole.Bytes()); err != nil {
				return err
			}
			out.WriteByte('\n')
		case "sarif":
			out = whole
		default:
			fmt.Fprintf(&out, "%s: %s\n\n%s\n", r.At.UTC().Format(time.RFC3339), report.Summary(r), whole.Bytes())
		}
		_, err := sys.Out.Write(out.Bytes())
		return err
	}
	return watcher{judge, show, pace}.run(ctx)
}
