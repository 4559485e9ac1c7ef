package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestYouCanAdminister(t *testing.T) {
	const id = "you-can-administer"
	rights := func(admin, push bool) func(*testing.T, *evidence.World) {
		return changedRepository(func(r *evidence.Repository) { r.Admin, r.Push = admin, push })
	}
	nobody := func(t *testing.T, w *evidence.World) {
		rights(false, false)(t, w)
		w.GitHub.User = evidence.Absent[evidence.User](api)
	}
	runRows(t, []row{
		{"an administrator", id, rights(true, true), "", OK, "ana administers acme/data"},
		{"one who pushes", id, rights(false, true), "", Wrong, "ana may push to acme/data and cannot change its settings"},
		{"one who reads", id, rights(false, false), "", Wrong, "ana may read acme/data"},
		{"a token that is nobody's", id, func(t *testing.T, w *evidence.World) {
			rights(false, true)(t, w)
			w.GitHub.User = evidence.Unknown[evidence.User](api, "403")
		}, "", Wrong, "the token that is used may push to"},
		{"by the role that GitHub tells", id, func(t *testing.T, w *evidence.World) {
			rights(false, true)(t, w)
			w.GitHub.Role = evidence.Seen("maintain", api)
		}, "", Wrong, "ana has the role maintain in acme/data"},
		{"a role that the token hides", id, func(t *testing.T, w *evidence.World) {
			rights(false, false)(t, w)
			w.GitHub.Role = evidence.Seen("admin", api)
		}, "", OK, "ana administers"},
		{"nobody", id, nobody, "", Unknown, "sign in with"},
		{"out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "api.github.com did not answer")
		}, "", Unknown, "did not answer"},
	})
	w := ready(t)
	w.GitHub.Repository = evidence.Absent[evidence.Repository](api)
	notApplicable(t, w, id)
}

func TestDefaultTokenReadOnly(t *testing.T) {
	const id = "default-token-read-only"
	level := func(f evidence.Fact[string]) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { w.GitHub.DefaultTokenPermission = f }
	}
	runRows(t, []row{
		{"read", id, nothing, "", OK, "is read"},
		{"write", id, level(evidence.Seen("write", api)), "", Wrong, "is write"},
		{"out of sight", id, level(evidence.Unknown[string](api, "needs admin rights")), "", Unknown, "needs admin rights"},
	})
}
