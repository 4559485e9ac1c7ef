// Package shell runs the scripts of `run:` steps in the practice world. The
// shell is mvdan.cc/sh; no program of the machine is ever started by it, except
// git in the checkout: every other command is one of ours, and a command that
// there is none for fails, so that nothing is silently green. Scripts see one
// folder as if it were the runner's whole disk.
package shell
