package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// recordName is a variable that names a file. What goes over the practice
// world's wire is written to its end: the tests of the real program hold it
// against the servers' own descriptions of their APIs. The program inside the
// world never sees the variable.
const recordName = "TRUSTPUB_PRACTICE_RECORD"

// recorder writes exchanges as JSON lines; nil where no file is named.
func recorder(name string) (func(box.Exchange), error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("recording the practice world, as %s asks: %w", recordName, err)
	}
	var mu sync.Mutex
	lines := json.NewEncoder(file)
	return func(x box.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		if err := lines.Encode(x); err != nil {
			fmt.Fprintln(os.Stderr, "recording the practice world:", err)
		}
	}, nil
}
