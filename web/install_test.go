package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// A browser is told what it needs to install the site, in the reader's language and below the base path; all that is named is there.
func TestManifest(t *testing.T) {
	for _, base := range []string{"", "/quartier"} {
		s := newSite(t, func(s *Server) { s.BasePath = base })
		a := s.get(base+"/manifest.webmanifest", "Accept-Language", "en")
		var m appManifest
		if err := json.Unmarshal([]byte(a.body), &m); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		if m.Name != "Quartier" || m.Lang != "en" || m.StartURL != base+"/" || m.Scope != base+"/" || a.Header.Get("Content-Type") != "application/manifest+json" {
			t.Errorf("the manifest below %q is %+v", base, m)
		}
		if len(m.Shortcuts) != 1 || m.Shortcuts[0].URL != base+"/reports/new" {
			t.Errorf("the shortcuts below %q are %+v", base, m.Shortcuts)
		}
		for _, icon := range m.Icons {
			picture := s.get(icon.Src)
			if !strings.HasPrefix(icon.Src, base+"/") || picture.StatusCode != http.StatusOK || picture.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(picture.body, "\x89PNG") {
				t.Errorf("the icon %s: %d, %s", icon.Src, picture.StatusCode, picture.Header.Get("Content-Type"))
			}
		}
	}
}

// The name is the town's.
func TestManifestNamesTheTown(t *testing.T) {
	s := newSite(t)
	if _, err := s.Register.DB.Exec(t.Context(), `insert into setting (name, value) values ('town', 'Port-Méraël')`); err != nil {
		t.Fatal(err)
	}
	if a := s.get("/manifest.webmanifest"); !strings.Contains(a.body, `"name":"Port-Méraël"`) {
		t.Errorf("the manifest is %s", a.body)
	}
}

// The worker is asked for anew each time, and the page without a network holds nothing of who asks for it as nobody.
func TestWorker(t *testing.T) {
	s := newSite(t)
	a := s.get("/worker.js")
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") || strings.Contains(a.body, "import ") {
		t.Errorf("the worker: %d, %v", a.StatusCode, a.Header)
	}
	if a := s.get("/offline"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "data-outbox") || len(a.Cookies()) > 0 {
		t.Errorf("the page without a network: %d, %v", a.StatusCode, a.Header)
	}
}
