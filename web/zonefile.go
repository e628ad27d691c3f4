package web

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/importing"
	"quartier/reports/zone"
	"quartier/web/page"
)

// Bounds of a file of zones that is uploaded: larger ones are imported at the machine.
const (
	maxZoneFile     = 32 << 20  // bytes, as sent
	maxZoneUnpacked = 128 << 20 // bytes
	maxZoneField    = 4 << 10   // bytes of another field of the form
	maxZoneParts    = 20
	zoneWait        = 5 * time.Minute // for the file, and for the reports to be decided again
)

// zoneUpload is a form with a file of zones.
type zoneUpload struct {
	typed page.Typed
	name  string // of the file
	file  *importing.File
}

func (u *zoneUpload) close() {
	if u.file != nil {
		u.file.Close()
	}
}

// uploadedZones reads the form. The file is kept on the disk; nothing of it is before the form is known to be ours.
func (s *Server) uploadedZones(c *fiber.Ctx) (*zoneUpload, error) {
	kind, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm || parameters["boundary"] == "" {
		return nil, cmp.Or(formIsOurs(c), error(fiber.ErrUnsupportedMediaType))
	}
	u := &zoneUpload{typed: untyped(c, url.Values{})}
	b := uploadBody(c)
	if b == nil { // nothing was sent
		return nil, fiber.ErrBadRequest
	}
	form := multipart.NewReader(b, parameters["boundary"])
	for range maxZoneParts {
		part, err := form.NextPart()
		if err == io.EOF {
			return u, formIsOurs(c)
		}
		if err != nil {
			return nil, bodyFault(err, false)
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, maxZoneField+1))
			if err != nil || len(value) > maxZoneField {
				return nil, fiber.ErrRequestEntityTooLarge
			}
			u.typed.Values.Add(part.FormName(), string(value))
			c.Context().PostArgs().Add(part.FormName(), string(value))
			continue
		}
		if err := formIsOurs(c); err != nil { // the token stands before the file
			return nil, err
		}
		if u.file != nil {
			return u, fiber.ErrBadRequest
		}
		u.name = path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
		if u.file, err = importing.OpenFile(c.UserContext(), "-", atMost(part, maxZoneFile)); err != nil {
			return u, zoneFileFault(err)
		}
	}
	return u, fiber.ErrBadRequest
}

// stage reads the file of an upload and keeps it as a revision of a set.
func (s *Server) stage(c *fiber.Ctx, naming zone.Naming, u *zoneUpload) (int32, error) {
	if u.file == nil || u.file.Size == 0 {
		return 0, fault.In("file", "error.required", nil)
	}
	// One at a time: reading takes many times the memory that the file has.
	if !s.staging.TryLock() {
		return 0, fault.New(fault.Conflict, "error.zones.busy", nil)
	}
	defer s.staging.Unlock()
	in, err := u.file.Open()
	if err != nil {
		return 0, inFile(err, askedOf(c))
	}
	content, err := zone.ReadFile(atMost(in, maxZoneUnpacked), strings.TrimSpace(u.typed.Value("code_property")), strings.TrimSpace(u.typed.Value("name_property")))
	if err != nil {
		return 0, inFile(zoneFileFault(err), askedOf(c))
	}
	number, err := zone.Stage(c.UserContext(), s.Register.DB, askedOf(c).actor, naming, content)
	return number, inFile(err, askedOf(c))
}

// inFile says beside the field of the file what is wrong with what stands in it.
func inFile(err error, a *asked) error {
	var f *fault.Error
	if errors.As(err, &f) && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) && len(f.Fields) == 0 {
		return fault.In("file", "error.zones.file", fault.Args{"detail": problemOf(f, a.language).Detail})
	}
	return err
}

// errLong is met where more comes than may.
var errLong = errors.New("more bytes than may come")

// zoneFileFault tells a file that is too large.
func zoneFileFault(err error) error {
	if errors.Is(err, errLong) {
		return fault.In("file", "error.zones.large", fault.Args{"most": maxZoneFile >> 20, "unpacked": maxZoneUnpacked >> 20})
	}
	return err
}

// atMost fails when more than so many bytes come.
func atMost(in io.Reader, most int64) io.Reader { return &capped{in, most} }

type capped struct {
	in   io.Reader
	left int64
}

func (r *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > r.left+1 {
		p = p[:r.left+1]
	}
	n, err := r.in.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, errLong
	}
	return n, err
}
