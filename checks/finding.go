package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// finding starts a finding; what it rests on and what to do are added by the
// methods below.
func finding(v Verdict, subject, format string, args ...any) Finding {
	return Finding{Subject: subject, Verdict: v, Because: fmt.Sprintf(format, args...)}
}

// seen adds sources that the verdict rests on; one without a name is no source.
func (f Finding) seen(sources ...evidence.Source) Finding {
	for _, s := range sources {
		if s.Name != "" {
			f.Seen = append(f.Seen, s)
		}
	}
	return f
}

// advise sets the next thing to do.
func (f Finding) advise(format string, args ...any) Finding {
	f.Fix = fmt.Sprintf(format, args...)
	return f
}

// at sets the place in a file of the repository; a reference into another
// repository is no such place.
func (f Finding) at(file string, line int) Finding {
	if file != "" && line > 0 && !strings.Contains(file, ".yml@") && !strings.Contains(file, ".yaml@") {
		f.Where = &Where{File: file, Line: line}
	}
	return f
}

// as gives the finding another level than its check has.
func (f Finding) as(level Level) Finding {
	f.Level = level
	return f
}

// unseen is what every evidence.Fact can tell of why it has no value.
type unseen interface {
	Reason() string
	Source() evidence.Source
}

// blind is the finding for a fact that could not be seen; what names the fact.
func (c *Case) blind(subject, what string, fact unseen) Finding {
	return finding(Unknown, subject, "%s: %s", what, c.reason(fact)).seen(fact.Source())
}

// reason says why a fact is unknown; what nobody looked at in an offline pass
// is unknown because the pass was offline.
func (c *Case) reason(fact unseen) string {
	if r := fact.Reason(); r != "" && (r != "not looked at" || c.World.Mode != evidence.Offline) {
		return r
	}
	return "offline"
}
