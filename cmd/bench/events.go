package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Reach of the event stream.
const (
	clientTarget = 20.0 // kB for an idle client; what is less than 0.1 cannot be told from the noise
	crowdReach   = 1 / 1.2
	crowdRounds  = 3
)

// measureEvents lets many clients listen for changes around the towns, and looks at the server's memory and at other people's tiles, with and without
// them in turns, while 100 changes a second arrive.
func measureEvents(ctx context.Context, b *bench) ([]result, error) {
	db, url, err := b.filled(ctx, b.n)
	if err != nil {
		return nil, err
	}
	server, err := begin(ctx, "server", serverSpec{url})
	if err != nil {
		return nil, err
	}
	defer server.end()
	list := regions[0].listTiles(b.n, b.tiles)
	address, err := server.address()
	if err != nil {
		return nil, err
	}
	changes := startChanging(ctx, db, b.n)
	defer changes.stop()
	var times [2][]float64
	var alone, crowded uint64 // resident bytes of the server: before the first crowd, and beside one at most
	look := func(side int) error {
		changes.on.Store(true)
		defer changes.on.Store(false)
		for range crowdRounds {
			t, err := b.lookAround(address, list)
			if err != nil {
				return err
			}
			times[side] = append(times[side], t.times...)
		}
		return nil
	}
	if err := look(0); err != nil { // warm
		return nil, err
	}
	times[0] = nil
	for range crowdRounds {
		if err := look(0); err != nil {
			return nil, err
		}
		var before, after serverFigures
		if err := server.ask(usageQuestion{Collected: true}, &before); err != nil {
			return nil, err
		}
		if alone == 0 { // what a crowd leaves behind is used again by the next
			alone = before.Usage.Resident
		}
		crowd, err := gather(address, b.clients)
		if err != nil {
			return nil, err
		}
		if err := server.ask(usageQuestion{Collected: true}, &after); err != nil {
			return nil, err
		}
		crowded = max(crowded, after.Usage.Resident)
		err = look(1)
		crowd.leave()
		if err != nil {
			return nil, err
		}
	}
	if err := changes.stop(); err != nil {
		return nil, err
	}
	each := max(0, float64(crowded)-float64(alone)) / 1e3 / float64(b.clients)
	return []result{
		within(fmt.Sprintf("memory of an idle client of %d", b.clients), b.n, max(0.1, each), clientTarget, "kB"),
		less(fmt.Sprintf("tile p99 beside %d clients / without", b.clients), b.n, percentile(times[1], 99), percentile(times[0], 99), "ms", crowdReach),
	}, nil
}

// crowd is clients that listen.
type crowd struct {
	conns   []net.Conn
	reading sync.WaitGroup
}

// patience is how long a server may take to begin a stream.
const patience = 10 * time.Second

// gather connects clients, each with the box of a town, and returns when all streams have begun.
func gather(address string, n int) (*crowd, error) {
	c := &crowd{}
	towns := regions[0].towns
	for i := range n {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			c.leave()
			return nil, err
		}
		c.conns = append(c.conns, conn)
		t := &towns[i%len(towns)]
		box := fmt.Sprintf("%.5f,%.5f,%.5f,%.5f", t.lon-t.spreadLon, t.lat-t.spreadLat, t.lon+t.spreadLon, t.lat+t.spreadLat)
		if _, err = conn.Write(get("/api/v1/events?bbox=" + box)); err != nil {
			c.leave()
			return nil, err
		}
	}
	for _, conn := range c.conns {
		_ = conn.SetReadDeadline(time.Now().Add(patience)) // of a connection of ours
		first := make([]byte, 12)
		if _, err := io.ReadFull(conn, first); err != nil || string(first[9:]) != "200" {
			c.leave()
			return nil, fmt.Errorf("an event stream begins with %q: %w", first, err)
		}
		_ = conn.SetReadDeadline(time.Time{})
		c.reading.Go(func() { _, _ = io.Copy(io.Discard, conn) }) // until it is closed
	}
	return c, nil
}

// leave closes all.
func (c *crowd) leave() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.reading.Wait()
}
