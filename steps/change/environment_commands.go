package change

import (
	"encoding/json"
	"net/url"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// EnvironmentCommands are the calls of gh that fulfil a wish; none when it
// cannot be fulfilled.
func EnvironmentCommands(repo evidence.RepoName, now EnvironmentState, wish EnvironmentWish) []string {
	asked, err := Merge(now, wish)
	if err != nil {
		return nil
	}
	body, err := json.Marshal(environmentBody(asked))
	if err != nil {
		return nil
	}
	host := hostFlag(repo)
	path := "repos/" + repo.String() + "/environments/" + url.PathEscape(wish.Name)
	lines := []string{"gh api" + host + " --method PUT " + path + " --input - <<'END'", string(body), "END"}
	for _, r := range asked.Refs {
		if now.Policy != evidence.RefsCustom || !slices.Contains(now.Refs, r) {
			lines = append(lines, "gh api"+host+" --method POST "+path+"/deployment-branch-policies -f name='"+r.Pattern+"' -f type="+r.Type)
		}
	}
	for _, r := range now.Refs {
		if now.Policy == evidence.RefsCustom && !slices.Contains(asked.Refs, r) {
			id := `gh api` + host + ` ` + path + `/deployment-branch-policies --jq '.branch_policies[] | select(.name=="` + r.Pattern + `" and .type=="` + r.Type + `").id'`
			lines = append(lines, "gh api"+host+" --method DELETE "+path+`/deployment-branch-policies/"$(`+id+`)"`)
		}
	}
	return lines
}
