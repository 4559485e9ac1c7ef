package change

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// CargoToken is where cargo keeps its token of crates.io.
type CargoToken struct {
	// File is cargo's file of credentials; "" where there is none.
	File string
	// Elsewhere says where cargo keeps it instead; "" where that is the file.
	Elsewhere string
}

// plainProvider is cargo's own file of credentials among its providers
// (doc.rust-lang.org/cargo/reference/registry-authentication.html, read 2026-11).
const plainProvider = "cargo:token"

// FindCargoToken looks where cargo keeps its token, and does not read it. home is
// the person's home folder.
func FindCargoToken(getenv func(string) string, home string) CargoToken {
	dir := getenv("CARGO_HOME")
	if dir == "" && home != "" {
		dir = filepath.Join(home, ".cargo")
	}
	if dir == "" {
		return CargoToken{}
	}
	if provider := cargoProvider(getenv, dir); provider != "" {
		return CargoToken{Elsewhere: provider}
	}
	return CargoToken{File: firstFile(dir, "credentials")}
}

// firstFile is the file of a name that cargo takes: the one without an ending
// comes before the one with it.
func firstFile(dir, name string) string {
	for _, file := range []string{filepath.Join(dir, name), filepath.Join(dir, name+".toml")} {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// cargoProvider is the provider that cargo asks for the token of crates.io instead
// of its file; "" where it reads the file.
func cargoProvider(getenv func(string) string, dir string) string {
	one, all := strings.Fields(getenv("CARGO_REGISTRY_CREDENTIAL_PROVIDER")), strings.Fields(getenv("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS"))
	var config struct {
		Registry struct {
			Provider any   `toml:"credential-provider"`
			Global   []any `toml:"global-credential-providers"`
		} `toml:"registry"`
	}
	if data, err := os.ReadFile(firstFile(dir, "config")); err == nil && toml.Unmarshal(data, &config) == nil {
		if len(one) == 0 && config.Registry.Provider != nil {
			one = []string{firstWord(config.Registry.Provider)}
		}
		for _, p := range config.Registry.Global {
			if len(getenv("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS")) == 0 {
				all = append(all, firstWord(p))
			}
		}
	}
	switch {
	case len(one) > 0 && one[0] != plainProvider:
		return one[0]
	case len(one) == 0 && len(all) > 0 && !slices.Contains(all, plainProvider):
		return strings.Join(all, ", ")
	}
	return ""
}

// firstWord is the program of a provider, which is a string or a list.
func firstWord(provider any) string {
	switch p := provider.(type) {
	case string:
		if words := strings.Fields(p); len(words) > 0 {
			return words[0]
		}
	case []any:
		if len(p) > 0 {
			return fmt.Sprint(p[0])
		}
	}
	return plainProvider
}

// Read reads the token out of the file.
func (c CargoToken) Read() (string, error) {
	data, err := os.ReadFile(c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is gone", c.File)
	} else if err != nil {
		return "", fmt.Errorf("read cargo's token: %w", err)
	}
	var credentials struct {
		Registry struct{ Token string }
	}
	if err := toml.Unmarshal(data, &credentials); err != nil {
		return "", fmt.Errorf("%s is not TOML; see cargo login", c.File) // the parser's words may quote it
	}
	if credentials.Registry.Token == "" {
		return "", fmt.Errorf("%s holds no token of crates.io", c.File)
	}
	return credentials.Registry.Token, nil
}
