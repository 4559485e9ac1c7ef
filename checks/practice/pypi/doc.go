// Package pypi is PyPI, and TestPyPI, in the practice world: uploads, the
// simple and JSON interfaces, trusted publishing, and the pages on which a
// maintainer registers publishers and makes tokens. One implementation serves
// both as two instances that share nothing.
//
// It decides by its own code, in the order of the server's source (warehouse
// commit 6b62157, 2026-08-21), and refuses with the server's own texts.
//
// Not served: organisations, publishers other than GitHub's, search, rendering
// of descriptions, the list of classifiers, and the signatures of attestations,
// of which only what they are about is checked.
package pypi
