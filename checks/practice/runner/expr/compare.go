package expr

import (
	"strings"

	"github.com/rhysd/actionlint"
)

// Equal is GitHub's loose equality: strings compare without case, values of
// different kinds compare as numbers, lists and mappings only with themselves.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.EqualFold(x, y)
		}
	case *Object:
		y, ok := b.(*Object)
		return ok && x == y
	case []any:
		return sameList(x, b)
	case filtered:
		return false
	case nil:
		if b == nil {
			return true
		}
	}
	return number(a) == number(b)
}

func sameList(x []any, b any) bool {
	y, ok := b.([]any)
	return ok && len(x) == len(y) && len(x) > 0 && &x[0] == &y[0]
}

// order is negative, zero or positive; ok is false where the values have no
// order (one of them is not a number), which makes every comparison false.
func order(a, b any) (int, bool) {
	x, xs := a.(string)
	y, ys := b.(string)
	if xs && ys {
		return strings.Compare(strings.ToUpper(x), strings.ToUpper(y)), true
	}
	m, n := number(a), number(b)
	switch {
	case m < n:
		return -1, true
	case m > n:
		return 1, true
	case m == n:
		return 0, true
	}
	return 0, false
}

func compare(kind actionlint.CompareOpNodeKind, a, b any) bool {
	switch kind {
	case actionlint.CompareOpNodeKindEq:
		return Equal(a, b)
	case actionlint.CompareOpNodeKindNotEq:
		return !Equal(a, b)
	}
	c, ok := order(a, b)
	if !ok {
		return false
	}
	switch kind {
	case actionlint.CompareOpNodeKindLess:
		return c < 0
	case actionlint.CompareOpNodeKindLessEq:
		return c <= 0
	case actionlint.CompareOpNodeKindGreater:
		return c > 0
	}
	return c >= 0
}
