package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/store"
)

// Bounds of uploads.
const (
	photosPerTenMinutes = 60 // of one address
	uploadsAtOnce       = 24 // requests that send photos; each holds one photo in memory at a time
	uploadsPerAddress   = 4
	maxParts            = 200 // of a form; ours has some thirty
	// maxForm bounds a form with its photos, in bytes.
	maxForm = media.MaxPhotos*(media.MaxBytes+1<<10) + maxBody
	// skipAtMost is how much of an upload that was refused is read all the same, in bytes.
	skipAtMost = maxForm
	// uploadWait is how long an upload waits for its turn and is worked on.
	uploadWait = 30 * time.Second
)

// uploadHeader and uploadCookie carry the secret by which a photo is its uploader's until it belongs to a report.
const (
	uploadHeader = "Quartier-Upload"
	uploadCookie = "upload"
)

// uploadLife is for how long the secret is good, as long as loose photos are kept.
const uploadLife = 24 * time.Hour

// ownerOf gives who holds the photos that a request speaks of, as long as they belong to no report.
func ownerOf(c *fiber.Ctx, a *asked) media.Owner {
	secret := c.Get(uploadHeader)
	if secret == "" {
		secret = c.Cookies(a.cookie(uploadCookie))
	}
	o := media.Owner{Person: a.actor.Person}
	if len(secret) == account.SecretLength {
		o.Secret = strings.Clone(secret)
	}
	return o
}

// ownerToBe is the owner of a photo that comes now: who is nobody yet is given a secret, once.
func ownerToBe(c *fiber.Ctx) (o media.Owner, fresh bool) {
	a := askedOf(c)
	if a.owner != (media.Owner{}) {
		return a.owner, false
	}
	a.owner.Secret = account.NewSecret()
	setCookie(c, uploadCookie, a.owner.Secret, int(uploadLife.Seconds()))
	return a.owner, true
}

// photoAnswer is a photo in the JSON API.
type photoAnswer struct {
	ID        string `json:"id" doc:"Names it in photos when a report is filed"`
	URL       string `json:"url" doc:"JPEG of at most 1600 pixels"`
	Card      string `json:"card_url" doc:"JPEG of at most 800 pixels"`
	Thumbnail string `json:"thumbnail_url" doc:"JPEG of at most 240 pixels"`
	Width     int    `json:"width" doc:"Of the largest size, in pixels"`
	Height    int    `json:"height"`
}

// uploadAnswer is what who uploads a photo is given.
type uploadAnswer struct {
	photoAnswer
	Secret string `json:"secret,omitempty" doc:"Given once to who has no account: send it as Quartier-Upload with further photos and with the report"`
}

// photoPath is the address of a size of a photo.
func photoPath(id media.ID, size media.Size) string {
	return "/media/" + string(id) + "/" + string(size) + ".jpg"
}

func (s *Server) photoAnswer(ctx context.Context, p media.Photo) photoAnswer {
	at := func(size media.Size) string { return asking(ctx).base + photoPath(p.ID, size) }
	return photoAnswer{ID: string(p.ID), URL: at(media.Full), Card: at(media.Card), Thumbnail: at(media.Thumbnail), Width: p.Width, Height: p.Height}
}

// uploadPhoto takes one photo from a program: as the field photo of a form, or as the body itself.
func (s *Server) uploadPhoto(may func(*fiber.Ctx) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, err := strictParameters(c); err != nil {
			return err
		}
		leave, err := s.mayUpload(c, may)
		if err != nil {
			return err
		}
		defer leave()
		raw, err := photoOf(c)
		if err != nil {
			return err
		}
		o, fresh := ownerToBe(c)
		p, err := s.keepPhoto(c, o, raw)
		if err != nil {
			return err
		}
		answer := uploadAnswer{photoAnswer: s.photoAnswer(c.UserContext(), p)}
		if fresh {
			answer.Secret = o.Secret
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Location(answer.URL)
		return c.Status(fiber.StatusCreated).JSON(answer)
	}
}

