package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// heldAgainstContract reads what went over the wires of all practice worlds of
// these tests, whoever asked, and reports each exchange that GitHub or
// crates.io could not have had.
func heldAgainstContract(record string) (ok bool, err error) {
	file, err := os.Open(record)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil // no test that ran opened a world
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	var ledger contract.Ledger
	lines := json.NewDecoder(file)
	for {
		var x box.Exchange
		switch err := lines.Decode(&x); {
		case errors.Is(err, io.EOF):
			return told(&ledger), nil
		case err != nil:
			return false, err
		}
		ledger.Note(x)
	}
}

func told(ledger *contract.Ledger) bool {
	faults := ledger.Faults()
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, "against the servers' own descriptions:", fault)
	}
	fmt.Println("contract:", ledger.Summary())
	if os.Getenv("TRUSTPUB_CONTRACT_OPERATIONS") != "" {
		operations := ledger.Operations()
		for _, name := range slices.Sorted(maps.Keys(operations)) {
			fmt.Printf("contract: %6d %s\n", operations[name], name)
		}
	}
	return len(faults) == 0
}
