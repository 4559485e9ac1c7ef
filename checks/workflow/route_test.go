package workflow

import (
	"fmt"
	"strings"
	"testing"
)

// called is a reusable workflow that publishes to where input index says.
const reusable = `on:
  workflow_call:
    inputs: {index: {type: string, default: "https://upload.pypi.org/legacy/"}}
    secrets: {token: {required: false}}
jobs:
  upload:
    runs-on: ubuntu-latest
    environment: ${{ inputs.env }}
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {repository-url: "${{ inputs.index }}", password: "${{ secrets.token }}"}
`

func caller(on, job string) string {
	return "on: " + on + "\njobs:\n  call:\n" + indent(job, 4)
}

func files(pairs ...string) []*File {
	var list []*File
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(pairs[i], "@") {
			list = append(list, ParseRemote(pairs[i], []byte(pairs[i+1])))
			continue
		}
		list = append(list, Parse(Dir+pairs[i], []byte(pairs[i+1])))
	}
	return list
}

// ways is each place as "triggered>file#job registry credential secrets".
func ways(found []Publishing) string {
	var out []string
	for _, p := range found {
		from := "nothing"
		if p.Triggered != nil {
			from = p.Triggered.Base()
		}
		for _, c := range p.Callers[min(1, len(p.Callers)):] {
			from += ">" + c.File.Base()
		}
		out = append(out, fmt.Sprintf("%s>%s %s %s %s", from, p.File.Base(), p.Registry, p.Credential, strings.Join(p.Secrets, ",")))
	}
	return strings.Join(out, "; ")
}

func TestReusableWorkflows(t *testing.T) {
	local := "uses: ./.github/workflows/upload.yml"
	for name, c := range map[string]struct {
		files         []*File
		want, lacking string
	}{
		"local": {files("upload.yml", reusable, "ci.yml", caller("push", local)),
			"ci.yml>upload.yml pypi secret TOKEN", ""},
		"secret that is not passed": {files("upload.yml", strings.Replace(reusable, "environment:", "name:", 1), "ci.yml", caller("push", local)),
			"ci.yml>upload.yml pypi trusted publishing ", ""},
		"self reference": {files("upload.yml", reusable, "ci.yml", caller("push", "uses: $/.github/workflows/upload.yml")),
			"ci.yml>upload.yml pypi secret TOKEN", ""},
		"secret under another name": {files("upload.yml", reusable, "ci.yml", caller("push", local+"\nsecrets: {token: '${{ secrets.PYPI }}'}")),
			"ci.yml>upload.yml pypi secret PYPI", ""},
		"secrets inherited": {files("upload.yml", reusable, "ci.yml", caller("push", local+"\nsecrets: inherit")),
			"ci.yml>upload.yml pypi secret TOKEN", ""},
		"index by input": {files("upload.yml", reusable, "ci.yml", caller("push", local+"\nwith: {index: 'https://test.pypi.org/legacy/'}\nsecrets: inherit")),
			"ci.yml>upload.yml testpypi secret TOKEN", ""},
		"two callers": {files("a.yml", caller("push", local+"\nsecrets: inherit"), "b.yml", caller("release", local+"\nsecrets: inherit"), "upload.yml", reusable),
			"a.yml>upload.yml pypi secret TOKEN; b.yml>upload.yml pypi secret TOKEN", ""},
		"two levels": {files("upload.yml", reusable, "mid.yml", caller("{workflow_call: {secrets: {t: {}}}}", local+"\nsecrets: {token: '${{ secrets.t }}'}"),
			"ci.yml", caller("push", "uses: ./.github/workflows/mid.yml\nsecrets: {t: '${{ secrets.REAL }}'}")),
			"ci.yml>mid.yml>upload.yml pypi secret REAL", ""},
		"started and called": {files("upload.yml", strings.Replace(reusable, "on:\n", "on:\n  push:\n", 1), "ci.yml", caller("push", local+"\nsecrets: inherit")),
			"upload.yml>upload.yml pypi secret TOKEN; ci.yml>upload.yml pypi secret TOKEN", ""},
		"called by nothing": {files("upload.yml", reusable), "nothing>upload.yml pypi secret TOKEN", ""},
		"remote": {files("ci.yml", caller("push", "uses: org/shared/.github/workflows/upload.yml@v1\nsecrets: inherit"), "org/shared/.github/workflows/upload.yml@v1", reusable),
			"ci.yml>upload.yml pypi secret TOKEN", ""},
		"remote, lacking": {files("ci.yml", caller("push", "uses: org/shared/.github/workflows/upload.yml@v1")), "", "org/shared/.github/workflows/upload.yml@v1"},
		"local, lacking":  {files("ci.yml", caller("push", local)), "", ".github/workflows/upload.yml"},
		"remote calls its own": {files("ci.yml", caller("push", "uses: org/shared/.github/workflows/mid.yml@v1"),
			"org/shared/.github/workflows/mid.yml@v1", caller("workflow_call", local)),
			"", "org/shared/.github/workflows/upload.yml@v1"},
		"calls itself": {files("ci.yml", caller("[push, workflow_call]", "uses: ./.github/workflows/ci.yml")), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ways(Publishes(c.files)); got != c.want {
				t.Errorf("found %q\nwant  %q", got, c.want)
			}
			var lacking []string
			for _, r := range Lacking(c.files) {
				lacking = append(lacking, r.Ref)
				if r.Remote != strings.Contains(r.Ref, "@") || r.Line == 0 {
					t.Errorf("reference %+v", r)
				}
			}
			if got := strings.Join(lacking, " "); got != c.lacking {
				t.Errorf("lacking %q, want %q", got, c.lacking)
			}
		})
	}
}