// mayUpload is asked before anything of a photo is read; leave gives the place back.
func (s *Server) mayUpload(c *fiber.Ctx, may func(*fiber.Ctx) error) (leave func(), err error) {
	if !cameFromUs(c) {
		return nil, fault.New(fault.Forbidden, "error.cross_site", nil)
	}
	if err := may(c); err != nil {
		return nil, err
	}
	return s.uploads.enter(askedOf(c).address)
}

// keepPhoto keeps a photo that has come.
func (s *Server) keepPhoto(c *fiber.Ctx, o media.Owner, raw []byte) (media.Photo, error) {
	ctx, cancel := context.WithTimeout(c.UserContext(), uploadWait)
	defer cancel()
	return s.Photos.Upload(ctx, o, raw)
}

// photoTypes are those of a photo that is sent as the body itself. Which of them it is, its bytes say.
var photoTypes = []string{"image/jpeg", "image/png", "image/webp", fiber.MIMEOctetStream}

// photoOf reads the one photo of an upload.
func photoOf(c *fiber.Ctx) ([]byte, error) {
	b := uploadBody(c)
	if b == nil { // nothing was sent
		return nil, fault.In(media.Field, "error.photo.single", nil)
	}
	kind, parameters, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	switch {
	case kind == fiber.MIMEMultipartForm && parameters["boundary"] != "":
		return photoOfForm(multipart.NewReader(b, parameters["boundary"]))
	case slices.Contains(photoTypes, kind):
		raw, err := photoIn(b)
		if err == nil && len(raw) == 0 {
			err = fault.In(media.Field, "error.photo.single", nil)
		}
		return raw, err
	}
	return nil, fiber.ErrUnsupportedMediaType
}

// photoOfForm reads the field photo of a form that has it once and nothing else.
func photoOfForm(form *multipart.Reader) (raw []byte, err error) {
	for {
		part, err := form.NextRawPart()
		switch {
		case err == io.EOF && len(raw) > 0:
			return raw, nil
		case err == io.EOF:
			return nil, fault.In(media.Field, "error.photo.single", nil)
		case err != nil:
			return nil, bodyFault(err, false)
		case part.FormName() != media.Field || raw != nil:
			return nil, fault.In(media.Field, "error.photo.single", nil)
		}
		if raw, err = photoIn(part); err != nil {
			return nil, err
		}
	}
}

// photoIn reads the bytes of a photo, never more than may be.
func photoIn(in io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, media.MaxBytes+1))
	if len(raw) > media.MaxBytes {
		return nil, media.TooLarge()
	}
	return raw, bodyFault(err, false)
}

// takeForm reads a form that comes with photos, as browsers without script send it. Its fields are then those of any form; its photos are kept, each as it
// comes, and stand among them by their ids. What is wrong with a photo is told with the form (photosRefused).
func (s *Server) takeForm(may func(*fiber.Ctx) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b := uploadBody(c)
		if b == nil {
			return c.Next()
		}
		_, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
		if err != nil || parameters["boundary"] == "" {
			return fiber.ErrBadRequest
		}
		t := &formTaker{Server: s, c: c, may: may, left: maxBody}
		defer t.leave()
		err = t.take(multipart.NewReader(io.LimitReader(b, maxForm), parameters["boundary"]))
		switch {
		case err != nil && b.count >= maxForm:
			return fiber.ErrRequestEntityTooLarge
		case err != nil:
			return err
		}
		b.skip(maxBody) // what stands behind the last part
		b.giveBack(c.Request())
		t.leave()
		c.Locals(photosRefusedKey{}, t.refused)
		return c.Next()
	}
}

// formTaker takes one form.
type formTaker struct {
	*Server
	c       *fiber.Ctx
	may     func(*fiber.Ctx) error
	left    int64 // bytes of text that may still come
	gate    func()
	refused []string // sentences
}

func (t *formTaker) leave() {
	if t.gate != nil {
		t.gate()
	}
}

