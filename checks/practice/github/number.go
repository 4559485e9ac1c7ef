package github

import "time"

// number gives ids and times to what an edit has added without.
func (s *Store) number(repo *Repository) {
	for _, e := range repo.Environments {
		s.numberEnvironment(e)
	}
	for _, r := range repo.Rulesets {
		if r.ID == 0 {
			r.ID = s.id()
		}
		s.date(&r.CreatedAt, &r.UpdatedAt)
	}
	s.dateSecrets(repo.Secrets)
	s.dateSecrets(repo.DependabotSecrets)
	s.dateVariables(repo.Variables)
}

func (s *Store) numberEnvironment(e *Environment) {
	if e.ID == 0 {
		e.ID = s.id()
	}
	s.date(&e.CreatedAt, &e.UpdatedAt)
	if e.Policy == "" {
		e.Policy = AllRefs
	}
	for i := range e.Policies {
		if e.Policies[i].ID == 0 {
			e.Policies[i].ID = s.id()
		}
	}
	for i := range e.Apps {
		if e.Apps[i].ID == 0 {
			e.Apps[i].ID, e.Apps[i].AppID = s.id(), s.id()
		}
	}
	for i := range e.Others {
		if e.Others[i].ID == 0 {
			e.Others[i].ID = s.id()
		}
	}
	for _, rule := range []*int64{&e.TimerRuleID, &e.ReviewRuleID, &e.PolicyRuleID} {
		if *rule == 0 {
			*rule = s.id()
		}
	}
	s.dateSecrets(e.Secrets)
	s.dateVariables(e.Variables)
}

// date gives times to what has none.
func (s *Store) date(created, updated *time.Time) {
	if created.IsZero() {
		*created, *updated = s.now(), s.now()
	}
}

func (s *Store) dateSecrets(secrets []Secret) {
	for i := range secrets {
		s.date(&secrets[i].CreatedAt, &secrets[i].UpdatedAt)
	}
}

func (s *Store) dateVariables(variables []Variable) {
	for i := range variables {
		s.date(&variables[i].CreatedAt, &variables[i].UpdatedAt)
	}
}
