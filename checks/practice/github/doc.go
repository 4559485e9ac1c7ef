// Package github is GitHub in the practice world: the API at api.github.com,
// the pages at github.com, and the place where jobs ask for identity tokens.
//
// [Store] holds what GitHub knows: people, repositories with their settings,
// runs. It decides by itself who may do what, and which ref may deploy where;
// nothing of the program that is practised with is imported. The runner of
// workflows (another package) is told through [Hooks] and works through the
// store's methods. [Store.Services] are the hosts that it answers for.
package github
