package change

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCargoToken(t *testing.T) {
	for _, row := range []struct {
		name  string
		files map[string]string
		env   map[string]string
		// file is the end of the file's name, or elsewhere what is read instead.
		file, elsewhere, token, says string
	}{
		{name: "none"},
		{name: "the usual file", files: map[string]string{"credentials.toml": "[registry]\ntoken = \"cio1\"\n"}, file: "credentials.toml", token: "cio1"},
		{name: "the old name comes first", files: map[string]string{"credentials": "[registry]\ntoken = \"cio2\"\n", "credentials.toml": "[registry]\ntoken = \"cio1\"\n"}, file: "credentials", token: "cio2"},
		{name: "of another registry", files: map[string]string{"credentials.toml": "[registries.mine]\ntoken = \"x\"\n"}, file: "credentials.toml", says: "holds no token"},
		{name: "broken", files: map[string]string{"credentials.toml": "[registry\ntoken = \"cio-secret\"\n"}, file: "credentials.toml", says: "not TOML"},
		{name: "a keychain", files: map[string]string{"credentials.toml": "[registry]\ntoken = \"old\"\n", "config.toml": "[registry]\ncredential-provider = \"cargo:macos-keychain\"\n"}, elsewhere: "cargo:macos-keychain"},
		{name: "a program with words", files: map[string]string{"config.toml": "[registry]\ncredential-provider = [\"pass-it\", \"--x\"]\n"}, elsewhere: "pass-it"},
		{name: "providers for all", files: map[string]string{"config.toml": "[registry]\nglobal-credential-providers = [\"cargo:libsecret\"]\n"}, elsewhere: "cargo:libsecret"},
		{name: "the file among the providers", files: map[string]string{"credentials.toml": "[registry]\ntoken = \"cio1\"\n", "config.toml": "[registry]\nglobal-credential-providers = [\"cargo:libsecret\", \"cargo:token\"]\n"}, file: "credentials.toml", token: "cio1"},
		{name: "by the environment", env: map[string]string{"CARGO_REGISTRY_CREDENTIAL_PROVIDER": "cargo:wincred"}, elsewhere: "cargo:wincred"},
		{name: "the file by the environment", files: map[string]string{"credentials.toml": "[registry]\ntoken = \"cio1\"\n", "config.toml": "[registry]\ncredential-provider = \"pass-it\"\n"},
			env: map[string]string{"CARGO_REGISTRY_CREDENTIAL_PROVIDER": "cargo:token"}, file: "credentials.toml", token: "cio1"},
		{name: "a broken configuration", files: map[string]string{"credentials.toml": "[registry]\ntoken = \"cio1\"\n", "config.toml": "["}, file: "credentials.toml", token: "cio1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			home := t.TempDir()
			if err := os.Mkdir(filepath.Join(home, ".cargo"), 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range row.files {
				if err := os.WriteFile(filepath.Join(home, ".cargo", name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			found := FindCargoToken(func(name string) string { return row.env[name] }, home)
			if filepath.Base("x/"+found.File) != filepath.Base("x/"+row.file) || found.Elsewhere != row.elsewhere {
				t.Fatalf("%+v", found)
			}
			if found.File == "" {
				return
			}
			token, err := found.Read()
			if token != row.token || row.says != "" && (err == nil || !strings.Contains(err.Error(), row.says)) || err != nil && strings.Contains(err.Error(), "cio-secret") {
				t.Errorf("%q, %v", token, err)
			}
		})
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "credentials.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := FindCargoToken(func(name string) string { return map[string]string{"CARGO_HOME": elsewhere}[name] }, "/nowhere"); !strings.HasPrefix(got.File, elsewhere) {
		t.Errorf("CARGO_HOME is not heeded: %+v", got)
	}
}
