package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/tiles/raster"
)

// picture decodes a picture.
func (a answer) picture(t *testing.T) image.Image {
	t.Helper()
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("answered %d %s: %.200s", a.StatusCode, a.Header.Get("Content-Type"), a.body)
	}
	p, err := png.Decode(bytes.NewReader([]byte(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The tile that holds the reports of main_test.go, at a zoom that shows points.
func tilePath() string {
	at := geo.TileAt(geo.Position{Lon: 23_500_000, Lat: 488_500_000}, 16)
	return fmt.Sprintf("/tiles/raster/16/%d/%d.png", at.X, at.Y)
}

const viewPath = "/maps/static.png?z=16&lat=48.85&lon=2.35&w=200&h=150"

// Pictures are kept by readers until a change that they show; what the public may not see changes none, not even the tag.
func TestPicturesFollowThePublic(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{tilePath(), viewPath} {
		empty := s.get(path)
		empty.picture(t)
		id, token := s.file("un trou")
		s.awaitText(token)
		before := s.get(path)
		before.picture(t)
		tag := before.Header.Get("ETag")
		if before.body == empty.body || tag == "" || tag == empty.Header.Get("ETag") {
			t.Fatalf("%s does not show the report; its tag is %q", path, tag)
		}
		if got := before.Header.Get("Cache-Control"); got != "public, max-age=0, must-revalidate" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
		if again := s.get(path, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || again.body != "" {
			t.Errorf("%s the second time: %d", path, again.StatusCode)
		}
		s.change(id, `update report set status = 'resolved' where id = $1`, id)
		if resolved := s.get(path, "If-None-Match", tag); resolved.StatusCode != http.StatusOK || resolved.body == before.body {
			t.Errorf("%s: the new state is not seen: %d", path, resolved.StatusCode)
		}
		for _, visibility := range []string{"private", "hidden"} {
			s.change(id, `update report set visibility = $2 where id = $1`, id, visibility)
			if gone := s.get(path); gone.body != empty.body || gone.Header.Get("ETag") != empty.Header.Get("ETag") {
				t.Errorf("%s: a %s report changes the picture", path, visibility)
			}
		}
		s.change(id, `update report set visibility = 'public', status = 'pending' where id = $1`, id)
		if gone := s.get(path); gone.body != empty.body {
			t.Errorf("%s: a pending report changes the picture", path)
		}
		s.change(id, `delete from report where id = $1`, id)
	}
}

func TestPicturesFilter(t *testing.T) {
	s := newSite(t)
	_, token := s.file("un trou")
	s.awaitText(token)
	all := s.get(viewPath).body
	for query, same := range map[string]bool{"status=open": true, "category=pothole": true, "status=closed": false, "category=litter": false,
		"from=2100-01-01": false, "items=0": false, "items=1": true, "theme=light": true, "theme=dark": false, "pin=1": false, "scale=2": false, "z=15": false} {
		path := viewPath + "&" + query
		if strings.HasPrefix(query, "z=") {
			path = strings.Replace(viewPath, "z=16", query, 1)
		}
		a := s.get(path)
		a.picture(t)
		if (a.body == all) != same {
			t.Errorf("with %s the picture is the same: %t, want %t", query, a.body == all, same)
		}
	}
	if p := s.get(viewPath + "&scale=2").picture(t); p.Bounds() != image.Rect(0, 0, 400, 300) {
		t.Errorf("at scale 2 it is %v", p.Bounds())
	}
	if p := s.get(tilePath() + "?scale=2").picture(t); p.Bounds() != image.Rect(0, 0, 512, 512) {
		t.Errorf("at scale 2 the tile is %v", p.Bounds())
	}
	s.get("/tiles/raster/0/0/0.png").picture(t)
	s.get("/tiles/raster/19/524287/524287.png").picture(t)
}

func TestPicturesRefuse(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{
		"/tiles/raster/20/0/0.png", "/tiles/raster/-1/0/0.png", "/tiles/raster/3/8/0.png", "/tiles/raster/3/0/x.png", "/tiles/raster/0/0/0.png?scale=3",
		"/tiles/raster/0/0/0.png?theme=pink", "/tiles/raster/0/0/0.png?colour=red", "/tiles/raster/0/0/0.png?status=gone", "/tiles/raster/0/0/0.png?z=1",
		"/tiles/raster/0/0/0.png?items=2", "/maps/static.png", "/maps/static.png?z=3&lat=48", "/maps/static.png?z=20&lat=48&lon=2", "/maps/static.png?z=3&lat=86&lon=2",
		"/maps/static.png?z=3&lat=48&lon=181", "/maps/static.png?z=3&lat=48&lon=NaN", "/maps/static.png?z=1e1&lat=48&lon=2", viewPath + "&w=300", "/maps/static.png?z=3&lat=48&lon=2&w=1281",
		"/maps/static.png?z=3&lat=48&lon=2&h=1025", "/maps/static.png?z=3&lat=48&lon=2&w=0", viewPath + "&pin=2", viewPath + "&zone=nowhere", viewPath + "&utm_source=x",
	} {
		a := s.get(path, "Accept-Language", "en")
		if a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s answers %d %s", path, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
}

// One reader's deadline is his own: who asks for the same picture while the easels are taken, and has more time, gets it.
func TestPicturesAreDrawnForAllWhoWait(t *testing.T) {
	s := newSite(t)
	synctest.Test(t, func(t *testing.T) {
		studio := newStudio(s.Map.Index)
		leave := takeAll(t, studio.easels)
		ask := func(patience time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			picture, err := studio.draw(ctx, &asked{}, "the same", &raster.Sheet{Theme: raster.Light}, raster.View{Zoom: 3, Width: 20, Height: 20, Scale: 1})
			if err == nil && len(picture.Body) == 0 {
				t.Error("the picture is empty")
			}
			return err
		}
		hurried, patient := make(chan error, 1), make(chan error, 1)
		go func() { hurried <- ask(time.Second) }()
		synctest.Wait() // the hurried reader has begun the drawing
		go func() { patient <- ask(4 * time.Second) }()
		if err := <-hurried; fault.KindOf(err) != fault.Unavailable {
			t.Errorf("the hurried reader gets %v", err)
		}
		leave()
		if err := <-patient; err != nil {
			t.Errorf("the patient reader gets %v", err)
		}
		if studio.places.taken != 0 {
			t.Errorf("%d places are still taken", studio.places.taken)
		}
	})
}

// One reader's refusal is his own too: who waits for a picture of which another has begun the drawing needs a place himself, and who has none gets no
// picture, while the other does.
func TestPicturesRefuseOneByOne(t *testing.T) {
	s := newSite(t)
	synctest.Test(t, func(t *testing.T) {
		studio := newStudio(s.Map.Index)
		studio.places.most = 1
		leave := takeAll(t, studio.easels)
		ask := func() error {
			_, err := studio.draw(t.Context(), &asked{}, "the same", &raster.Sheet{Theme: raster.Light}, raster.View{Zoom: 3, Width: 20, Height: 20, Scale: 1})
			return err
		}
		first := make(chan error, 1)
		go func() { first <- ask() }()
		synctest.Wait()
		if err := ask(); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("without a place a reader gets %v", err)
		}
		leave()
		if err := <-first; err != nil {
			t.Errorf("the first reader gets %v", err)
		}
	})
}

// A picture of a place alone stands whatever is reported there.
func TestPicturesOfPlacesStand(t *testing.T) {
	s := newSite(t)
	path := viewPath + "&pin=1&items=0"
	s.get(path).picture(t)
	_, token := s.file("un trou")
	s.awaitText(token)
	before := s.studio.cache.Size().Misses
	s.get(path).picture(t)
	s.get(path + "&status=closed").picture(t)
	if drawn := s.studio.cache.Size().Misses - before; drawn != 0 {
		t.Errorf("it is drawn %d times more", drawn)
	}
}

// Who finds no place is told when to come back; a kept picture needs none.
func TestPicturesAreBounded(t *testing.T) {
	s := newSite(t)
	s.get(viewPath).picture(t)
	s.studio.places.most = 0
	if a := s.get(viewPath); a.StatusCode != http.StatusOK {
		t.Errorf("a kept picture answers %d", a.StatusCode)
	}
	a := s.get(strings.Replace(viewPath, "z=16", "z=12", 1))
	if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("without a place: %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
}
