package trust

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Nearest compares what a job presents with the publisher that is most like it.
// same tells whether two values of a field are equal at the registry. A value
// that is not known on either side is no difference.
func Nearest(job identity.Identity, publishers []identity.Publisher, same func(f identity.Field, presented, registered string) bool) (identity.Publisher, []Difference) {
	var nearest identity.Publisher
	var least []Difference
	bestScore := -1
	for _, p := range publishers {
		differences := compare(job, p, same)
		if score := likeness(differences); score > bestScore {
			nearest, least, bestScore = p, differences, score
		}
	}
	return nearest, least
}

func compare(job identity.Identity, p identity.Publisher, same func(identity.Field, string, string) bool) []Difference {
	var found []Difference
	for _, f := range identity.Fields() {
		presented, registered := job.Text(f), p.Text(f)
		if f != identity.FieldEnvironment && (presented == "" || registered == "") {
			continue
		}
		if !same(f, presented, registered) {
			found = append(found, Difference{f, presented, registered})
		}
	}
	return found
}

// likeness weighs a difference of the repository more than one of its file, so
// that the publisher that was meant is the nearest; a difference of case alone
// hardly counts.
func likeness(differences []Difference) int {
	weight := map[identity.Field]int{
		identity.FieldOwner: 16, identity.FieldRepository: 16, identity.FieldOwnerID: 2,
		identity.FieldWorkflow: 4, identity.FieldEnvironment: 2,
	}
	score := 100
	for _, d := range differences {
		if strings.EqualFold(d.Presented, d.Registered) {
			score--
			continue
		}
		score -= weight[d.Field]
	}
	return score
}
