// Package cratesio is crates.io in the practice world: its sparse index, its
// publish protocol, its API, its trusted publishing, and the pages that a crate
// owner uses in the browser.
//
// It decides by its own code, in the order of the server's source (crates.io
// commit 57fa000, 2026-08-21), and refuses with the server's own texts, so that
// what a real client makes of them can be seen.
//
// Not served: publishers of GitLab, search, download counts, and owner
// invitations; whom a crate belongs to is set with [Service.AddOwner].
package cratesio
