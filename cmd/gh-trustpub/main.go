// Command gh-trustpub takes a maintainer from publishing by token to trusted
// publishing; as a gh extension it runs as "gh trustpub".
package main

import (
	"os"

	"github.com/trustpub/gh-trustpub/cmd/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
