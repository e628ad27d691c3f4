package web

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// Whose address counts behind a proxy that is trusted (0.0.0.0, the address of Fiber's test connections) and a second one (10.0.0.0/8). What the
// proxies wrote is read in every form that they use; what cannot be read is nobody's address, least of all the proxy's, who has no limits.
func TestClientBehindProxies(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32"), netip.MustParsePrefix("10.0.0.0/8")}
	s := &Server{TrustedProxies: proxies}
	const stranger = "invalid IP"
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{nil, "0.0.0.0"}, // the proxy asks for itself
		{[]string{"198.51.100.1"}, "198.51.100.1"},
		{[]string{"198.51.100.1:4711"}, "198.51.100.1"},
		{[]string{"2001:db8::1"}, "2001:db8::1"},
		{[]string{"[2001:db8::1]"}, "2001:db8::1"},
		{[]string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		{[]string{"[fe80::1%eth0]:4711"}, "fe80::1"},
		{[]string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{[]string{"203.0.113.9, 198.51.100.1:4711"}, "198.51.100.1"},
		{[]string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{[]string{"203.0.113.9:80, 10.0.0.1:81"}, "203.0.113.9"},
		{[]string{"127.0.0.1, 203.0.113.9,10.0.0.1", "10.0.0.2"}, "203.0.113.9"},
		{[]string{"10.0.0.2"}, "10.0.0.2"},
		{[]string{"unknown"}, stranger},
		{[]string{""}, stranger},
		{[]string{"127.0.0.1, unknown"}, stranger},
		{[]string{"127.0.0.1, unknown, 10.0.0.1"}, stranger},
		{[]string{"198.51.100.1:"}, stranger},
		{[]string{"_hidden:4711"}, stranger},
		{[]string{"198.51.100.1 10.0.0.1"}, stranger},
	} {
		app := fiber.New()
		var a asked
		app.Get("/", func(c *fiber.Ctx) error { s.client(c, &a); return nil })
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range c.lines {
			r.Header.Add("X-Forwarded-For", line)
		}
		if _, err := app.Test(r, -1); err != nil {
			t.Fatal(err)
		}
		if a.address.String() != c.want {
			t.Errorf("%q: the client is %v, want %s", c.lines, a.address, c.want)
		}
	}
}

// The numbers of the service are for trusted networks, not for a stranger whom a trusted proxy lets through.
func TestMetricsAreNotForStrangers(t *testing.T) {
	s := newSite(t, func(s *Server) { s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")} })
	for forwarded, want := range map[string]int{"198.51.100.1:4711": 404, "unknown": 404, "127.0.0.1:4711": 200} {
		if a := s.get("/metrics", "X-Forwarded-For", forwarded); a.StatusCode != want {
			t.Errorf("for %q: %d", forwarded, a.StatusCode)
		}
	}
	if a := s.get("/metrics"); a.StatusCode != http.StatusOK {
		t.Errorf("for the trusted network itself: %d", a.StatusCode)
	}
	address := listening(t, newSite(t)) // on this machine, behind a proxy of it that nobody trusts
	for head, want := range map[string]int{"": 200, "X-Forwarded-For: 198.51.100.1\r\n": 404, "X-Forwarded-For: 127.0.0.1\r\n": 404} {
		if statuses, _ := raw(t, address, "GET /metrics HTTP/1.1\r\nHost: a\r\n"+head+"\r\n"); len(statuses) != 1 || statuses[0] != want {
			t.Errorf("of this machine, with %q: %v", head, statuses)
		}
	}
}
