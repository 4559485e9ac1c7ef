package template

// Pin is an action at a full commit id, with the version that the id is.
type Pin struct{ Action, Commit, Version string }

// Uses is the pin as a step's "uses:" writes it.
func (p Pin) Uses() string { return p.Action + "@" + p.Commit + " # " + p.Version }

// pins are the actions of the workflow, with the commit ids at which several
// public workflows pin these versions (read in August 2026).
var pins = map[string]Pin{
	"checkout":          {"actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"},
	"upload-artifact":   {"actions/upload-artifact", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"},
	"download-artifact": {"actions/download-artifact", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"},
	"setup-python":      {"actions/setup-python", "5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"},
	"setup-uv":          {"astral-sh/setup-uv", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d", "v10.0.1"},
	"attest":            {"actions/attest", "1e69f48acb82d1966a394da916b4c1698aa569d6", "v4.2.2"},
	"pypi-publish":      {"pypa/gh-action-pypi-publish", "dc37677b2e1c63e2034f94d8a5b11f265b73ba33", "v1.14.2"},
	"crates-io-auth":    {"rust-lang/crates-io-auth-action", "c6f97d42243bad5fab37ca0427f495c86d5b1a18", "v1.0.5"},
}
