package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/store"
)

// Account is somebody of the town by whom the service can be tried.
type Account struct {
	Email, Name string
	Role        account.Role
	Services    []string // slugs; an agent is limited to them
	Password    string
}

// password is known to everybody: it opens the demo on this machine only, and is taken away when the town is shown to others.
const password = "port-merael au matin"

// accounts are one of each role, and a second agent who works for another service.
var accounts = []Account{
	{Email: "habitante@port-merael.example", Name: "Lise Kermadec", Role: account.RoleResident},
	{Email: "voirie@port-merael.example", Name: "Yann Le Goff", Role: account.RoleAgent, Services: []string{"roads"}},
	{Email: "proprete@port-merael.example", Name: "Nadia Benali", Role: account.RoleAgent, Services: []string{"cleaning"}},
	{Email: "analyste@port-merael.example", Name: "Paul Tanguy", Role: account.RoleAnalyst},
	{Email: "moderation@port-merael.example", Name: "Inès Moreau", Role: account.RoleModerator},
	{Email: "mairie@port-merael.example", Name: "Anne Le Bihan", Role: account.RoleAdministrator},
}

// Enrol makes the accounts of the town, always the same in the same order, and gives them with their passwords. When the town is shown to everybody each gets
// a new one.
func Enrol(ctx context.Context, people *account.Directory, public bool) ([]Account, error) {
	list := make([]Account, len(accounts))
	for i, a := range accounts {
		a.Password = password
		if public {
			a.Password = account.NewSecret()[:20]
		}
		p, err := people.Enrol(ctx, account.System, a.Email, a.Name, "fr", a.Password)
		if err != nil {
			return nil, err
		}
		if a.Role != account.RoleResident {
			grant := account.Grant{Role: a.Role}
			if grant.Services, err = servicesOf(ctx, people.DB, a.Services); err != nil {
				return nil, err
			}
			if err := people.Grant(ctx, account.System, p.ID, grant); err != nil {
				return nil, err
			}
		}
		list[i] = a
	}
	return list, nil
}

func servicesOf(ctx context.Context, db *store.DB, slugs []string) ([]int32, error) {
	rows, err := db.Query(ctx, `select id from service where slug = any(@slugs)`, pgx.NamedArgs{"slugs": slugs})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("find the services of an account: %w", err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err == nil && len(ids) < len(slugs) { // without its service the agent would have no limits
		err = fmt.Errorf("of the services %v only %d are there", slugs, len(ids))
	}
	return ids, err
}

// Retire takes the known passwords away when a database that holds the town is served without the demo: its accounts let nobody in.
func Retire(ctx context.Context, people *account.Directory) error {
	var note string
	err := people.DB.QueryRow(ctx, `select value from setting where name = @name`, pgx.NamedArgs{"name": settingName}).Scan(&note)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return store.Explain(fmt.Errorf("ask whether the demo is here: %w", err))
	}
	for _, a := range accounts {
		if err := people.Disarm(ctx, account.System, a.Email); err != nil {
			return err
		}
	}
	return nil
}
