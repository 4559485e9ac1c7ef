package change

import (
	"errors"
	"slices"
)

// Outcome is what became of a change.
type Outcome struct {
	ID, Title string
	// Became says it in a word or two: "done", "was there".
	Became string
	// Err is why it failed; nil when it did not.
	Err error
	// Apart is the change's own.
	Apart bool
}

// AllError is a failure that the changes after it would meet as well: the token,
// the network, a limit.
type AllError struct{ Err error }

// Error is the failure's.
func (e *AllError) Error() string { return e.Err.Error() }

// Unwrap gives the failure.
func (e *AllError) Unwrap() error { return e.Err }

// MayGoOn says whether changes that stand by themselves can be tried after one of
// them failed.
func MayGoOn(err error) bool {
	var all *AllError
	return !errors.As(err, &all)
}

// cameTo tells what became of the change, where that is not plainly "done".
func (h Hands) cameTo(what string) {
	if h.Became != nil {
		h.Became(what)
	}
}

// stoodSo tells that nothing was changed, since all stood as asked for.
func (h Hands) stoodSo(what string) {
	h.cameTo(what)
	if h.Untouched != nil {
		h.Untouched()
	}
}

// Like says whether two changes that stand apart show the same, so that it is
// shown once for both.
func Like(a, b Change) bool {
	return a.Apart && b.Apart && a.Lasting == b.Lasting && slices.Equal(a.Preview, b.Preview)
}

// LikeNext says whether the change of index i shows what the next one shows.
func LikeNext(changes []Change, i int) bool {
	return i+1 < len(changes) && Like(changes[i], changes[i+1])
}
