package contract

// Gap is a place where a server and its own description part. What is in it is
// known to happen all the same.
type Gap struct {
	// Host is the server's, "api.github.com" or "crates.io".
	Host string
	// Method and Path name the operation, the path as the description has it.
	// Either may be "", which means every one.
	Method, Path string
	// Status is an answer that the description does not list, or, where both
	// Method and Path are given, lists in a way that no answer can meet.
	Status int
	// Field is a field of a request that is taken, while the description says
	// that there are none but those it lists. It has no Status.
	Field string
	// Reason says how that is known.
	Reason string
}

// Gaps are all that are known. Everything else that goes to api.github.com or
// crates.io, and comes back, is held against the descriptions; of redirects
// alone the validator checks neither status nor body.
var Gaps = []Gap{
	{Host: "api.github.com", Status: 401, Reason: "any request with a wrong token, and writes without one"},
	{Host: "api.github.com", Status: 403, Reason: "any request whose token may not do it, or has used up its hour"},
	{Host: "api.github.com", Status: 404, Reason: "anything that is not there or may not be seen; the environment, secret and Actions operations list no error at all"},
	{Host: "api.github.com", Status: 400, Reason: "any body that is not JSON"},
	{Host: "api.github.com", Status: 422, Reason: "any body that is refused; several operations list success only"},
	{Host: "api.github.com", Status: 409, Reason: "selected-actions while allowed_actions is another; commits and trees of an empty repository"},
	{Host: "api.github.com", Method: "PUT", Path: "/repos/{owner}/{repo}/contents/{path}", Status: 409,
		Reason: "described as oneOf two schemas without any required field: every object meets both"},
	{Host: "api.github.com", Method: "PUT", Path: "/repos/{owner}/{repo}/environments/{environment_name}", Field: "can_admins_bypass",
		Reason: "go-github v92 and the Terraform provider for GitHub send it, and GitHub stores it and answers it"},
}
