package cratesio

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"
)

// Limits of a manifest (src/controllers/krate/publish.rs and
// src/config/publish_limits.rs).
const (
	maxDescription  = 1000
	maxKeywords     = 5
	maxKeyword      = 20
	maxCategories   = 5
	maxFeatures     = 300
	maxDependencies = 500
)

// check refuses what the server refuses in a manifest, in its order.
func (m *manifest) check() error {
	p := m.Package
	for _, check := range []func() error{
		p.required, p.licensed, p.addresses, p.rust, p.searchable, m.features,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (p *packageTable) required() error {
	var missing []string
	if p.Description == "" {
		missing = append(missing, "description")
	}
	if p.License == "" && p.LicenseFile == "" {
		missing = append(missing, "license")
	}
	if len(missing) > 0 {
		return badRequest("missing or empty metadata fields: %s. Please see "+
			"https://doc.rust-lang.org/cargo/reference/manifest.html for more information on configuring these fields",
			strings.Join(missing, ", "))
	}
	if len(p.Description) > maxDescription {
		return badRequest("The `description` is too long. A maximum of %d characters are currently allowed.", maxDescription)
	}
	return nil
}

func (p *packageTable) licensed() error {
	if p.License == "" {
		p.License = "non-standard"
		return nil
	}
	// The server takes the old "MIT/Apache-2.0" for "MIT OR Apache-2.0".
	expression := strings.ReplaceAll(p.License, "/", " OR ")
	if ok, _ := spdxexp.ValidateLicenses([]string{expression}); ok {
		return nil
	}
	return badRequest("unknown or invalid license expression; see http://opensource.org/licenses for options, "+
		"and http://spdx.org/licenses/ for their identifiers\n"+
		"Note: If you have a non-standard license that is not listed by SPDX, "+
		"use the license-file field to specify the path to a file containing the text of the license.\n"+
		"See https://doc.rust-lang.org/cargo/reference/manifest.html#the-license-and-license-file-fields "+
		"for more information.\n%s", p.License)
}

func (p *packageTable) addresses() error {
	for _, a := range []struct{ field, value string }{
		{"homepage", p.Homepage}, {"documentation", p.Documentation}, {"repository", p.Repository},
	} {
		if a.value == "" {
			continue
		}
		if !strings.HasPrefix(a.value, "http://") && !strings.HasPrefix(a.value, "https://") {
			return badRequest("URL for field `%s` must begin with http:// or https:// (url: %s)", a.field, a.value)
		}
		if u, err := url.Parse(a.value); err != nil || u.Host == "" {
			return badRequest("`%s` is not a valid url: `%s`", a.field, a.value)
		}
	}
	return nil
}

var rustVersion = regexp.MustCompile(`^\d+(\.\d+){0,2}$`)

func (p *packageTable) rust() error {
	if p.RustVersion != "" && !rustVersion.MatchString(p.RustVersion) {
		return badManifest("invalid `rust-version` value")
	}
	return nil
}

func (p *packageTable) searchable() error {
	if len(p.Keywords) > maxKeywords {
		return badRequest("expected at most 5 keywords per crate")
	}
	for _, keyword := range p.Keywords {
		if len(keyword) > maxKeyword {
			return badRequest("\"%s\" is an invalid keyword (keywords must have less than 20 characters)", keyword)
		}
		if !validKeyword(keyword) {
			return badRequest("\"%s\" is an invalid keyword", keyword)
		}
	}
	if len(p.Categories) > maxCategories {
		return badRequest("expected at most 5 categories per crate")
	}
	return nil
}

const manyFeatures = "\n\nTake a look at https://blog.rust-lang.org/2023/10/26/broken-badges-and-23k-keywords.html " +
	"to understand why this restriction was introduced.\n\n" +
	"If you have a use case that requires an increase of this limit, " +
	"please send us an email to help@crates.io to discuss the details."

func (m *manifest) features() error {
	if len(m.Features) > maxFeatures {
		return badRequest("crates.io only allows a maximum number of %d features, but your crate is declaring %d features.%s",
			maxFeatures, len(m.Features), manyFeatures)
	}
	for name, values := range m.Features {
		if err := validFeatureName(name); err != nil {
			return badRequest("%s", err)
		}
		if len(values) > maxFeatures {
			return badRequest("crates.io only allows a maximum number of %d features or dependencies that another feature can enable, "+
				"but the \"%s\" feature of your crate is enabling %d features or dependencies.%s",
				maxFeatures, name, len(values), manyFeatures)
		}
		for _, value := range values {
			if err := validFeature(value); err != nil {
				return badRequest("%s", err)
			}
		}
	}
	return nil
}

// checked is the dependencies of the manifest, with requirements as the index
// has them, or the refusal of the first that the server does not take.
func (m *manifest) checked() ([]dependency, error) {
	deps, err := m.dependencies()
	if err != nil {
		return nil, err
	}
	if len(deps) > maxDependencies {
		return nil, badRequest("crates.io only allows a maximum number of %d dependencies.\n\n"+
			"If you have a use case that requires an increase of this limit, "+
			"please send us an email to help@crates.io to discuss the details.", maxDependencies)
	}
	for i := range deps {
		if err := deps[i].check(); err != nil {
			return nil, err
		}
	}
	return deps, nil
}

func (d *dependency) check() error {
	if err := validName("dependency", d.Crate); err != nil {
		return badRequest("%s", err)
	}
	for _, feature := range d.Features {
		if err := validFeature(feature); err != nil {
			return badRequest("%s", err)
		}
	}
	if d.otherRegistry {
		return badRequest("Dependency `%s` is hosted on another registry. "+
			"Cross-registry dependencies are not permitted on crates.io.", d.Crate)
	}
	req, ok := normalRequirement(d.Req)
	switch {
	case !ok:
		return badRequest("\"%s\" is an invalid version requirement", d.Req)
	case req == "*":
		return badRequest("wildcard (`*`) dependency constraints are not allowed on crates.io. Crate with this problem: `%s` "+
			"See https://doc.rust-lang.org/cargo/faq.html#can-libraries-use--as-a-version-for-their-dependencies "+
			"for more information", d.Crate)
	}
	d.Req = req
	if d.Local == "" {
		return nil
	}
	if err := validLocalName(d.Local); err != nil {
		return badRequest("%s", err)
	}
	return nil
}
