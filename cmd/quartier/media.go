package main

import (
	"fmt"
	"time"

	"quartier/reports/fault"
	"quartier/reports/media"
)

// mediaCommand looks after photos.
type mediaCommand struct {
	Move mediaMove `cmd:"" help:"${cli_media_move}"`
}

// mediaMove moves photos between the data folder and the bucket.
type mediaMove struct {
	mediaSettings
	Back bool `help:"${cli_media_back}"`
	Keep bool `help:"${cli_media_keep}"`
}

// Run moves them all, and fails if some have no files.
func (c *mediaMove) Run(p *program) error {
	bucket, err := c.bucket()
	if err != nil {
		return err
	}
	if bucket == nil {
		return fault.New(fault.Invalid, "failure.no_bucket", nil)
	}
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	from, err := media.Open(p.ctx, db, p.settings.Data, nil, time.Now)
	if err != nil {
		return err
	}
	to, err := media.Open(p.ctx, db, p.settings.Data, bucket, time.Now)
	if err != nil {
		return err
	}
	if c.Back {
		from, to = to, from
	}
	moved, err := from.Move(p.ctx, to, c.Keep)
	fmt.Fprintln(p.stdout, p.language.Say("media.moved", map[string]any{"photos": moved.Photos, "known": moved.Known, "missing": moved.Missing}))
	if err == nil && moved.Missing > 0 {
		err = errTold
	}
	return err
}
