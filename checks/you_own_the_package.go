package checks

func youOwnThePackage() Check {
	return Check{
		ID: "you-own-the-package", Step: FirstRelease, Level: Works,
		Claim: "The package at the registry is yours: you own it, or an owner has registered this repository.",
		Why:   "Only an owner can register a publisher; membership of a team, or the right to upload, is not enough.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				switch fact := c.project(p); {
				case fact.Absent(): // it will be whose who publishes it first
				case fact.Unknown():
					findings = append(findings, c.blind(publisherSubject(p), "who owns "+p.Package+" on "+p.Registry.Title(), fact))
				default:
					findings = append(findings, c.perhapsAnother(p, c.belongs(p)))
				}
			}
			return findings
		},
	}
}
