package practice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/report"
)

// faults are the ways in which a server fails, with what the program then says.
var faults = map[string]struct {
	box.Fault
	says string
}{
	"refused": {box.Fault{Refuse: true}, "the connection to HOST failed"},
	"hanging": {box.Fault{Hang: true}, "HOST did not answer in time"},
	"cut":     {box.Fault{Cut: true}, "HOST sent an answer that breaks off"},
	"busy": {box.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"300"}}, Body: "slow down"},
		"HOST allows no more requests until "},
	"down":    {box.Fault{Status: http.StatusServiceUnavailable, Body: "<html>Down for repairs"}, "HOST failed with 503"},
	"a proxy": {box.Fault{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>Sign in"}, "HOST answered with something that is not JSON"},
	"empty":   {box.Fault{Status: http.StatusOK}, "HOST sent an empty answer"},
}

// faultRows lets one host after the other fail in every way. The rest of the
// checklist must arrive as it was, the rows that lack something must say why,
// nothing may be called a problem, and nothing ok by the word of that host.
func faultRows(t *testing.T, w *settled, hosts ...string) {
	whole := checks.Judge(checks.NewCase(w.open), checks.All(), nil)
	for _, host := range hosts {
		for name, fault := range faults {
			t.Run(host+" "+name, func(t *testing.T) {
				w.Break(host, fault.Fault)
				defer w.Repair(host)
				began := time.Now()
				patience := transport.Timeout
				if fault.Hang {
					patience = 4 * time.Second // for the others to answer in, on a busy machine too
				}
				r := w.judgeWithin(t, patience)
				if status := report.ExitStatus(r); status != 8 {
					t.Errorf("exit status %d, want 8; problems are:%s", status, shown(r, checks.Wrong))
				}
				said(t, r, strings.ReplaceAll(fault.says, "HOST", host))
				trusting(t, r, host, began)
				theRest(t, whole, r, host)
			})
		}
	}
}

// judgeWithin looks at everything, with less patience than the program has.
func (w *settled) judgeWithin(t *testing.T, patience time.Duration) checks.Report {
	t.Helper()
	way, err := transport.New(transport.Options{Version: "test", Getenv: w.getenv, Timeout: patience})
	must(t, err)
	return checks.Judge(checks.NewCase(w.through(t, way, collect.Request{CratesToken: w.cratesToken})), checks.All(), nil)
}

// said fails the test unless a row says why it does not know.
func said(t *testing.T, r checks.Report, why string) {
	t.Helper()
	for _, res := range r.Results {
		if res.Verdict == checks.Unknown && strings.Contains(res.Because, why) {
			return
		}
	}
	t.Errorf("no row says %q; these do not know:%s", why, shown(r, checks.Unknown))
}

// trusting finds rows that are ok by the word of a host that gave none.
func trusting(t *testing.T, r checks.Report, host string, since time.Time) {
	t.Helper()
	for _, res := range r.Results {
		for _, src := range res.Seen {
			if res.Verdict == checks.OK && strings.HasPrefix(src.Name, host+"/") && src.At.After(since) {
				t.Errorf("%s %s is ok by %s: %s", res.Check.ID, res.Subject, src.Name, res.Because)
			}
		}
	}
}

// theRest fails the test unless rows that never needed the host are as they
// were. With GitHub away there are no workflow files, which most rows need.
func theRest(t *testing.T, before, after checks.Report, host string) {
	t.Helper()
	if host == "api.github.com" {
		return
	}
	for _, was := range before.Results {
		needed := false
		for _, src := range was.Seen {
			needed = needed || strings.HasPrefix(src.Name, host+"/")
		}
		if needed {
			continue
		}
		for _, is := range after.Of(was.Check.ID) {
			if is.Subject == was.Subject && is.Verdict != was.Verdict && !strings.Contains(is.Because, host) {
				t.Errorf("%s %s was %s and is %s: %s", was.Check.ID, was.Subject, was.Verdict, is.Verdict, is.Because)
			}
		}
	}
}
