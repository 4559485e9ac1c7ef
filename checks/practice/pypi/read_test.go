package pypi

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTheSimpleInterface(t *testing.T) {
	w := newWorld(t, PyPI)
	token := w.tokenOf("ana", "t", "")
	for _, version := range []string{"1.10", "1.9", "2.0rc1"} {
		if a := w.send(token, sdist("My.Proj", version).with("requires_python", ">=3.9")); a.status != 200 {
			t.Fatal(a.body)
		}
	}
	a := w.get("https://pypi.org/simple/my-proj/", kindSimpleJSON)
	var list struct {
		Meta struct {
			Api_version string `json:"api-version"`
		}
		Name     string
		Status   struct{ Status string } `json:"project-status"`
		Versions []string
		Files    []simpleFile
	}
	w.must(json.Unmarshal([]byte(a.body), &list))
	if list.Name != "my-proj" || list.Status.Status != "active" || strings.Join(list.Versions, " ") != "1.9 1.10 2.0rc1" || a.header.Get("Content-Type") != kindSimpleJSON {
		t.Errorf("%s", a.body)
	}
	f := list.Files[0]
	if got := w.get(f.URL); got.status != 200 || sha256Hex([]byte(got.body)) != f.Hashes["sha256"] || *f.RequiresPython != ">=3.9" || f.Provenance != nil {
		t.Errorf("the file: %d, %+v", got.status, f)
	}
	for accept, kind := range map[string]string{
		"": kindHTML, "*/*": kindHTML, "image/png": kindHTML, kindSimpleHTML: kindSimpleHTML,
		kindSimpleJSON + ", " + kindSimpleHTML + ";q=0.2, text/html;q=0.01": kindSimpleJSON,
	} {
		if got := w.get("https://pypi.org/simple/my-proj/", accept).header.Get("Content-Type"); got != kind {
			t.Errorf("Accept %q: %s", accept, got)
		}
	}
	if a := w.get("https://pypi.org/simple/my-proj/"); !strings.Contains(a.body, `data-requires-python="&gt;=3.9"`) {
		t.Errorf("%s", a.body)
	}
	if a := w.get("https://pypi.org/simple/My_Proj/"); a.status != 301 || a.header.Get("Location") != "/simple/my-proj/" {
		t.Errorf("another spelling: %d %s", a.status, a.header.Get("Location"))
	}
	if a := w.get("https://pypi.org/simple/none/"); a.status != 404 || a.body != "404 Not Found\n" {
		t.Errorf("%d %q", a.status, a.body)
	}
	if a := w.get("https://pypi.org/simple/", kindSimpleJSON); !strings.Contains(a.body, `"name":"My.Proj"`) {
		t.Errorf("%s", a.body)
	}
	w.must(w.SetStatus("my-proj", "archived"))
	if a := w.get("https://pypi.org/simple/my-proj/", kindSimpleJSON); !strings.Contains(a.body, `"status":"archived"`) {
		t.Errorf("%s", a.body)
	}
}

func TestTheJSONInterface(t *testing.T) {
	w := newWorld(t, PyPI)
	token := w.tokenOf("ana", "t", "")
	for _, version := range []string{"1.0", "2.0rc1"} {
		if a := w.send(token, sdist("proj", version).with("project_urls", "Source, https://github.com/acme/x")); a.status != 200 {
			t.Fatal(a.body)
		}
	}
	w.must(w.SetRole("proj", "mo", Maintainer))
	var shown struct {
		Info struct {
			Name, Version, Summary string
			Project_urls           map[string]string
		}
		Releases  map[string][]struct{ Filename string }
		Ownership struct {
			Roles        []struct{ Role, User string }
			Organization *string
		}
		Urls []struct{ Packagetype string }
	}
	w.must(json.Unmarshal([]byte(w.get("https://pypi.org/pypi/proj/json").body), &shown))
	if shown.Info.Version != "1.0" || len(shown.Releases) != 2 || shown.Info.Project_urls["Source"] == "" || shown.Urls[0].Packagetype != "sdist" {
		t.Errorf("%+v", shown)
	}
	if got := shown.Ownership.Roles; len(got) != 2 || got[0].User != "ana" || got[0].Role != "Owner" || got[1].Role != "Maintainer" {
		t.Errorf("roles %+v", got)
	}
	w.must(json.Unmarshal([]byte(w.get("https://pypi.org/pypi/proj/2.0rc1/json").body), &shown))
	if shown.Info.Version != "2.0rc1" {
		t.Errorf("%+v", shown.Info)
	}
	for _, path := range []string{"none/json", "proj/9.9/json", "proj/nonsense/json"} {
		if a := w.get("https://pypi.org/pypi/" + path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestAWorldTakenUpAgain(t *testing.T) {
	w := newWorld(t, TestPyPI)
	token := w.tokenOf("ana", "t", "")
	if a := w.send(token, sdist("proj", "1.0")); a.status != 200 {
		t.Fatal(a.body)
	}
	_, err := w.AddPublisher("proj", trusted)
	w.must(err)
	w.reopen()
	if len(w.Publishers("proj")) != 1 || w.send(token, sdist("proj", "1.1")).status != 200 {
		t.Error("publishers or tokens are lost")
	}
	if f := w.project("proj").Releases[0].Files[0]; w.get(w.fileURL(f)).status != 200 || !strings.HasPrefix(w.fileURL(f), "https://test-files.pythonhosted.org/packages/") {
		t.Error("the file is lost")
	}
}

func TestRepr(t *testing.T) {
	for text, want := range map[string]string{"a": "'a'", "it's": `"it's"`, `'"`: `'\'"'`, "a\nb\x00": `'a\nb\x00'`, `a\b`: `'a\\b'`} {
		if got := repr(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestNamesThatAreTheSameOrTooSimilar(t *testing.T) {
	for _, c := range []struct {
		a, b          string
		same, similar bool
	}{
		{"A.b_c--d", "a-b-c-d", true, true}, {"abc", "a-b-c", false, true}, {"lib", "1ib", false, true}, {"foo", "f00", false, true}, {"foo", "bar", false, false},
	} {
		if (normalized(c.a) == normalized(c.b)) != c.same || (confusable(c.a) == confusable(c.b)) != c.similar {
			t.Errorf("%s and %s", c.a, c.b)
		}
	}
}

func TestAFileWithoutAttestationsStaysSo(t *testing.T) {
	w := newWorld(t, PyPI)
	if a := w.send(w.tokenOf("ana", "t", ""), sdist("proj", "1.0")); a.status != 200 {
		t.Fatal(a.body)
	}
	w.reopen()
	var list struct{ Files []simpleFile }
	w.must(json.Unmarshal([]byte(w.get("https://pypi.org/simple/proj/", kindSimpleJSON).body), &list))
	if f := list.Files[0]; f.Provenance != nil {
		t.Errorf("provenance %q after the world was taken up again", *f.Provenance)
	}
	if a := w.get("https://pypi.org/integrity/proj/1.0/proj-1.0.tar.gz/provenance", kindIntegrity); a.status != 404 {
		t.Errorf("provenance: %d %s", a.status, a.body)
	}
}
