package evidence

import "strings"

// Pin is a version of an action with the commit that it stands for, as the
// action's own repository tells.
type Pin struct {
	// Version is a full version tag of the repository ("v4.3.0"), or the ref that
	// was asked for where no such tag stands at the commit.
	Version string
	// Commit is a full commit id.
	Commit string
}

// PinKey is how World.Pins names what was looked up: the repository of the
// action in lower case, since case does not count there, and the ref, in which
// it does. Ref "" is the latest release.
func PinKey(action, ref string) string {
	parts := strings.SplitN(action, "/", 3)
	key := strings.ToLower(strings.Join(parts[:min(len(parts), 2)], "/"))
	if ref == "" {
		return key
	}
	return key + "@" + ref
}

// Pin is what is known of an action ("owner/name" or "owner/name/path") at a
// ref; "" asks for its latest release.
func (w *World) Pin(action, ref string) Fact[Pin] { return w.Pins[PinKey(action, ref)] }
