package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// authAction mints a token of crates.io.
const authAction = "rust-lang/crates-io-auth-action"

// exchange turns the uploads of a job to one registry from a token that is kept
// to one that is exchanged, with all that this takes in the file: the exchange,
// its permission, and the environment.
func exchange(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	registry := identity.Registry(r.Subject[strings.LastIndexByte(r.Subject, ' ')+1:])
	places := slices.DeleteFunc(d.places(path, job), func(p workflow.Publishing) bool {
		return p.Registry != registry || p.DryRun || p.Means == workflow.MeansExchange || p.Credential == workflow.CredentialExchange && len(p.Secrets) == 0
	})
	if len(places) == 0 {
		return errors.New("the step exchanges a token already, and cannot run where it stands: publish in a job of its own")
	}
	if err := convertible(places); err != nil {
		return err
	}
	if err := d.convert(path, places); err != nil {
		return err
	}
	if err := d.complete(path, places[0]); err != nil {
		return err
	}
	d.promise(places)
	return nil
}

// convertible says why places cannot be converted where they stand.
func convertible(places []workflow.Publishing) error {
	for _, p := range places {
		switch {
		case p.Inner != nil:
			return fmt.Errorf("line %d publishes inside the action %s, whose own file has to be changed", p.Line, p.Step.Uses)
		case p.Doubt != "":
			return fmt.Errorf("line %d: %s", p.Line, p.Doubt)
		case p.Triggered == nil:
			return errors.New("nothing in this repository starts the job")
		}
	}
	return nil
}

func (d *draft) convert(path string, places []workflow.Publishing) error {
	switch means := places[0].Means; {
	case slices.ContainsFunc(places, func(p workflow.Publishing) bool { return p.Means != means }):
		return errors.New("the job publishes in several ways: put each into a job of its own")
	case means == workflow.MeansCargo, means == workflow.MeansCargoRelease, means == workflow.MeansCargoWorkspaces:
		return d.exchangeCrates(path, places)
	case means == workflow.MeansAction && places[0].Registry == identity.CratesIO:
		return d.exchangeCrates(path, places)
	case means == workflow.MeansReleasePlz:
		return d.dropEnv(path, places, cargoToken)
	case means == workflow.MeansPyPIAction:
		return d.dropPassword(path, places)
	case means == workflow.MeansUV:
		return d.exchangeByUV(path, places)
	case means == workflow.MeansTwine:
		return d.uploadByAction(path, places)
	default:
		return fmt.Errorf("%s exchanges no token: build with it, and publish with pypa/gh-action-pypi-publish in a job of its own", means)
	}
}

// complete gives the job what an exchange needs beside the step.
func (d *draft) complete(path string, p workflow.Publishing) error {
	if p.Grant(d.c.World.GitHub.DefaultTokenPermission.Or("")).IDToken.Level != "write" {
		if len(p.Callers) > 0 {
			return fmt.Errorf("the job that calls it, %s, has to grant id-token: write too", p.Callers[len(p.Callers)-1].Job.ID)
		}
		if err := d.doesNothingElse(p); err != nil {
			return err
		}
		if err := d.grant(path, p.Job.ID, permission{"id-token", "write"}); err != nil {
			return err
		}
	}
	if p.Job.Environment == nil {
		return d.inEnvironment(p)
	}
	return nil
}

// doesNothingElse says why a job cannot have the identity and the environment of
// a release: it also runs when nothing is released, and would ask for a review
// each time.
func (d *draft) doesNothingElse(p workflow.Publishing) error {
	if event := d.c.RunsBeside(p); event != "" {
		return fmt.Errorf("the job %s also runs by %s when nothing is published, and would then have the environment and the identity of a release: publish in a job of its own", p.Job.ID, event)
	}
	return nil
}

// promise says what has to be so before the repaired file is used.
func (d *draft) promise(places []workflow.Publishing) {
	title := places[0].Registry.Title()
	d.note("Register the publisher at " + title + " before the next release: from then on the workflow gets its token there.")
	for _, p := range places {
		for _, secret := range p.Secrets {
			d.note("The secret " + secret + " stays where it is until a release has proven that it works without.")
		}
	}
}

// dropEnv takes variables out of the steps of places and out of their job, and
// out of the whole file where no other job publishes by them.
func (d *draft) dropEnv(path string, places []workflow.Publishing, names ...string) error {
	levels := d.around(places)
	for _, p := range places {
		levels = append(levels, in(p.Job.ID, "steps", p.Step.Index))
	}
	before := d.texts[path]
	for _, at := range levels {
		for _, name := range names {
			if err := d.dropFrom(path, at, "env", name); err != nil {
				return err
			}
		}
	}
	if d.texts[path] != before {
		d.tell("take the token out of the environment")
	}
	return nil
}

// alone says whether no other job of the file publishes to the registry by a
// secret.
func (d *draft) alone(places []workflow.Publishing) bool {
	return !slices.ContainsFunc(d.c.Publishing, func(p workflow.Publishing) bool {
		return p.File == places[0].File && p.Job != places[0].Job && p.Registry == places[0].Registry && len(p.Secrets) > 0
	})
}

// dropFrom takes an entry out of a mapping of a step or a job, and the mapping
// with its last entry.
func (d *draft) dropFrom(path string, at yamltext.Path, mapping, name string) error {
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		switch {
		case !t.Has(at.Of(mapping, name)):
			return t, nil
		case len(t.Keys(at.Of(mapping))) == 1:
			return t.Drop(at, mapping)
		}
		return t.Drop(at.Of(mapping), name)
	})
}
