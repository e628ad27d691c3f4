package main

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"quartier/reports/account"
	"quartier/reports/demo"
	"quartier/reports/fault"
	"quartier/tiles/basemap"
)

// demoGuard refuses to show the demo to everybody unless that is wanted: who opens the address must be on this machine. A name that is not
// localhost may be anybody's, and no host at all means every interface.
func (s *serveSettings) demoGuard() error {
	if !s.Demo || s.DemoPublic {
		return nil
	}
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil // no address to listen on: told by who tries
	}
	address, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && address.Unmap().IsLoopback() {
		return nil
	}
	return fault.New(fault.Invalid, "failure.demo_public", fault.Args{"listen": s.Listen})
}

// demo fills an empty database with the demo town and gives the town's ground; nil: the database holds something else, and it says what. At every start it
// tells by which accounts the town can be tried: on the output, which is not where logs go.
func (p *program) demo(people *account.Directory, city *time.Location, public bool) (basemap.Ground, error) {
	town := demo.Build()
	begun := time.Now()
	done, err := town.Fill(p.ctx, people.DB, account.System, city, begun)
	if err != nil {
		return nil, err
	}
	say := func(word string, args map[string]any) { fmt.Fprintln(p.stderr, p.language.Say(word, args)) }
	switch done.State {
	case demo.Filled:
		say("serve.demo_filled", map[string]any{
			"town": town.Name, "reports": p.language.Number(int64(done.Reports)), "addresses": p.language.Number(done.Addresses),
			"seconds": fmt.Sprintf("%.1f", time.Since(begun).Seconds()),
		})
	case demo.Outdated:
		say("serve.demo_outdated", map[string]any{"town": town.Name})
		return nil, demo.Retire(p.ctx, people)
	case demo.Mixed:
		say("serve.demo_mixed", map[string]any{"town": town.Name})
		return nil, demo.Retire(p.ctx, people)
	case demo.Others:
		say("serve.demo_not_empty", nil)
		return nil, nil
	}
	accounts, err := demo.Enrol(p.ctx, people, public)
	if err != nil {
		return nil, err
	}
	p.say("serve.demo_accounts", nil)
	for _, a := range accounts {
		p.say("serve.demo_account", map[string]any{"email": a.Email, "password": a.Password, "role": p.language.Say("admin.role."+string(a.Role), nil)})
	}
	return basemap.Draw(town.Features, town.Attribution), nil
}
