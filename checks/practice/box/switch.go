package box

import "context"

// Switch is a link by which the person in front of the browser becomes
// another one: in the practice world nobody has a password.
type Switch struct {
	// Login is whom the link signs in.
	Login string
	// URL is the link, relative to the loopback pages.
	URL string
}

type switchKey struct{}

// WithSwitches marks a request with the links that change its person.
func WithSwitches(ctx context.Context, switches []Switch) context.Context {
	return context.WithValue(ctx, switchKey{}, switches)
}

// Switches lists the links that change the person of a request; none for a
// request that came through the proxy.
func Switches(ctx context.Context) []Switch {
	switches, _ := ctx.Value(switchKey{}).([]Switch)
	return switches
}
