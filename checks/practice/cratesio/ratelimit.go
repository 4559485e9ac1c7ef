package cratesio

import (
	"net/http"
	"time"
)

// action is something that users may do only so often.
type action string

const (
	publishNew    action = "publish-new"
	publishUpdate action = "publish-update"
)

var tooMany = map[action]string{
	publishNew:    "You have published too many new crates in a short period of time",
	publishUpdate: "You have published too many updates to existing crates in a short period of time",
}

// bucket is what a user may still do at once.
type bucket struct {
	User       int
	Action     action
	Tokens     int
	LastRefill time.Time
}

// take counts one act against the user's limit, or refuses it with the time
// at which there is one again (src/rate_limiter.rs). The first act makes a full
// bucket and costs nothing.
func (s *Service) take(u *User, a action) error {
	limit, now := s.limits[a], s.now()
	b := s.bucket(u, a)
	if b == nil {
		b = &bucket{User: u.ID, Action: a, Tokens: limit.Burst, LastRefill: now}
		s.db.Buckets = append(s.db.Buckets, b)
		return s.save()
	}
	refills := int(now.Sub(b.LastRefill) / limit.Period)
	b.Tokens = min(limit.Burst, max(0, b.Tokens-1)+refills)
	b.LastRefill = b.LastRefill.Add(time.Duration(refills) * limit.Period)
	if err := s.save(); err != nil {
		return err
	}
	if b.Tokens >= 1 {
		return nil
	}
	after := b.LastRefill.Add(limit.Period).UTC().Format(http.TimeFormat)
	return &refusal{status: http.StatusTooManyRequests, retryAfter: after, detail: tooMany[a] +
		". Please try again after " + after + " and see https://crates.io/docs/rate-limits for more details."}
}

func (s *Service) bucket(u *User, a action) *bucket {
	for _, b := range s.db.Buckets {
		if b.User == u.ID && b.Action == a {
			return b
		}
	}
	return nil
}
