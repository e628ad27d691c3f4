package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/exporting"
	"quartier/reports/fault"
)

// format writes reports in one form.
type format struct {
	contentType string
	fileName    string
	begin       func(*bufio.Writer, exporting.Words) writer
}

// writer takes reports one by one. Two forms exist: GeoJSON and CSV.
type writer interface {
	Write(reports.Report) error
	Close() error
}

var (
	geoJSON = format{"application/geo+json", "reports.geojson", func(w *bufio.Writer, words exporting.Words) writer { return exporting.NewGeoJSON(w, words) }}
	csvFile = format{"text/csv; charset=utf-8; header=present", "reports.csv", func(w *bufio.Writer, words exporting.Words) writer { return exporting.NewCSV(w, words) }}
)

// Exports hold a connection of the database or much memory each, for as long as their reader takes.
const (
	exportsAtOnce     = 8 // on one node
	exportsPerAddress = 4
)

// export streams all reports that a filter chooses. Memory stays constant: the database sends as fast as the client reads.
func (s *Server) export(f format) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := strictParameters(c, append(filterNames, "bbox")...)
		if err != nil {
			return err
		}
		v, err := s.vocabulary()
		if err != nil {
			return err
		}
		sel, err := s.selects(p, v)
		if err != nil {
			return err
		}
		if sel.record.Box, err = box(p); err != nil {
			return err
		}
		a := askedOf(c)
		leave, err := s.exports.enter(a.address)
		if err != nil {
			return err
		}
		if err := s.Register.DB.Ping(c.UserContext()); err != nil { // now it can be told; later the answer can only be cut off
			leave()
			return err
		}
		words := v.Words(a.base)
		c.Set(fiber.HeaderContentType, f.contentType)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+f.fileName+`"`)
		s.stream(c, f.fileName, leave, func(ctx context.Context, out *bufio.Writer) error {
			return writeAll(ctx, out, s.Register, a.actor, sel.record, func(out *bufio.Writer) writer { return f.begin(out, words) })
		})
		return nil
	}
}

// stream sends what write writes, while the server runs and for at most streamAtMost, and calls leave when it is over. The request is over for Fiber
// by then: write uses nothing of it but what was copied.
func (s *Server) stream(c *fiber.Ctx, name string, leave func(), write func(context.Context, *bufio.Writer) error) {
	read, pipe := io.Pipe()
	go func() {
		defer leave()
		ctx, cancel := context.WithTimeout(s.running, streamAtMost)
		defer cancel()
		// With an error the connection is closed without the last chunk, so that no client takes a part for the whole.
		defer context.AfterFunc(ctx, func() { pipe.CloseWithError(ctx.Err()) })()
		out := bufio.NewWriterSize(pipe, 64<<10)
		err := write(ctx, out)
		if err == nil {
			err = out.Flush()
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			s.logFailure(fiber.MethodGet, name, fiber.StatusInternalServerError, err)
		}
		pipe.CloseWithError(err)
	}()
	c.Context().SetBodyStream(read, -1)
}

// writeAll writes all reports that a filter chooses.
func writeAll(ctx context.Context, out *bufio.Writer, r *reports.Register, actor account.Actor, f reports.Filter, begin func(*bufio.Writer) writer) error {
	w := begin(out)
	if err := r.Each(ctx, actor, f, w.Write); err != nil {
		return err
	}
	return w.Close()
}

// zoneExport sends the zones of a set as GeoJSON.
func (s *Server) zoneExport(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	set := v.Set(strings.TrimSuffix(pathPart(c, "set"), ".geojson"))
	if set == nil {
		return fault.Missing()
	}
	c.Set(fiber.HeaderContentType, geoJSON.contentType)
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		if exporting.WriteZones(out, set) == nil {
			_ = out.Flush()
		}
	})
	return nil
}
