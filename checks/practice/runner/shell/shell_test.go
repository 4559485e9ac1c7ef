package shell

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type result struct {
	code        int
	out, errOut string
}

func sandbox(t *testing.T) (*Shell, Place) {
	t.Helper()
	place, err := NewPlace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(place, map[string]Command{"hello": func(_ context.Context, c *Call) int {
		_, err := c.Stdout.Write([]byte("hello " + strings.Join(c.Args, "+") + " " + c.Env("WHO") + "\n"))
		return exitOf(c, err)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s, place
}

func run(t *testing.T, s *Shell, place Place, text string, options ...string) result {
	t.Helper()
	var out, problems bytes.Buffer
	code, err := s.Run(context.Background(), Script{Text: text, Name: "step", Options: options, Dir: place.Work(),
		Env: []string{"WHO=ana", "HOME=" + place.Home()}, Stdout: &out, Stderr: &problems})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return result{code, out.String(), problems.String()}
}

func TestScripts(t *testing.T) {
	for text, want := range map[string]string{
		`hello a b; X=1; echo "${X:-no} ${WHO^^}"`:                                                                           "hello a+b ana\n1 ANA\n",
		`printf 'b\na\na\n' | sort -u | tr a-z A-Z`:                                                                          "A\nB\n",
		`printf 'v1.10.0\nv1.9.0\n' | sort -V | tail -n 1`:                                                                   "v1.10.0\n",
		`echo "refs/tags/v1.2.3" | sed 's|refs/tags/v||'`:                                                                    "1.2.3\n",
		`echo a1b22 | sed -E 's/([0-9]+)/<\1>/g'`:                                                                            "a<1>b<22>\n",
		`printf '[package]\nversion = "1.2.3"\n' | sed -n 's/^version *= *"\(.*\)"/\1/p'`:                                    "1.2.3\n",
		`printf 'a\nb\nc\n' | sed -n 2p; printf 'a\nb\n' | sed /a/d`:                                                         "b\nb\n",
		`printf 'version = "0.3.0"\n' | grep -E '^version' | cut -d '"' -f 2`:                                                "0.3.0\n",
		`printf 'one\nTwo\n' | grep -ic two; printf 'ab\n' | grep -o b`:                                                      "1\nb\n",
		`grep -q x <<< xyz && echo yes || echo no`:                                                                           "yes\n",
		`mkdir -p d/e && echo hi > d/e/f && cp -r d g && cat g/e/f && ls d && rm -rf d && ls d 2>/dev/null || echo gone`:     "hi\ne\ngone\n",
		`echo x | tee a.txt > /dev/null; mv a.txt b.txt; test -f b.txt && head -1 b.txt`:                                     "x\n",
		`basename /a/b.tar.gz .gz; dirname /a/b`:                                                                             "b.tar\n/a\n",
		`for f in $(seq 3); do echo -n $f; done; echo`:                                                                       "123\n",
		`echo to-tmp > /tmp/x && cat /tmp/x`:                                                                                 "to-tmp\n",
		`while read -r l; do echo "<$l>"; done < <(printf 'p\nq\n')`:                                                         "<p>\n<q>\n",
		`bash -c 'echo $1' zero one; echo 'echo "from file $1"' > s.sh; bash s.sh x; chmod +x s.sh; ./s.sh y`:                "one\nfrom file x\nfrom file y\n",
		`env A=1 B=2 bash -c 'echo $A$B$WHO'`:                                                                                "12ana\n",
		`if command -v hello >/dev/null; then echo has; fi; command -v cmake || echo lacks`:                                  "has\nlacks\n",
		`echo -n abc | sha256sum | cut -c 1-8; echo -n hi | base64; echo aGk= | base64 -d`:                                   "ba7816bf\naGk=\nhi",
		`date -u -d @0 +%Y-%m-%dT%H:%M:%SZ`:                                                                                  "1970-01-01T00:00:00Z\n",
		`touch q1 q2; ls q*; echo q*; find . -name 'q*' -type f | wc -l`:                                                     "q1\nq2\nq1 q2\n2\n",
		`printf 'a=1\nb=2\n' > f; sed -i 's/1/[&]/;' f || sed -i 's/1/[&]/' f; cat f`:                                        "a=[1]\nb=2\n",
		`sed -E 's#(a)(b)#\2\1$#' <<< ab; sed 's/X/y/I' <<< x; sed -n '/b/p' <<< $'a\nb'`:                                    "ba$\ny\nb\n",
		`printf '10\n9\n9\n' | sort -n | uniq; printf 'a b\nc\n' | wc -w`:                                                    "9\n10\n3\n",
		`d=$(mktemp -d); f=$(mktemp); test -d "$d" && test -f "$f" && [ -r "$f" ] && echo made; uname -s`:                    "made\nLinux\n",
		`echo 'echo in $1' | bash; mkdir -p k; (cd k && realpath . | grep -o '/k$'); test -x k && echo x`:                    "in\n/k\nx\n",
		`printf 'a,b,c\nplain\n' | cut -d , -f 1,3-; printf 'abc\n' | tr -d b; printf '1\n2\n3\n' | tail -n +2 | head -n -1`: "a,c\nplain\nac\n2\n",
		`f() { return 3; }; f || echo $?`:                                                                                    "3\n",
	} {
		s, place := sandbox(t)
		got := run(t, s, place, text, "-e", "-o", "pipefail")
		if got.out != want || got.code != 0 {
			t.Errorf("%s\n= %d %q %q\nwant %q", text, got.code, got.out, got.errOut, want)
		}
	}
}

func TestFailures(t *testing.T) {
	for text, want := range map[string]struct {
		code int
		part string
	}{
		"npm publish":                      {127, "practice runner: npm is not installed on this runner"},
		"/usr/bin/env true":                {126, "outside of this runner's folder"},
		"../../../bin/sh -c true":          {126, "outside"},
		"exit 7":                           {7, ""},
		"false; echo never":                {1, ""},
		"false | cat; echo never":          {1, ""},
		"grep x <<< abc":                   {1, ""},
		"echo x > /etc/motd":               {1, "outside of this runner's folder"},
		"cat /etc/passwd":                  {1, "outside of this runner's folder"},
		"cat ../../../../../../etc/passwd": {1, "outside of this runner's folder"},
		"rm -rf /":                         {1, "outside"},
		"rm -rf ~":                         {1, "outside"},
		"cp nothing here":                  {1, "No such file or directory"},
		"awk '{print $1}'":                 {2, "awk is not in practice"},
		"sed 'y/a/b/' <<< x":               {2, "is not in practice"},
		"ls --color=auto":                  {2, "is not in practice"},
		"if; then":                         {2, "step:1"},
		"source /etc/profile":              {1, "outside"},
		"./nothing.sh":                     {127, "No such file"},
		"cat nope.txt":                     {1, "nope.txt"},
		"echo '#!/usr/bin/python3' > p; chmod +x p; ./p": {126, "only shell scripts"},
	} {
		s, place := sandbox(t)
		got := run(t, s, place, text, "-e", "-o", "pipefail")
		if got.code != want.code || !strings.Contains(got.errOut, want.part) || strings.Contains(got.out, "never") {
			t.Errorf("%s = %d %q %q, want %d %q", text, got.code, got.out, got.errOut, want.code, want.part)
		}
	}
}

func TestLinksDoNotLeadOut(t *testing.T) {
	s, place := sandbox(t)
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out": outside, "dangling": filepath.Join(outside, "new")} {
		if err := os.Symlink(target, filepath.Join(place.Work(), name)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	for _, text := range []string{"cat out/secret", "echo x > out/new", "echo x > dangling", "rm -rf out/secret", "test -f out/secret"} {
		if got := run(t, s, place, text); got.code == 0 {
			t.Errorf("%s went through: %q", text, got.out)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside now has %v (%v)", entries, err)
	}
}

func TestNothingOfTheMachineGetsIn(t *testing.T) {
	t.Setenv("CARGO_REGISTRY_TOKEN", "real-secret")
	s, place := sandbox(t)
	if got := run(t, s, place, "env; echo $CARGO_REGISTRY_TOKEN; echo $PATH"); strings.Contains(got.out, "real-secret") || !strings.Contains(got.out, "WHO=ana") {
		t.Errorf("the script saw %q", got.out)
	}
}

func TestCancelling(t *testing.T) {
	s, place := sandbox(t)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := s.Run(ctx, Script{Text: "while true; do sleep 1; done", Dir: place.Work(), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	if err == nil || time.Since(begun) > 3*time.Second {
		t.Errorf("ended with %v after %v", err, time.Since(begun))
	}
}

func TestShown(t *testing.T) {
	_, place := sandbox(t)
	if got := place.Shown("in " + place.Work() + "/r/r"); filepath.ToSlash(got) != "in /home/runner/work/r/r" {
		t.Errorf("shown as %q", got)
	}
}

func FuzzScript(f *testing.F) {
	for _, seed := range []string{"echo $((1/0))", "cat <<EOF\nx\nEOF", "sed 's/a/b' <<< a", "tr a-z", "cut -f 0", "head -n -1", "grep '(' <<< x", ": ${x?}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, place := sandbox(t)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = s.Run(ctx, Script{Text: text, Dir: place.Work(), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	})
}