func (t *formTaker) take(form *multipart.Reader) error {
	args := t.c.Context().PostArgs()
	for range maxParts {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return bodyFault(err, false)
		}
		switch name := part.FormName(); {
		case name == media.Field:
			if err := t.takePhoto(part); err != nil {
				return err
			}
		case part.FileName() == "":
			text, err := io.ReadAll(io.LimitReader(part, t.left+1))
			if err := bodyFault(err, int64(len(text)) > t.left); err != nil {
				return err
			}
			t.left -= int64(len(text)) + int64(len(name))
			args.Add(name, string(text))
		}
	}
	return fiber.ErrRequestEntityTooLarge
}

// takePhoto takes a photo of the form. The form's token stands before it: another site's photos are not read.
func (t *formTaker) takePhoto(part *multipart.Part) error {
	first := make([]byte, 1)
	if n, err := io.ReadFull(part, first); n == 0 { // a field in which no file was chosen
		if err == io.EOF {
			err = nil
		}
		return bodyFault(err, false)
	}
	args := t.c.Context().PostArgs()
	if t.gate == nil {
		if err := formIsOurs(t.c); err != nil {
			return err
		}
		var err error
		if t.gate, err = t.uploads.enter(askedOf(t.c).address); err != nil {
			return t.refuse(part, err)
		}
	}
	if len(args.PeekMulti("photos")) >= media.MaxPhotos {
		var check fault.Check
		check.Add(media.Field, "error.photo.many", fault.Args{"n": media.MaxPhotos})
		return t.refuse(part, check.Err())
	}
	if err := t.may(t.c); err != nil {
		return t.refuse(part, err)
	}
	raw, err := photoIn(io.MultiReader(strings.NewReader(string(first)), part))
	if err == nil {
		o, _ := ownerToBe(t.c)
		var p media.Photo
		if p, err = t.keepPhoto(t.c, o, raw); err == nil {
			args.Add("photos", string(p.ID))
			return nil
		}
	}
	return t.refuse(part, err)
}

// refuse notes what is wrong with a photo and goes on to the next one, unless the form itself broke.
func (t *formTaker) refuse(part *multipart.Part, wrong error) error {
	var broke *fiber.Error
	if errors.As(wrong, &broke) {
		return wrong
	}
	a := askedOf(t.c)
	p := problemOf(store.Explain(wrong), a.language)
	a.failed(p.Status, wrong)
	detail := p.Detail
	if len(p.Errors) == 1 {
		detail = p.Errors[0].Detail
	}
	if name := part.FileName(); name != "" {
		detail = a.language.Say("error.photo.named", map[string]any{"name": fault.Short(strings.ToValidUTF8(name, "?")), "detail": detail})
	}
	t.refused = append(t.refused, detail)
	_, err := io.Copy(io.Discard, part)
	return bodyFault(err, false)
}

type photosRefusedKey struct{}

// photosRefused gives what was wrong with the photos of a form, in sentences.
func photosRefused(c *fiber.Ctx) []string {
	list, _ := c.Locals(photosRefusedKey{}).([]string)
	return list
}

// documentUpload describes the upload, which a plain handler reads.
func documentUpload(api huma.API) {
	op := operation(http.MethodPost, "/media", "upload-photo", "Upload a photo, to be named when a report is filed")
	op.Description = "The photo is the field `photo` of a form, or the body itself. JPEG, PNG or WebP of at most 10 MiB and 50 megapixels; it is encoded anew, and " +
		"nothing of what it says of place, time or camera is kept. It belongs to who uploaded it until a report is filed with its id; if none is, it is removed after a day."
	op.Parameters = append(op.Parameters, uploadParameter)
	picture := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	content := map[string]*huma.MediaType{fiber.MIMEMultipartForm: {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{media.Field: picture},
		Required: []string{media.Field}}}}
	for _, kind := range photoTypes {
		content[kind] = &huma.MediaType{Schema: picture}
	}
	op.RequestBody = &huma.RequestBody{Required: true, Content: content}
	op.Responses = map[string]*huma.Response{"201": {Description: "Created", Content: map[string]*huma.MediaType{
		fiber.MIMEApplicationJSON: {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[uploadAnswer](), true, "")}}}}
	api.OpenAPI().AddOperation(&op)
}

// uploadParameter describes uploadHeader.
var uploadParameter = &huma.Param{Name: uploadHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	Description: "The secret that was given with the first photo, of who has no account"}
