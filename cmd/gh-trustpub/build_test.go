package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// program is the real binary, built once for all tests here.
var program string

func TestMain(m *testing.M) {
	if os.Getenv(gitVariable) != "" { // the git of a program that may be killed
		os.Exit(asGit())
	}
	dir, err := os.MkdirTemp("", "gh-trustpub-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "gh-trustpub")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		os.Exit(1)
	}
	record := filepath.Join(dir, "exchanges")
	_ = os.Setenv("TRUSTPUB_PRACTICE_RECORD", record)
	code := m.Run()
	if ok, err := heldAgainstContract(record); !ok && code == 0 {
		fmt.Fprintln(os.Stderr, "an exchange in a practice world is none that GitHub or crates.io could have", err)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// unraced skips what -short leaves out: tests of the whole program, which is
// built without the race detector anyway, while the world around it is raced by
// others.
func unraced(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves it out")
	}
}

// need skips a test on a machine without a program, where that is allowed.
func need(t *testing.T, name string) {
	t.Helper()
	if exec.Command(name, "--version").Run() == nil {
		return
	}
	if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s does not work on this machine, and no skip is allowed here", name)
	}
	t.Skipf("%s is not installed", name)
}
