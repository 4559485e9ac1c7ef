package cratesio

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unserved are the operations of crates.io's API description that the practice
// world leaves out.
var unserved = map[string]string{
	"PUT /api/v1/crates/{name}/owners":      "owners are invited by mail; worlds set them with AddOwner",
	"DELETE /api/v1/crates/{name}/owners":   "owners are invited by mail; worlds set them with RemoveOwner",
	"PATCH /api/v1/crates/{name}/{version}": "yank messages; cargo yanks by the older calls, which are served",
	"PUT /api/v1/users/{user}":              "accounts are changed on the profile page",
}

// TestEveryOperationIsServedOrLeftOutForAReason goes through the description and
// asks which handler would answer.
func TestEveryOperationIsServedOrLeftOutForAReason(t *testing.T) {
	w := newWorld(t)
	text, err := os.ReadFile(filepath.Join("..", "contract", "crates-io-openapi-pruned.json"))
	w.must(err)
	var api struct{ Paths map[string]map[string]any }
	w.must(json.Unmarshal(text, &api))
	if len(api.Paths) == 0 {
		t.Fatal("the description has no paths")
	}
	for path, operations := range api.Paths {
		for method := range operations {
			method = strings.ToUpper(method)
			if !strings.Contains("GET PUT POST PATCH DELETE", method) {
				continue
			}
			r := httptest.NewRequest(method, strings.NewReplacer("{", "", "}", "").Replace(path), nil)
			r.Host = Host
			_, pattern := w.mux.Handler(r)
			left := unserved[method+" "+path] != ""
			if served := strings.HasPrefix(pattern, method+" "); served == left {
				t.Errorf("%s %s: handled by %q, left out: %v", method, path, pattern, left)
			}
		}
	}
}
