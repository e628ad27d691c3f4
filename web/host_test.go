package web

import "testing"

// Hosts as they may stand in links (RFC 3986, 3.2.2), and what would make another link of one.
func TestIsHost(t *testing.T) {
	for host, want := range map[string]bool{
		"example.org": true, "localhost": true, "a-b.C.d": true, "192.0.2.1": true, "example.org:8080": true, "[::1]": true, "[2001:db8::A]:443": true,
		"[::ffff:192.0.2.1]": true, "h:1": true, "h:65535": true,
		"": false, ":80": false, "h:": false, "h:123456": false, "h:8a": false, "h:80:80": false, "h/p": false, "h@i": false, "a b": false, "h?": false,
		"[]": false, "[::1": false, "[::1]x": false, "[::g]": false, "::1": false, "é": false, "h\n": false, "h_i": false, "{": false, "`": false, "h:-1": false,
	} {
		if got := isHost(host); got != want || isHost([]byte(host)) != want {
			t.Errorf("%q is a host: %v", host, got)
		}
	}
}
