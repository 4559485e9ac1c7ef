package steps

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// State says where a step stands.
type State string

// The states of a step.
const (
	// Done: every check that ends the step is ok, or said where only the
	// maintainer can know.
	Done State = "done"
	// Todo: something is left to do.
	Todo State = "to do"
	// Waiting: it is under way elsewhere (a review, a registry, a later step).
	Waiting State = "waiting"
	// Skipped: the maintainer passed it by, with a reason.
	Skipped State = "skipped"
	// Blind: it cannot be seen whether it is done.
	Blind State = "cannot see"
)

// Scene is what one step shows: why it matters, what is seen now, what would
// be changed, and the ways to get there. It is data; the user interfaces draw
// it.
type Scene struct {
	Step  Step
	State State
	// Now is what is seen, with its source and age.
	Now []Line
	// Wanted is what should be there, with the origin of each value.
	Wanted []Line
	// Preview is what "do it for me" would change with the answers as they
	// stand.
	Preview []change.DiffLine
	// Ways are the ways on, the recommended one first.
	Ways []Way
	// Results are the checks that end this step.
	Results []checks.Result
}

// Line is a sentence with the place where it was seen.
type Line struct {
	// Mark is the verdict that the line stands for; "" for plain text.
	Mark   checks.Verdict
	Text   string
	Source evidence.Source
}

// WayKind says what a way does when it is taken.
type WayKind string

// The kinds of way.
const (
	// Do makes changes after their preview and a yes.
	Do WayKind = "do"
	// Page opens a page in the browser with the values at hand.
	Page WayKind = "page"
	// Commands shows commands to run elsewhere.
	Commands WayKind = "commands"
	// Say records what the maintainer did where nobody can look.
	Say WayKind = "say"
	// Skip passes the step by, with a reason; Unskip takes that back.
	Skip   WayKind = "skip"
	Unskip WayKind = "unskip"
)

// Way is one way to get a step done.
type Way struct {
	Kind  WayKind
	Label string
	// Help is one sentence on what happens, costs or risks.
	Help string
	// Settles names what of the step the way settles: "workflow",
	// "publisher:crates.io:NAME"; "" is the step as a whole. Ways that settle the
	// same are alternatives, the recommended one first: a plan takes one of each.
	// What is named is taken up by a plan even when the step is done otherwise.
	Settles string
	// Offer marks a Do or a Page that is a matter of taste or risk: it is shown, and is no
	// part of a plan.
	Offer bool
	// Waits says what a Page waits for, done by somebody there: "the pull request
	// #7 waits to be merged"; "" where the page is only one way to get it done.
	Waits string
	// Questions are asked first; their answers go to Prepare.
	Questions []Question
	// Prepare turns answers into changes to preview, for the kind Do. It changes
	// nothing and asks no server; it may read the working tree.
	Prepare func(Answers) ([]change.Change, error)
	// Choices marks a Do that only records choices in our own memory: it needs
	// no preview and no yes.
	Choices bool
	// Open is the page of the kind Page. Also are those of the same matter that
	// come after it, one for each further package: a plan leaves all to a person,
	// a screen opens one after the other.
	Open *PageLink
	Also []*PageLink
	// Lines are the commands of the kind Commands, one a line.
	Lines []string
	// Said is recorded by the kind Say.
	Said []evidence.Said
}

// PageLink is a page of a registry or of GitHub with the values that belong
// into it.
type PageLink struct {
	Title string
	// URL is https, with values prefilled where the page takes them.
	URL string
	// Fields are the form's fields in its order, to copy.
	Fields []Field
	// Filled is whether the page has the fields' values from its address.
	Filled bool
	// Note says what to do there, and what the page cannot be told.
	Note string
}

// Field is one field of a form.
type Field struct{ Label, Value, Origin string }

// QuestionKind says how a question is answered.
type QuestionKind string

// The kinds of question.
const (
	Input   QuestionKind = "input"
	Masked  QuestionKind = "masked"
	Choice  QuestionKind = "choice"
	Several QuestionKind = "several"
)

// Question is asked before a way is taken.
type Question struct {
	// ID is the key of the answer.
	ID    string
	Kind  QuestionKind
	Title string
	// Help says what the answer is for; Origin where the prefilled value came
	// from.
	Help, Origin string
	// Default is the prefilled answer; Several joins its values with commas.
	Default string
	Options []Option
	// Most is how many options Several takes; 0 is no bound.
	Most int
	// Check says what is wrong with an answer; nil accepts all.
	Check func(string) error
}

// Option is one possible answer.
type Option struct{ Value, Label string }

// Answers holds answers by question id; those of Several joined with commas.
type Answers map[string]string

// Standing is a step's line in the route.
type Standing struct {
	Step  Step
	State State
	// Reason is why a step is skipped, waiting or blind.
	Reason string
}

// Route is the way as it stands after one look at the world.
type Route struct {
	At        time.Time
	World     *evidence.World
	Report    checks.Report
	Standings []Standing
	// Current is the index of the first step that is neither done nor skipped;
	// len(Standings) when all are.
	Current int
	// Scenes holds the scene of each step.
	Scenes []Scene
}
