package workflow

import (
	"strings"
	"testing"
)

func TestMakers(t *testing.T) {
	const checkout = "{uses: actions/checkout@v7}, "
	for name, c := range map[string]struct {
		steps string
		want  string // "tag", "release", "both" or "" for no maker
		own   bool
		doubt string
	}{
		"release-please by itself":             {"{uses: googleapis/release-please-action@v4, with: {release-type: rust}}", "both", true, ""},
		"release-please, its own file":         {"{uses: googleapis/release-please-action@v4}", "both", true, "release-please-config.json"},
		"release-please with an app's token":   {"{uses: googleapis/release-please-action@v4, with: {release-type: rust, token: '${{ steps.app.outputs.token }}'}}", "both", false, ""},
		"release-please with a person's token": {"{uses: googleapis/release-please-action@v4, with: {release-type: rust, token: '${{ secrets.PAT }}'}}", "both", false, ""},
		"release-please, GITHUB_TOKEN named":   {"{uses: googleapis/release-please-action@v4, with: {release-type: rust, token: '${{ secrets.GITHUB_TOKEN }}'}}", "both", true, ""},
		"one or the other":                     {"{uses: googleapis/release-please-action@v4, with: {release-type: rust, token: '${{ secrets.PAT || secrets.GITHUB_TOKEN }}'}}", "both", false, "its token is"},
		"softprops":                            {"{uses: softprops/action-gh-release@v2}", "release", true, ""},
		"softprops, a draft":                   {"{uses: softprops/action-gh-release@v2, with: {draft: true}}", "", false, ""},
		"softprops, perhaps a draft":           {"{uses: softprops/action-gh-release@v2, with: {draft: '${{ inputs.draft }}'}}", "release", true, "whether it is a draft"},
		"softprops by the environment":         {"{uses: softprops/action-gh-release@v2, env: {GITHUB_TOKEN: '${{ secrets.PAT }}'}}", "release", false, ""},
		"through a variable":                   {"{uses: softprops/action-gh-release@v2, env: {A: '${{ github.token }}', GITHUB_TOKEN: '${{ env.A }}'}}", "release", true, ""},
		"softprops names the tag":              {"{uses: softprops/action-gh-release@v2, with: {tag_name: v1}}", "both", true, ""},
		"softprops names the run's own":        {"{uses: softprops/action-gh-release@v2, with: {tag_name: '${{ github.ref_name }}'}}", "release", true, ""},
		"gh release create for the run's tag":  {"{run: 'gh release create ${{ github.ref_name }} dist/*', env: {GH_TOKEN: '${{ github.token }}'}}", "release", true, ""},
		"gh release create by the variable":    {"{run: 'gh release create \"$GITHUB_REF_NAME\"', env: {GH_TOKEN: '${{ github.token }}'}}", "release", true, ""},
		"gh release create, the tag is there":  {"{run: gh release create v1 --verify-tag, env: {GH_TOKEN: '${{ github.token }}'}}", "release", true, ""},
		"release drafter":                      {"{uses: release-drafter/release-drafter@v6}", "", false, ""},
		"release drafter publishes":            {"{uses: release-drafter/release-drafter@v6, with: {publish: true}}", "both", true, ""},
		"tag action":                           {"{uses: mathieudutour/github-tag-action@v6, with: {github_token: '${{ github.token }}'}}", "tag", true, ""},
		"create-release without a token":       {"{uses: actions/create-release@v1}", "both", true, "no token"},
		"gh release create":                    {"{run: gh release create v1, env: {GH_TOKEN: '${{ github.token }}'}}", "both", true, ""},
		"gh release create, a draft":           {"{run: gh release create v1 --draft, env: {GH_TOKEN: '${{ github.token }}'}}", "", false, ""},
		"gh release create, a secret":          {"{run: gh release create v1, env: {GH_TOKEN: '${{ secrets.BOT }}'}}", "both", false, ""},
		"gh release create without a token":    {"{run: gh release create v1}", "both", false, "no token"},
		"gh release view":                      {"{run: gh release view v1}", "", false, ""},
		"git push --tags":                      {checkout + "{run: git tag v1 && git push --tags}", "tag", true, ""},
		"git push a tag's ref":                 {checkout + "{run: 'git push origin HEAD:refs/tags/v1'}", "tag", true, ""},
		"git push after a checkout by key":     {"{uses: actions/checkout@v7, with: {ssh-key: '${{ secrets.KEY }}'}}, {run: git push --tags}", "tag", false, ""},
		"git push after a checkout by token":   {"{uses: actions/checkout@v7, with: {token: '${{ secrets.PAT }}'}}, {run: git push --tags}", "tag", false, ""},
		"git push, nothing stored":             {"{uses: actions/checkout@v7, with: {persist-credentials: false}}, {run: git push --tags}", "tag", false, "persist-credentials"},
		"git push to an address":               {checkout + "{run: 'git push https://x-access-token:$T@github.com/o/r --tags'}", "tag", true, "address"},
		"git push a branch":                    {checkout + "{run: git push origin main}", "", false, ""},
		"git push takes a tag away":            {checkout + "{run: git push --delete origin refs/tags/v1}", "", false, ""},
		"semantic-release":                     {"{run: npx semantic-release, env: {GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}'}}", "both", true, "configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"release.yml", []byte("on: push\njobs: {a: {runs-on: x, steps: ["+c.steps+"]}}\n"))
			if len(f.Jobs) != 1 {
				t.Fatalf("%v", f.Problems)
			}
			got := Makers([]*File{f})
			if c.want == "" {
				if len(got) != 0 {
					t.Errorf("%+v", got[0])
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("%d makers", len(got))
			}
			m := got[0]
			kind := map[[2]bool]string{{true, false}: "tag", {true, true}: "both", {false, true}: "release"}[[2]bool{m.Tag, m.Release}]
			if kind != c.want || m.Doubt == "" && m.OwnToken != c.own || (m.Doubt == "") != (c.doubt == "") || !strings.Contains(m.Doubt, c.doubt) {
				t.Errorf("%s, own %v, doubt %q; want %s, %v, %q", kind, m.OwnToken, m.Doubt, c.want, c.own, c.doubt)
			}
			if m.By == "" || m.Line == 0 {
				t.Errorf("made by %q at %d", m.By, m.Line)
			}
		})
	}
}

func TestFilesOfOtherRepositoriesMakeNothingHere(t *testing.T) {
	f := ParseRemote("o/r/.github/workflows/x.yml@v1", []byte("on: push\njobs: {a: {runs-on: x, steps: [{uses: softprops/action-gh-release@v2}]}}\n"))
	if got := Makers([]*File{f}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
