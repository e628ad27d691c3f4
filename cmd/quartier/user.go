package main

import (
	"fmt"
	"net"
	"strings"
	"text/tabwriter"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// userCommand looks after accounts, roles and groups, beside a running server or without one.
type userCommand struct {
	Add     userAdd     `cmd:"" help:"${cli_user_add}"`
	Role    userRole    `cmd:"" help:"${cli_user_role}"`
	List    userList    `cmd:"" help:"${cli_user_list}"`
	Block   userBlock   `cmd:"" help:"${cli_user_block}"`
	Unblock userUnblock `cmd:"" help:"${cli_user_unblock}"`
	Reset   userReset   `cmd:"" help:"${cli_user_reset}"`
	Group   userGroup   `cmd:"" help:"${cli_user_group}"`
}

// userScope is a role and what it is limited to.
type userScope struct {
	Role     string   `help:"${cli_user_roles}" enum:",agent,analyst,moderator,administrator" default:"" placeholder:"ROLE"`
	Service  []string `help:"${cli_user_service}" placeholder:"SLUG"`
	Category []string `help:"${cli_user_category}" placeholder:"SLUG"`
	Zone     []string `help:"${cli_user_zone}" placeholder:"SET/CODE"`
}

type userEmail struct {
	Email string `help:"${cli_user_email}" required:"" placeholder:"ADDRESS"`
}

// siteSettings tell where the server is reached, for links.
type siteSettings struct {
	Listen    string `help:"${cli_listen}" env:"QUARTIER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL string `help:"${cli_public_url}" env:"QUARTIER_PUBLIC_URL" placeholder:"URL"`
	BasePath  string `help:"${cli_base_path}" env:"QUARTIER_BASE_PATH" placeholder:"PATH"`
}

type userAdd struct {
	userEmail
	userScope
	siteSettings
	Name     string `help:"${cli_user_name}" placeholder:"NAME"`
	Language string `help:"${cli_user_language}" enum:"fr,en" default:"fr"`
}

type userRole struct {
	userEmail
	userScope
	Withdraw bool `help:"${cli_user_withdraw}"`
}

type userList struct {
	Search string `arg:"" optional:"" help:"${cli_user_search}"`
}

type (
	userBlock   struct{ userEmail }
	userUnblock struct{ userEmail }
	userReset   struct{ userEmail }
)

// userGroup looks after groups.
type userGroup struct {
	Add    groupAdd    `cmd:"" help:"${cli_user_group_add}"`
	Member groupMember `cmd:"" help:"${cli_user_group_member}"`
	List   groupList   `cmd:"" help:"${cli_user_group_list}"`
}

type groupAdd struct {
	Name  string `arg:"" help:"${cli_user_group_name}"`
	About string `help:"${cli_user_group_about}" placeholder:"TEXT"`
}

type groupMember struct {
	Group string `arg:"" help:"${cli_user_group_slug}"`
	userEmail
	Lead   bool `help:"${cli_user_group_lead}"`
	Remove bool `help:"${cli_user_group_remove}"`
}

type groupList struct{}

// people runs what works on accounts.
func (p *program) people(do func(*account.Directory) error) error {
	db, closeDB, err := p.upToDate()
	if err != nil {
		return err
	}
	defer closeDB()
	return do(&account.Directory{DB: db, Now: time.Now})
}

// say writes a sentence on the output.
func (p *program) say(word string, args map[string]any) {
	fmt.Fprintln(p.stdout, p.language.Say(word, args))
}

// grant finds the services, categories and zones that a role is limited to.
func (s *userScope) grant(p *program, db *store.DB) (account.Grant, error) {
	g := account.Grant{Role: account.Role(s.Role)}
	catalogue, err := reports.ReadCatalogue(p.ctx, db)
	if err != nil {
		return g, err
	}
	for _, slug := range s.Service {
		one := catalogue.ServiceNamed(slug)
		if one == nil {
			return g, fault.New(fault.Invalid, "user.unknown.service", fault.Args{"slug": slug})
		}
		g.Services = append(g.Services, one.ID)
	}
	for _, slug := range s.Category {
		one := catalogue.CategoryNamed(slug)
		if one == nil {
			return g, fault.New(fault.Invalid, "user.unknown.category", fault.Args{"slug": slug})
		}
		g.Categories = append(g.Categories, one.ID)
	}
	if len(s.Zone) == 0 {
		return g, nil
	}
	atlas, err := zone.Read(p.ctx, db, account.System)
	if err != nil {
		return g, err
	}
	for _, ref := range s.Zone {
		one, err := atlas.Find("zone", ref)
		if err != nil {
			return g, err
		}
		g.Zones = append(g.Zones, one.ID)
	}
	return g, nil
}

// Run makes an account, gives it a role if one is named, and tells the link by which it is entered for the first time.
func (c *userAdd) Run(p *program) error {
	site, err := c.site()
	if err != nil {
		return err
	}
	return p.people(func(people *account.Directory) error {
		grant, err := c.grant(p, people.DB) // before anything is written
		if err != nil {
			return err
		}
		one, made, err := people.Add(p.ctx, account.System, c.Email, c.Name, language.Of(c.Language).Tag)
		if err != nil {
			return err
		}
		if c.Role != "" {
			if err := people.Grant(p.ctx, account.System, one.ID, grant); err != nil {
				return err
			}
		}
		link, err := people.Invite(p.ctx, account.System, one.ID, site)
		if err != nil {
			return err
		}
		word := "user.known"
		if made {
			word = "user.added"
		}
		p.say(word, map[string]any{"email": one.Email, "number": one.ID})
		p.say("user.link", map[string]any{"link": link})
		return nil
	})
}

// site is the address by which the server is reached.
func (s *siteSettings) site() (string, error) {
	origin, base, err := (&serveSettings{PublicURL: s.PublicURL, BasePath: s.BasePath}).site()
	if err != nil {
		return "", err
	}
	if origin == "" {
		_, port, err := net.SplitHostPort(s.Listen)
		if err != nil {
			return "", listenFault(s.Listen, err)
		}
		origin = "http://localhost:" + port
	}
	return origin + base, nil
}

// Run gives a role, takes it away, or without one tells which there are.
func (c *userRole) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		one, err := people.Called(p.ctx, account.System, c.Email)
		if err != nil {
			return err
		}
		if c.Role != "" && !c.Withdraw {
			grant, err := c.grant(p, people.DB)
			if err != nil {
				return err
			}
			if err := people.Grant(p.ctx, account.System, one.ID, grant); err != nil {
				return err
			}
		}
		grants, err := people.Grants(p.ctx, one.ID)
		if err != nil {
			return err
		}
		for _, g := range grants {
			if c.Withdraw && (c.Role == "" || string(g.Role) == c.Role) {
				if err := people.Withdraw(p.ctx, account.System, one.ID, g.ID); err != nil {
					return err
				}
				continue
			}
			p.say("user.has", map[string]any{"role": g.Role, "services": len(g.Services), "categories": len(g.Categories), "zones": len(g.Zones)})
		}
		return nil
	})
}

// Run lists accounts, the newest first.
func (c *userList) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		filter := account.PeopleFilter{Search: c.Search, Limit: 500}
		for more := true; more; {
			var list []account.Listed
			var err error
			if list, more, err = people.People(p.ctx, account.System, filter); err != nil {
				return err
			}
			for _, one := range list {
				var roles []string
				for _, r := range one.Roles {
					roles = append(roles, string(r))
				}
				state := ""
				if one.Blocked {
					state = p.language.Say("user.blocked", nil)
				}
				fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\n", one.ID, one.Email, one.Name, strings.Join(roles, ","), state)
				filter.Before = one.ID
			}
		}
		return out.Flush()
	})
}

// Run keeps somebody from signing in.
func (c *userBlock) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		one, err := people.Called(p.ctx, account.System, c.Email)
		if err != nil {
			return err
		}
		return people.Block(p.ctx, account.System, one.ID)
	})
}

// Run lets somebody sign in again.
func (c *userUnblock) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		one, err := people.Called(p.ctx, account.System, c.Email)
		if err != nil {
			return err
		}
		return people.Unblock(p.ctx, account.System, one.ID)
	})
}

// Run forgets passkeys and second factor.
func (c *userReset) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		one, err := people.Called(p.ctx, account.System, c.Email)
		if err != nil {
			return err
		}
		return people.Reset(p.ctx, account.System, one.ID)
	})
}

// Run makes a group.
func (c *groupAdd) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		id, err := people.MakeGroup(p.ctx, account.System, c.Name, c.About)
		if err != nil {
			return err
		}
		g, _, err := people.Group(p.ctx, account.System, id)
		if err == nil {
			fmt.Fprintln(p.stdout, g.Slug)
		}
		return err
	})
}

// Run takes somebody into a group, or out of it.
func (c *groupMember) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		group, err := people.GroupNamed(p.ctx, account.System, c.Group)
		if err != nil {
			return err
		}
		if !c.Remove {
			return people.AddMember(p.ctx, account.System, group, c.Email, c.Lead)
		}
		one, err := people.Called(p.ctx, account.System, c.Email)
		if err != nil {
			return err
		}
		return people.RemoveMember(p.ctx, account.System, group, one.ID)
	})
}

// Run lists groups by name.
func (*groupList) Run(p *program) error {
	return p.people(func(people *account.Directory) error {
		groups, err := people.Groups(p.ctx, account.System)
		out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, g := range groups {
			fmt.Fprintf(out, "%s\t%s\t%d\n", g.Slug, g.Name, g.Size)
		}
		if err != nil {
			return err
		}
		return out.Flush()
	})
}
