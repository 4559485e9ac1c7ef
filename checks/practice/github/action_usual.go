package github

import (
	"maps"
	"slices"
)

// usual are releases of the actions that workflows use most, as public
// workflows pinned them in August 2026, and as the repositories of crates.io's,
// maturin's, uv's and rust-cache's actions tagged them.
var usual = []struct {
	owner, name string
	// releases are versions with their commits and, where the tag is annotated,
	// the tag's id, the newest first.
	releases [][3]string
	// moving are tags and branches that follow the newest release of a line.
	moving map[string]string
}{
	{"actions", "checkout", [][3]string{
		{"v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"}, {"v7.0.0", "9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0"},
		{"v6.1.0", "d23441a48e516b6c34aea4fa41551a30e30af803"}, {"v4.3.1", "34e114876b0b11c390a56381ad16ebd13914f8d5"},
		{"v4.2.2", "11bd71901bbe5b1630ceea73d27597364c9af683"}, {"v3.6.0", "f43a0e5ff2bd294095638e18286ca9a3d1956744"},
	}, map[string]string{"tags/v7": "v7.0.1", "tags/v6": "v6.1.0", "tags/v4": "v4.3.1", "tags/v3": "v3.6.0"}},
	{"actions", "upload-artifact", [][3]string{
		{"v7.0.1", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"}, {"v4.6.2", "ea165f8d65b6e75b540449e92b4886f43607fa02"},
	}, map[string]string{"tags/v7": "v7.0.1", "tags/v4": "v4.6.2"}},
	{"actions", "download-artifact", [][3]string{
		{"v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"}, {"v4.1.8", "fa0a91b85d4f404e444e00e005971372dc801d16"},
	}, map[string]string{"tags/v8": "v8.0.1"}},
	{"actions", "setup-python", [][3]string{
		{"v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"}, {"v6.3.0", "ece7cb06caefa5fff74198d8649806c4678c61a1"},
		{"v5.6.0", "a26af69be951a213d495a4c3e4e4022e16d87065"},
	}, map[string]string{"tags/v7": "v7.0.0", "tags/v6": "v6.3.0", "tags/v5": "v5.6.0"}},
	{"actions", "attest", [][3]string{{"v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6"}}, map[string]string{"tags/v4": "v4.2.2"}},
	{"actions", "attest-build-provenance", [][3]string{{"v4.2.2", "4d101475d8b20a2381f78447822ac1eab6504dd8"}}, map[string]string{"tags/v4": "v4.2.2"}},
	{"actions", "cache", [][3]string{{"v6.1.0", "55cc8345863c7cc4c66a329aec7e433d2d1c52a9"}, {"v4.1.2", "6849a6489940f00c2f30c0fb92c6274307ccb58a"}},
		map[string]string{"tags/v6": "v6.1.0"}},
	{"astral-sh", "setup-uv", [][3]string{{"v10.0.1", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d"}, {"v9.0.0", "c771a70e6277c0a99b617c7a806ffedaca235ff9"}}, nil},
	{"PyO3", "maturin-action", [][3]string{{"v1.51.0", "e83996d129638aa358a18fbd1dfb82f0b0fb5d3b", "3e2bdf6ba6453a61e649744019b8a2d906c7eb38"}},
		map[string]string{"tags/v1": "v1.51.0"}},
	{"pypa", "gh-action-pypi-publish", [][3]string{
		{"v1.14.2", "dc37677b2e1c63e2034f94d8a5b11f265b73ba33"}, {"v1.13.0", "ed0c53931b1dc9bd32cbe73a98c7f6766f8a527e"},
	}, map[string]string{"heads/release/v1": "v1.14.2"}},
	{"rust-lang", "crates-io-auth-action", [][3]string{
		{"v1.0.5", "c6f97d42243bad5fab37ca0427f495c86d5b1a18"}, {"v1.0.4", "bbd81622f20ce9e2dd9622e3218b975523e45bbe"},
	}, map[string]string{"heads/v1": "v1.0.5"}},
	{"Swatinem", "rust-cache", [][3]string{{"v2.9.2", "6323deb102c322ba6fcbdcafc7e3dddab59af2b6", "63fed3e2fecf6f7b51dc6f043341b79ef82a9ae7"}},
		map[string]string{"tags/v2": "v2.9.2"}},
}

// usualActions are what a new practice world has of them.
func usualActions() []*Action {
	var all []*Action
	for _, u := range usual {
		a := &Action{Owner: u.owner, Name: u.name, Latest: u.releases[0][0]}
		at := map[string]ActionRef{}
		for _, r := range u.releases {
			at[r[0]] = ActionRef{Name: "tags/" + r[0], Commit: r[1], Tag: r[2]}
			a.Set(at[r[0]])
		}
		for _, name := range slices.Sorted(maps.Keys(u.moving)) {
			a.Set(ActionRef{Name: name, Commit: at[u.moving[name]].Commit})
		}
		all = append(all, a)
	}
	return all
}
