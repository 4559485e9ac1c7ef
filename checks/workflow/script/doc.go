// Package script reads the shell scripts of run steps: which commands they
// would start, with which arguments and variables.
//
// Scripts are parsed, not searched: text inside quotes, comments and
// here-documents for other programs is no command. Nothing is executed.
package script
