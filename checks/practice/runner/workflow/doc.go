// Package workflow reads workflow files for the practice world's runner: what
// starts them, which jobs they have, what each job may do. It is written after
// GitHub's "Workflow syntax" pages and shares no code with the part of the
// program that judges workflow files.
package workflow
