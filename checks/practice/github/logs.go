package github

import (
	"time"
)

// logLink is a signed address of a job's log. The API's answer says that it
// lives for one minute.
type logLink struct {
	RunID, JobID int64
	Until        time.Time
}

const logLinkLife = time.Minute
