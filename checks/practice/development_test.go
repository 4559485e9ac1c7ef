package practice_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/scenario"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// TestADevelopmentVersionGoesToTestPyPIAlone runs the workflow as the template
// writes it, with the input that uploads to TestPyPI: a wheel for each platform
// and the sources come together there, and PyPI and crates.io get nothing.
func TestADevelopmentVersionGoesToTestPyPIAlone(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	w, err := practice.Open(t.Context(), practice.Options{Scenario: "ready", Dir: t.TempDir(), Record: contract.Hold(t)})
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	stage := w.Stage()
	before := versionsOn(t, stage, "pypi.org")
	id := dispatch(t, stage, map[string]string{"rehearse": "true", template.UploadInput: "true"})
	run, err := stage.Finish(t.Context(), id)
	must(t, err)
	if run.Conclusion != github.Success {
		t.Fatalf("%s\n%s", run.Conclusion, logs(run))
	}
	if after := versionsOn(t, stage, "pypi.org"); !slices.Equal(before, after) {
		t.Errorf("PyPI had %v and has %v", before, after)
	}
	made := fmt.Sprintf(".dev%d", run.ID)
	var files []string
	for _, f := range filesOn(t, stage, "test.pypi.org") {
		if strings.Contains(f, made) {
			files = append(files, f)
		}
	}
	for _, part := range []string{".tar.gz", "manylinux2014_x86_64.whl", "manylinux2014_aarch64.whl", "musllinux_1_2_x86_64.whl", "musllinux_1_2_aarch64.whl", "macosx_10_12_x86_64.whl", "macosx_11_0_arm64.whl", "win_amd64.whl"} {
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, part) }) {
			t.Errorf("no %s among %v", part, files)
		}
	}
	if len(files) != 8 {
		t.Errorf("%d files: %v", len(files), files)
	}
}

// dispatch starts the workflow on main with inputs.
func dispatch(t *testing.T, stage scenario.Stage, inputs map[string]string) int64 {
	t.Helper()
	body, err := json.Marshal(map[string]any{"ref": "main", "return_run_details": true, "inputs": inputs})
	must(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.github.com/repos/"+owner+"/"+name+"/actions/workflows/"+file+"/dispatches", bytes.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+stage.Token)
	req.Header.Set("Content-Type", "application/json")
	var answer struct {
		RunID int64 `json:"workflow_run_id"`
	}
	ask(t, stage, req, &answer)
	return answer.RunID
}

// listing is the simple API's answer.
type listing struct {
	Versions []string
	Files    []struct{ Filename string }
}

func listingOf(t *testing.T, stage scenario.Stage, host string) listing {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/simple/"+name+"/", nil)
	must(t, err)
	req.Header.Set("Accept", "application/vnd.pypi.simple.v1+json")
	var answer listing
	ask(t, stage, req, &answer)
	return answer
}

func versionsOn(t *testing.T, stage scenario.Stage, host string) []string {
	return listingOf(t, stage, host).Versions
}

func filesOn(t *testing.T, stage scenario.Stage, host string) []string {
	var names []string
	for _, f := range listingOf(t, stage, host).Files {
		names = append(names, f.Filename)
	}
	return names
}

func ask(t *testing.T, stage scenario.Stage, req *http.Request, into any) {
	t.Helper()
	res, err := stage.Client.Do(req)
	must(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", req.Method, req.URL, res.Status)
	}
	must(t, json.NewDecoder(res.Body).Decode(into))
}
