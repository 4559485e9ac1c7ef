package template

// platform is one for which wheels with native code are built.
type platform struct {
	// Name tells jobs and artifacts apart; Runner is GitHub's label, Target
	// Rust's name of the platform.
	Name, Runner, Target string
	// Linker is "zig", or "own" for the system's.
	Linker string
}

// Platforms are the usual ones: those for which most projects on PyPI have
// wheels. maturin comes from PyPI on each runner: its action would start
// containers and download programs that nothing pins.
func (view) Platforms() []platform {
	return []platform{
		{"linux-x86_64", "ubuntu-latest", "x86_64-unknown-linux-gnu", "zig"},
		{"linux-aarch64", "ubuntu-24.04-arm", "aarch64-unknown-linux-gnu", "zig"},
		{"musllinux-x86_64", "ubuntu-latest", "x86_64-unknown-linux-musl", "zig"},
		{"musllinux-aarch64", "ubuntu-24.04-arm", "aarch64-unknown-linux-musl", "zig"},
		{"macos-x86_64", "macos-15-intel", "x86_64-apple-darwin", "own"},
		{"macos-arm64", "macos-latest", "aarch64-apple-darwin", "own"},
		{"windows-x86_64", "windows-latest", "x86_64-pc-windows-msvc", "own"},
	}
}

// Pythons are the versions of CPython that are still looked after, as of
// November 2026, without the newest: a project's own tools may not know that
// one yet.
func (view) Pythons() []string { return []string{"3.11", "3.12", "3.13", "3.14"} }
