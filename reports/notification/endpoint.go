package notification

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"quartier/reports/fault"
)

// Endpoints of push services are named by browsers, which is to say by anybody: we would ask whatever address somebody writes. So they are of https and of names,
// and what a name leads to is looked at when it is called, after the name was resolved: an address within our own networks is not called.

// longestEndpoint is in bytes.
const longestEndpoint = 2000

// goodEndpoint tells whether an endpoint may be kept.
func goodEndpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || len(text) > longestEndpoint || u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Opaque != "" ||
		u.Port() != "" && u.Port() != "443" || !namesHost(u.Hostname()) || strings.ContainsAny(text, " \t\r\n\x00") {
		return fault.In("endpoint", "error.push.endpoint", nil)
	}
	return nil
}

// namesHost tells whether a host is a name with a dot, and no number in any of its spellings.
func namesHost(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Contains(host, ".") && strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x") && !strings.Contains(host, ":")
}

var errPrivate = errors.New("the address is not of the public network")

// publicOnly refuses to call an address that is not of the public network.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr().Unmap()) {
		return errPrivate
	}
	return nil
}

// reserved are networks that are not the public one, beyond what netip tells by itself (IANA's registries of special-purpose addresses).
var reserved = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// pushAtMost is how long a push service may take.
const pushAtMost = 15 * time.Second

// guarded makes a client that calls the public network only, follows nobody to another address, and asks no proxy, which would call for us.
func guarded(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	transport := &http.Transport{DialContext: dial, TLSHandshakeTimeout: pushAtMost, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
		MaxResponseHeaderBytes: 16 << 10}
	return &http.Client{Transport: transport, Timeout: pushAtMost, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
