package pypi

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func filled(change ...string) url.Values {
	form := url.Values{
		"project_name": {"newproj"}, "owner": {"ACME"}, "repository": {"MiXed"}, "workflow_filename": {" publish.yml "}, "environment": {"Release"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

const (
	pendingPath = "/manage/account/publishing/"
	projectPath = "/manage/project/proj/settings/publishing/"
)

// TestFormsSayWhatIsWrongWithEachField holds the texts of
// warehouse/oidc/forms/github.py and _core.py.
func TestFormsSayWhatIsWrongWithEachField(t *testing.T) {
	const inEnvironment = "Environment name must not contain non-printable characters or the characters"
	for _, c := range []struct{ field, value, text string }{
		{"owner", "", "Specify GitHub repository owner (username or organization)"},
		{"owner", "-acme", "Invalid GitHub user or organization name."},
		{"owner", "nobody", "Unknown GitHub user or organization."},
		{"owner", "limited", "GitHub has rate-limited this action. Try again in a few minutes."},
		{"owner", "broken", "Unexpected error from GitHub. Try again."},
		{"repository", "", "Specify repository name"},
		{"repository", "a/b", "Invalid repository name"},
		{"workflow_filename", " ", "Specify workflow filename"},
		{"workflow_filename", "publish", "Workflow name must end with .yml or .yaml"},
		{"workflow_filename", "a/b.yml", "Workflow filename must be a filename only, without directories"},
		{"environment", strings.Repeat("e", 256), "Environment name is too long (maximum is 255 characters)"},
		{"environment", " e", "Environment name may not start with whitespace"},
		{"environment", "e ", "Environment name may not end with whitespace"},
		{"environment", "e'", inEnvironment},
		{"environment", "a\tb", inEnvironment},
	} {
		t.Run(c.field+" "+c.text[:12], func(t *testing.T) {
			w := newWorld(t, PyPI)
			w.must(w.AddProject("proj", "ana"))
			for _, path := range []string{pendingPath, projectPath} {
				w.mustSee("ana", path, filled(c.field, c.value), "The trusted publisher could not be registered", c.text)
			}
			if len(w.PendingPublishers())+len(w.Publishers("proj")) != 0 {
				t.Error("something was registered")
			}
		})
	}
	w := newWorld(t, PyPI)
	w.must(w.AddProject("mine", "ana"))
	w.must(w.AddProject("theirs", "eve"))
	for name, text := range map[string]string{
		"": "Specify project name", "-a": "Invalid project name", "Theirs": "This project already exists.",
		"mine": "use the project&#39;s publishing settings", "the1rs": "This project name is too similar to an existing project",
		"asyncio": "This project name isn&#39;t allowed (conflict with the Python standard library module name)",
	} {
		w.mustSee("ana", pendingPath, filled("project_name", name), "The trusted publisher could not be registered", text)
	}
}

func TestWhatIsTypedIsRegistered(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	w.mustSee("ana", projectPath, filled(), "Added publish.yml in https://github.com/Acme/MiXed to proj", "Acme/MiXed")
	want := Identity{Owner: "Acme", OwnerID: "65", Repository: "MiXed", Workflow: "publish.yml", Environment: "release"}
	if got := w.Publishers("proj"); len(got) != 1 || got[0].Identity != want {
		t.Fatalf("registered %+v", got)
	}
	w.mustSee("ana", projectPath, filled(), "publish.yml is already registered with proj")
	w.mustSee("ana", pendingPath, filled(), "Registered a new pending publisher to create the project &#39;newproj&#39;.")
	if got := w.PendingPublishers(); len(got) != 1 || got[0].Identity != want || got[0].Project != "newproj" || got[0].AddedBy != "ana" {
		t.Fatalf("pending %+v", got)
	}
	w.mustSee("ana", projectPath, url.Values{"publisher_id": {w.Publishers("proj")[0].ID}}, "Removed trusted publisher for project &#39;proj&#39;")
	w.mustSee("ana", pendingPath, url.Values{"publisher_id": {w.PendingPublishers()[0].ID}}, "Removed trusted publisher for project &#39;newproj&#39;")
	if len(w.PendingPublishers())+len(w.Publishers("proj"))+len(w.db.Publishers) != 0 {
		t.Error("something is left")
	}
}

func TestTheProjectsPageTakesValuesInItsAddressAndTheAccountsDoesNot(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	const values = "?provider=github&owner=acme&repository=x&workflow_filename=publish.yml&environment=release"
	w.mustSee("ana", projectPath+values, nil, "Proceed with caution!", `name="owner" value="acme"`, `name="repository" value="x"`,
		`name="workflow_filename" value="publish.yml"`, `name="environment" value="release"`)
	for _, path := range []string{pendingPath + values, strings.Replace(projectPath+values, "github", "gitlab", 1)} {
		if body := w.mustSee("ana", path, nil, `name="owner" value=""`); strings.Contains(body, "publish.yml\"") {
			t.Errorf("%s is filled in", path)
		}
	}
}

func TestOnlyOwnersManageAProject(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	w.must(w.SetRole("proj", "mo", Maintainer))
	p, err := w.AddPublisher("proj", trusted)
	w.must(err)
	for person, status := range map[string]int{"": 403, "eve": 403, "mo": 403, "ana": 200} {
		if got, _ := w.browse(person, projectPath, nil); got != status {
			t.Errorf("%q: %d", person, got)
		}
		if person != "ana" {
			w.browse(person, projectPath, filled())
			w.browse(person, projectPath, url.Values{"publisher_id": {p.ID}})
		}
	}
	if got := w.Publishers("proj"); len(got) != 1 || got[0] != p {
		t.Errorf("a stranger changed the publishers: %+v", got)
	}
	if got, _ := w.browse("ana", "/manage/project/none/settings/publishing/", nil); got != 404 {
		t.Errorf("no such project: %d", got)
	}
	w.mustSee("ana", projectPath, url.Values{"publisher_id": {"nonsense"}}, "Invalid publisher for project")
}

func TestPendingPublishersAreFew(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddUser(User{Username: "new", Email: "n@example.com"}))
	w.mustSee("new", pendingPath, filled(), "You must have a verified email in order to register a pending trusted publisher.")
	w.mustSee("ana", pendingPath, filled(), "Registered")
	w.mustSee("ana", pendingPath, filled(), "This trusted publisher has already been registered.")
	w.mustSee("ana", pendingPath, filled("project_name", "another"),
		"A pending trusted publisher matching this configuration has already been registered for a different project name.")
	w.mustSee("ana", pendingPath, filled("project_name", "another", "environment", "two"), "Registered")
	w.mustSee("ana", pendingPath, filled("project_name", "third", "environment", "three"), "Registered")
	w.mustSee("ana", pendingPath, filled("project_name", "fourth", "environment", "four"), "You can&#39;t register more than 3 pending trusted publishers at once.")
	w.mustSee("eve", pendingPath, url.Values{"publisher_id": {w.PendingPublishers()[0].ID}}, "Invalid publisher ID")
	if len(w.PendingPublishers()) != 3 {
		t.Error("a stranger removed one")
	}
	w.now = noon.Add(31 * 24 * time.Hour)
	w.mustSee("ana", pendingPath, filled("project_name", "fourth", "environment", "four"), "Registered")
}

func TestRegistrationsAreLimited(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	for range maxRegistrations {
		w.browse("ana", projectPath, filled("workflow_filename", "no"))
	}
	if status, body := w.browse("ana", projectPath, filled()); status != 429 || !strings.Contains(body, tooManyRegistrations) {
		t.Errorf("attempt 101: %d", status)
	}
	w.now = noon.Add(24 * time.Hour)
	w.mustSee("ana", projectPath, filled(), "Added publish.yml")
}

// TestAnOwnerMadeAnewKeepsTheOldId shows a trap of the real index: the owner's id
// is no part of what makes a publisher the same, so that registering again after
// an account was made anew finds the old one, with the old id.
func TestAnOwnerMadeAnewKeepsTheOldId(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	w.must(w.AddProject("second", "ana"))
	old := Identity{Owner: "Acme", OwnerID: "1", Repository: "MiXed", Workflow: "publish.yml", Environment: "release"}
	_, err := w.AddPublisher("proj", old)
	w.must(err)
	w.mustSee("ana", "/manage/project/second/settings/publishing/", filled(), "Added publish.yml")
	if got := w.Publishers("second")[0].OwnerID; got != "1" {
		t.Errorf("owner id %q", got)
	}
}

func TestTheTokenIsShownOnceAndWorks(t *testing.T) {
	w := newWorld(t, PyPI)
	w.must(w.AddProject("proj", "ana"))
	const path = "/manage/account/token/"
	w.mustSee("ana", path, url.Values{}, "Specify a token name", "Specify the token scope")
	w.mustSee("ana", path, url.Values{"description": {strings.Repeat("d", 101)}, "token_scope": {"nonsense"}}, "Description must be 100 characters or less", "Unknown token scope: nonsense")
	w.mustSee("ana", path, url.Values{"description": {"t"}, "token_scope": {"scope:project:theirs"}}, "Unknown or invalid project name: theirs")
	body := w.mustSee("ana", path, url.Values{"description": {"ci"}, "token_scope": {"scope:project:proj"}}, "ci")
	shown := regexp.MustCompile(`<section id="token">\s*<pre[^>]*>(pypi-AgEIcHlwaS5vcmc[\w-]+)</pre>`).FindStringSubmatch(body)
	if shown == nil {
		t.Fatalf("no token is shown: %s", body)
	}
	w.mustSee("ana", path, url.Values{"description": {"ci"}, "token_scope": {"scope:user"}}, "API token name already in use")
	if _, again := w.browse("ana", path, nil); strings.Contains(again, shown[1]) {
		t.Error("it is shown a second time")
	}
	if a := w.send(shown[1], sdist("proj", "1.0")); a.status != 200 {
		t.Errorf("it is of no use: %s", a.said())
	}
	w.mustSee("ana", "/project/proj/", nil, "proj-1.0.tar.gz", "Uploaded by ana")
	w.mustSee("", "/", nil, "/project/proj/")
	w.browse("ana", path, url.Values{"remove": {"ci"}})
	if a := w.send(shown[1], sdist("proj", "1.1")); a.status != 403 {
		t.Errorf("a removed token is taken: %d", a.status)
	}
}

func TestAnAddressIsVerifiedInTwoSteps(t *testing.T) {
	w := newWorld(t, PyPI)
	const path = "/manage/account/"
	w.mustSee("new", path, nil, "No email address")
	w.mustSee("new", path, url.Values{"email": {"nonsense"}}, "The email address isn&#39;t valid. Try again.")
	w.mustSee("new", path, url.Values{"email": {"new@example.com"}}, "Unverified")
	w.mustSee("new", path, url.Values{"confirm": {"yes"}}, "Verified")
	if !w.user("new").Verified {
		t.Error("not verified")
	}
}
