package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/spf13/pflag"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

const apiURL = "https://api.github.com/"

// ghSignIn is gh's exit status for a missing token.
const ghSignIn = 4

// gh knows `gh api` and `gh workflow run`; all else is refused.
func (k Kit) gh(ctx context.Context, c *shell.Call) int {
	args := c.Args
	switch {
	case len(args) > 0 && args[0] == "--version":
		fmt.Fprintln(c.Stdout, "gh version 2.90.0 (practice runner)")
		return 0
	case len(args) > 1 && args[0] == "api":
		c.Args = args[1:]
		return k.ghAPI(ctx, c)
	case len(args) > 2 && args[0] == "workflow" && args[1] == "run":
		c.Args = args[2:]
		return k.ghWorkflowRun(ctx, c)
	}
	return c.Refuse("gh " + strings.Join(args[:min(len(args), 2)], " "))
}

func (k Kit) ghAPI(ctx context.Context, c *shell.Call) int {
	var method, filter, input string
	var raw, typed, headers []string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.StringVarP(&method, "method", "X", "", "")
		f.StringVarP(&filter, "jq", "q", "", "")
		f.StringVar(&input, "input", "", "")
		f.StringArrayVarP(&raw, "raw-field", "f", nil, "")
		f.StringArrayVarP(&typed, "field", "F", nil, "")
		f.StringArrayVarP(&headers, "header", "H", nil, "")
		f.Bool("silent", false, "")
		f.Bool("paginate", false, "")
	})
	if !ok || len(args) != 1 {
		return 1
	}
	body, err := ghBody(c, input, raw, typed)
	if err != nil {
		return c.Fail(err)
	}
	if method == "" {
		method = map[bool]string{true: http.MethodPost, false: http.MethodGet}[body != nil]
	}
	path := strings.TrimPrefix(strings.NewReplacer("{owner}", owner(c), "{repo}", repository(c)).Replace(args[0]), "/")
	status, answer, code := k.ghCall(ctx, c, method, path, body, headers)
	if code != 0 {
		return code
	}
	if status >= 400 {
		c.Stdout.Write(answer) //nolint:errcheck // the failure below is what counts
		fmt.Fprintf(c.Stderr, "gh: %s (HTTP %d)\n", ghMessage(answer), status)
		return 1
	}
	if filter != "" {
		return ghFilter(ctx, c, filter, answer)
	}
	_, err = c.Stdout.Write(answer)
	if err != nil {
		return c.Fail(err)
	}
	return 0
}

func owner(c *shell.Call) string {
	o, _, _ := strings.Cut(c.Env("GITHUB_REPOSITORY"), "/")
	return o
}

func repository(c *shell.Call) string {
	_, r, _ := strings.Cut(c.Env("GITHUB_REPOSITORY"), "/")
	return r
}

func ghBody(c *shell.Call, input string, raw, typed []string) ([]byte, error) {
	if input != "" {
		return c.Read(input)
	}
	if len(raw)+len(typed) == 0 {
		return nil, nil
	}
	fields := map[string]any{}
	for i, f := range append(append([]string{}, raw...), typed...) {
		name, value, found := strings.Cut(f, "=")
		if !found || strings.Contains(name, "[") {
			return nil, fmt.Errorf("practice runner: the field %q is not in practice", f)
		}
		fields[name] = value
		if n, err := strconv.Atoi(value); i >= len(raw) && err == nil {
			fields[name] = n
		} else if i >= len(raw) && (value == "true" || value == "false" || value == "null") {
			fields[name] = map[string]any{"true": true, "false": false, "null": nil}[value]
		}
	}
	return json.Marshal(fields)
}

// ghCall makes one API call; code is not zero where none could be made.
func (k Kit) ghCall(ctx context.Context, c *shell.Call, method, path string, body []byte, headers []string) (status int, answer []byte, code int) {
	token := first(c.Env("GH_TOKEN"), c.Env("GITHUB_TOKEN"))
	if token == "" {
		fmt.Fprintln(c.Stderr, "gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable. Example:\n  env:\n    GH_TOKEN: ${{ github.token }}")
		return 0, nil, ghSignIn
	}
	req, err := http.NewRequestWithContext(ctx, method, apiURL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, c.Fail(err)
	}
	req.Header.Set("Authorization", "token "+token)
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("User-Agent", "gh-trustpub practice runner")
	req.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	resp, err := k.Client.Do(req)
	if err != nil {
		return 0, nil, c.Fail(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return 0, nil, c.Fail(err)
	}
	return resp.StatusCode, answer, 0
}

func ghMessage(answer []byte) string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(answer, &said) != nil || said.Message == "" {
		return "the answer has no message"
	}
	return said.Message
}

func ghFilter(ctx context.Context, c *shell.Call, filter string, answer []byte) int {
	query, err := gojq.Parse(filter)
	if err != nil {
		return c.Fail(err)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return c.Fail(err)
	}
	var in any
	if err := json.Unmarshal(answer, &in); err != nil {
		return c.Fail(err)
	}
	return jqOptions{raw: true, compact: true}.run(ctx, c, code, []any{in})
}

// ghWorkflowRun dispatches a workflow with the job's own token.
func (k Kit) ghWorkflowRun(ctx context.Context, c *shell.Call) int {
	var ref string
	var raw []string
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.StringVarP(&ref, "ref", "r", "main", "")
		f.StringArrayVarP(&raw, "raw-field", "f", nil, "")
		f.StringArrayVarP(&raw, "field", "F", nil, "")
		f.StringP("repo", "R", "", "")
	})
	if !ok || len(args) != 1 {
		return 1
	}
	inputs := map[string]string{}
	for _, f := range raw {
		name, value, _ := strings.Cut(f, "=")
		inputs[name] = value
	}
	body, err := json.Marshal(map[string]any{"ref": ref, "inputs": inputs})
	if err != nil {
		return c.Fail(err)
	}
	path := fmt.Sprintf("repos/%s/actions/workflows/%s/dispatches", c.Env("GITHUB_REPOSITORY"), args[0])
	status, answer, code := k.ghCall(ctx, c, http.MethodPost, path, body, nil)
	if code != 0 {
		return code
	}
	if status >= 300 {
		fmt.Fprintf(c.Stderr, "could not create workflow dispatch event: HTTP %d: %s\n", status, ghMessage(answer))
		return 1
	}
	fmt.Fprintf(c.Stdout, "✓ Created workflow_dispatch event for %s at %s\n", args[0], ref)
	return 0
}
