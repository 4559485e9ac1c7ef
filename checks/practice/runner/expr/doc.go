// Package expr evaluates GitHub Actions expressions for the practice world's
// runner. The grammar comes from actionlint's parser; the values, coercions and
// functions are written after GitHub's page "Evaluate expressions in workflows
// and actions" and the open source of actions/runner (src/Sdk/Expressions).
package expr