// The nesting limit ends even a ring of files.
func TestRing(t *testing.T) {
	var pairs []string
	for i := range 30 {
		pairs = append(pairs, fmt.Sprintf("w%d.yml", i), caller("[push, workflow_call]", fmt.Sprintf("uses: ./.github/workflows/w%d.yml", (i+1)%30)))
	}
	list := files(pairs...)
	for _, ways := range (&engine{sources: Sources{Files: list}}).routes() {
		for _, r := range ways {
			if len(r.callers) >= maxLevels {
				t.Fatalf("%d callers", len(r.callers))
			}
		}
	}
}

const (
	idToken = "permissions: {id-token: write}\n"
	readAll = "permissions: read-all\n"
)

func TestGrant(t *testing.T) {
	for name, c := range map[string]struct {
		top, job, fallback string
		id, contents       string
	}{
		"nothing, default read":    {"", "", "read", "none", "read"},
		"nothing, default write":   {"", "", "write", "none", "write"},
		"nothing, default unknown": {"", "", "", "none", ""},
		"at the workflow":          {idToken, "", "write", "write", "none"},
		"at the job":               {"", idToken, "write", "write", "none"},
		"job overrides workflow":   {idToken, "permissions: {contents: read}\n", "write", "none", "read"},
		"both scopes":              {"", "permissions: {id-token: write, contents: read}\n", "read", "write", "read"},
		"write-all":                {"permissions: write-all\n", "", "read", "write", "write"},
		"read-all":                 {"", readAll, "write", "none", "read"},
		"empty":                    {idToken, "permissions: {}\n", "write", "none", "none"},
		"set to none":              {"", "permissions: {id-token: none}\n", "write", "none", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			src := c.top + job(c.job, "- run: x")
			f := Parse(Dir+"x.yml", []byte(src))
			g := Effective(f, f.Jobs[0], c.fallback)
			if g.IDToken.Level != c.id || g.Contents.Level != c.contents || g.Refusal != "" {
				t.Errorf("grants %+v, want id-token %q, contents %q", g, c.id, c.contents)
			}
			if g.IDToken.Because == "" || g.Contents.Because == "" {
				t.Errorf("no origin: %+v", g)
			}
			if n := g.IDToken.Line; n > 0 && !strings.Contains(f.Lines[n-1], "permissions") && !strings.Contains(f.Lines[n-1], "id-token") {
				t.Errorf("id-token comes from line %d, %q", n, f.Lines[n-1])
			}
		})
	}
}

