package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/media"
	"quartier/web/page"
)

// commentsPerTenMinutes is how many comments a network, or an account, may write.
const commentsPerTenMinutes = 20

// doubtsOf gives why what somebody writes in public is to wait for a moderator, beyond what the text itself says to everybody.
func (s *Server) doubtsOf(ctx context.Context, a *asked, texts ...string) (doubts []reports.Doubt) {
	if s.blocks(ctx).HasWord(texts...) {
		doubts = append(doubts, reports.DoubtWord)
	}
	if s.limits.comments.used(networkKey(a.address)) > 0.8 {
		doubts = append(doubts, reports.DoubtOften)
	}
	return doubts
}

// sentPhotos reads the photos of a form: those that were sent before with it, and what was wrong with them.
func sentPhotos(c *fiber.Ctx) (ids []string, refused string) {
	for _, id := range c.Context().PostArgs().PeekMulti("photos") {
		ids = append(ids, string(id))
	}
	return ids, strings.Join(photosRefused(c), " ")
}

// commentFields are the fields whose faults are shown beside them.
var commentFields = []page.Input{{Name: "body"}, {Name: media.Field}}

// commentPage is the form of a comment.
func (s *Server) commentPage(c *fiber.Ctx) error {
	return s.showComment(c, fiber.StatusOK, untyped(c, nil))
}

func (s *Server) showComment(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	ids, _ := sentPhotos(c)
	form := page.CommentForm{Typed: t, Photos: s.keptPhotos(c, ids), Unknown: a.actor.Person == 0}
	f := s.frameOf(c, a.language.Say("life.comment", nil), s.links.page)
	return render(c, status, page.CommentPage(f, one.ID, one.Title, form))
}

// comment takes the form.
func (s *Server) comment(c *fiber.Ctx) error {
	ctx, a, t := c.UserContext(), askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ids, refused := sentPhotos(c)
	said := reports.Comment{Text: t.Value("body"), Owner: a.owner, Doubts: s.doubtsOf(ctx, a, t.Value("body"))}
	if refused != "" {
		t.Wrong[media.Field] = refused
		said.Wrong.Add(media.Field, "error.photo.refused", nil)
	}
	said.Photos = media.CheckIDs(&said.Wrong, media.Field, ids)
	var receipt reports.Said
	if err = s.limits.comments.check(c); err == nil { // here, not above the route: who has to wait has typed
		receipt, err = s.Register.Comment(ctx, by, id, said)
	}
	if err != nil {
		return again(c, err, t, commentFields, func(status int, t page.Typed) error { return s.showComment(c, status, t) })
	}
	word := "comment"
	if receipt.Waits {
		word = "waits"
	}
	return c.Redirect(s.to(reportPath(id)+"?said="+word), fiber.StatusSeeOther)
}

// commentBody is the body of POST /api/v1/reports/{id}/updates.
type commentBody struct {
	Body   string   `json:"body,omitempty" maxLength:"5000"`
	Photos []string `json:"photos,omitempty" maxItems:"3" doc:"Ids of photos that were uploaded before (POST /api/v1/media), in their order"`
}

// commentAnswer is what who comments is given.
type commentAnswer struct {
	Status int
	Token  string `header:"Quartier-Token" doc:"Send it back to see at least this write"`
	Body   struct {
		ID    int64 `json:"id"`
		Waits bool  `json:"waits" doc:"A moderator reads it first; until then nobody else sees it"`
	}
}

// registerComments adds the call that comments.
func (s *Server) registerComments(api huma.API) {
	op := operation(http.MethodPost, "/reports/{id}/updates", "comment-report", "Comment on a report")
	op.RequestBody = bodyOf[commentBody](api)
	op.DefaultStatus = http.StatusCreated
	op.MaxBodyBytes = maxBody
	op.Parameters = append(op.Parameters, uploadParameter)
	huma.Register(api, op, func(ctx context.Context, in *struct {
		ID      string `path:"id"`
		RawBody []byte
	}) (*commentAnswer, error) {
		a := asking(ctx)
		id, err := number(in.ID)
		if err != nil {
			return nil, err
		}
		var body commentBody
		if err := decodeJSON(in.RawBody, &body); err != nil {
			return nil, err
		}
		said := reports.Comment{Text: body.Body, Owner: a.owner, Doubts: s.doubtsOf(ctx, a, body.Body)}
		said.Photos = media.CheckIDs(&said.Wrong, "photos", body.Photos)
		receipt, err := s.Register.Comment(ctx, reports.By{Actor: a.actor}, id, said)
		if err != nil {
			return nil, err
		}
		answer := &commentAnswer{Status: http.StatusCreated, Token: receipt.Token.String()}
		answer.Body.ID, answer.Body.Waits = receipt.Entry, receipt.Waits
		return answer, nil
	})
}

// updateOf is an entry of a timeline in the JSON API.
func (s *Server) updateOf(ctx context.Context, u reports.Update) updateAnswer {
	by := u.By
	if by == "" {
		by = string(u.Role)
	}
	answer := updateAnswer{ID: u.ID, Type: u.Type, From: orNull(u.From), To: orNull(u.To), Body: u.Body, By: by, At: u.At.UTC().Truncate(time.Second), Gone: u.Redacted,
		Other: u.Other}
	if u.Due.Given && !u.Due.At.IsZero() {
		due := u.Due.At.UTC().Truncate(time.Second)
		answer.Due = &due
	}
	for _, p := range u.Photos {
		answer.Photos = append(answer.Photos, s.photoAnswer(ctx, p))
	}
	return answer
}
