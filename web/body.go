package web

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// How slowly a client may send.
const (
	// bodyPatience is how long a body may be waited for whatever its pace.
	bodyPatience = 15 * time.Second
	// slowestBody is the pace below which an upload is ended, in bytes per second: what a telephone does at the edge of a network.
	slowestBody = 32 << 10
)

// body is the rest of a request as it comes in. The server hears requests before their bodies have come, so that guards stand before what is large; fasthttp
// has one limit of length and of time for all routes only.
type body struct {
	in       io.Reader
	conn     net.Conn
	patience time.Duration // how long it may be waited for whatever its pace
	count    int64         // bytes that have come
	spent    time.Duration // waiting for them
	pace     int64         // bytes per second that make up for waiting; 0: none do
	ended    bool
	given    bool // back to the server: nothing may be read any more
}

// errBodySlow is what who sends too slowly is told.
var errBodySlow = fiber.ErrRequestTimeout

// Read reads what comes, until the client has been waited for too long.
func (b *body) Read(p []byte) (int, error) {
	patience := b.patience - b.spent
	if b.pace > 0 {
		patience += time.Duration(b.count) * time.Second / time.Duration(b.pace)
	}
	if patience <= 0 {
		return 0, errBodySlow
	}
	start := time.Now()
	if err := b.conn.SetReadDeadline(start.Add(patience)); err != nil {
		return 0, err
	}
	n, err := b.in.Read(p)
	b.spent += time.Since(start)
	b.count += int64(n)
	switch {
	case err == io.EOF:
		b.ended = true
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errBodySlow
	}
	return n, err
}

// all reads a body of at most so many bytes.
func (b *body) all(limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(b, limit+1))
	return content, bodyFault(err, int64(len(content)) > limit)
}

// skip reads on and keeps nothing, so that a client which is still sending hears our answer instead of a broken connection: at most so many bytes.
func (b *body) skip(limit int64) {
	for left := limit; !b.ended && !b.given && left > 0; {
		n, err := io.CopyN(io.Discard, b, min(left, 64<<10))
		left -= n
		if err != nil {
			return
		}
	}
}

// giveBack ends the reading of a body: what asks the request for it gets nothing.
func (b *body) giveBack(r *fasthttp.Request) {
	b.given = true
	r.ResetBody()
}

// bodyFault tells what is wrong with a body that was read.
func bodyFault(err error, tooLarge bool) error {
	switch {
	case tooLarge:
		return fiber.ErrRequestEntityTooLarge
	case err == nil, errors.Is(err, errBodySlow):
		return err
	}
	return fiber.ErrBadRequest // it broke off, or its pieces are not those of HTTP
}

type bodyKey struct{}

// uploadBody gives the body of an upload, which nothing has read yet.
func uploadBody(c *fiber.Ctx) *body {
	b, _ := c.Locals(bodyKey{}).(*body)
	return b
}

// bounded reads the body of a request, up to the limit that holds everywhere; only those of uploads are left to their routes. After a body that was not read
// to its end the connection is closed: what is left of it would be taken for the next request.
func bounded(c *fiber.Ctx) error {
	r := c.Request()
	if !r.IsBodyStream() {
		return c.Next()
	}
	b := &body{in: r.BodyStream(), conn: c.Context().Conn(), patience: bodyPatience}
	defer func() {
		if !b.ended {
			endUnread(c.Context())
		}
	}()
	if takesUpload(c) {
		b.pace = slowestBody
		c.Locals(bodyKey{}, b)
		err := c.Next()
		b.skip(skipAtMost)
		return err
	}
	if r.Header.ContentLength() > maxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	content, err := b.all(maxBody)
	if err != nil {
		return err
	}
	r.SetBodyRaw(content)
	return c.Next()
}

// takesUpload tells whether a request goes to one of the routes that take photos, or a file of zones.
func takesUpload(c *fiber.Ctx) bool {
	if c.Method() != fiber.MethodPost {
		return false
	}
	switch c.Path() {
	case "/api/v1/media":
		return true
	case "/reports":
		return isMultipart(c)
	}
	if rest, ok := strings.CutPrefix(c.Path(), "/admin/zones"); ok {
		return (rest == "" || uploadsRevision(rest)) && isMultipart(c)
	}
	if rest, ok := strings.CutPrefix(c.Path(), "/reports/"); ok {
		_, act, _ := strings.Cut(rest, "/")
		return (act == "comments" || act == "respond") && isMultipart(c)
	}
	return false
}

// uploadsRevision tells whether what stands behind /admin/zones is the route that takes the file of a revision; no other below it does.
func uploadsRevision(rest string) bool {
	parts := strings.Split(rest, "/")
	return len(parts) == 3 && parts[0] == "" && parts[2] == "revisions"
}

func isMultipart(c *fiber.Ctx) bool {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	return strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEMultipartForm)
}