func TestGrantThroughCallers(t *testing.T) {
	called := func(permissions string) string {
		if top, ok := strings.CutPrefix(permissions, "\n#top "); ok {
			return top + reusable
		}
		if job, ok := strings.CutPrefix(permissions, "\n#job "); ok {
			return reusable + "  other:\n    " + job + "    runs-on: x\n    steps: [{run: x}]\n"
		}
		return strings.Replace(reusable, "    runs-on", "    "+permissions+"    runs-on", 1)
	}
	for name, c := range map[string]struct {
		caller, called string
		id, refusal    string
	}{
		"caller gives, called asks":   {idToken, idToken, "write", ""},
		"caller gives, called silent": {idToken, "\n", "write", ""},
		"caller silent, called asks": {"", idToken, "none",
			"The nested job 'upload' is requesting 'id-token: write', but is only allowed 'id-token: none'."},
		"caller refuses, called asks": {"permissions: {contents: write}\n", "permissions: {id-token: write, contents: read}\n", "none",
			"The nested job 'upload' is requesting 'id-token: write', but is only allowed 'id-token: none'."},
		"called asks for contents": {"permissions: {contents: read}\n", "permissions: {contents: write}\n", "none",
			"The nested job 'upload' is requesting 'contents: write', but is only allowed 'contents: read'."},
		"called file asks as a whole": {"permissions: {contents: read}\n", "\n#top permissions: {id-token: write}\n", "none",
			"The workflow is requesting 'id-token: write', but is only allowed 'id-token: none'."},
		"called asks for much": {"permissions: {contents: read}\n", "permissions: {packages: write, contents: write, id-token: write}\n", "none",
			"The nested job 'upload' is requesting 'contents: write, packages: write, id-token: write', but is only allowed 'contents: read, packages: none, id-token: none'."},
		"another called job asks": {idToken, "\n#job permissions: {issues: write}\n", "none",
			"The nested job 'other' is requesting 'issues: write', but is only allowed 'issues: none'."},
		"called asks for less": {"permissions: write-all\n", "permissions: {contents: read}\n", "none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			list := files("upload.yml", called(c.called), "ci.yml", caller("push", c.caller+"uses: ./.github/workflows/upload.yml\nsecrets: inherit"))
			found := Publishes(list)
			if len(found) != 1 {
				t.Fatalf("found %v", ways(found))
			}
			if g := found[0].Grant("read"); g.IDToken.Level != c.id || g.Refusal != c.refusal {
				t.Errorf("grants %+v\nwant id-token %s, refusal %q", g, c.id, c.refusal)
			}
		})
	}
}

// Without a block at any caller the repository's default decides what a called
// workflow may ask for.
func TestGrantByDefault(t *testing.T) {
	asking := strings.Replace(reusable, "    runs-on", "    "+idToken+"    runs-on", 1)
	const local, remote = "./.github/workflows/upload.yml", "org/shared/.github/workflows/upload.yml@v1"
	for name, c := range map[string]struct {
		uses, fallback, id string
		refused, doubt     bool
	}{
		"own file, read and write":    {local, "write", "write", false, false},
		"own file, read-only":         {local, "read", "none", true, false},
		"own file, not known":         {local, "", "", false, true},
		"remote file, read and write": {remote, "write", "", false, true},
		"remote file, read-only":      {remote, "read", "none", true, false},
		"remote file, not known":      {remote, "", "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := strings.TrimPrefix(c.uses, "./.github/workflows/")
			found := Publishes(files(path, asking, "ci.yml", caller("push", "uses: "+c.uses+"\nsecrets: inherit")))
			g := found[0].Grant(c.fallback)
			if g.IDToken.Level != c.id || (g.Refusal != "") != c.refused || (g.Doubt != "") != c.doubt {
				t.Errorf("grants %+v, want %+v", g, c)
			}
		})
	}
	silent := Publishes(files("upload.yml", reusable, "ci.yml", caller("push", "uses: "+local+"\nsecrets: inherit")))
	if g := silent[0].Grant("write"); g.IDToken.Level != "none" || g.Refusal != "" || g.Doubt != "" {
		t.Errorf("id-token without a word: %+v", g)
	}
}
