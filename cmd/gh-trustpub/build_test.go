package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
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
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		// The tests wait for programs and servers most of the time.
		_ = flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0)))
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

// endToEnd skips what takes the program through whole stories, for minutes in
// all: TRUSTPUB_E2E=1 tells them, and so does TRUSTPUB_LONG=1.
func endToEnd(t *testing.T) {
	t.Helper()
	if os.Getenv("TRUSTPUB_E2E") != "1" && os.Getenv("TRUSTPUB_LONG") != "1" {
		t.Skip("TRUSTPUB_E2E=1 tries this from end to end")
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
