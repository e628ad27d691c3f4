package web

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestNext is the most bytes of an address to go on to.
const longestNext = 2000

// safeNext gives the page of ours that a parameter or a form names to go on to, without the base path; "/" for whatever leads elsewhere, or might in
// some browser or behind some proxy: another scheme or host, two slashes or backslashes, dots that climb, signs that browsers leave out, and all of
// these encoded, however often.
func safeNext(text string) string {
	address, err := url.Parse(text)
	if err != nil || len(text) > longestNext || address.IsAbs() || address.Host != "" || address.User != nil || !ownPath(address.EscapedPath()) {
		return "/"
	}
	if address.Path == wishPath { // names something to do, and no page: only our own links say it
		return "/"
	}
	clean := url.URL{Path: address.Path, RawPath: address.RawPath, RawQuery: address.RawQuery, Fragment: address.Fragment, RawFragment: address.RawFragment}
	for _, rest := range []string{address.RawQuery, address.Fragment} {
		if !utf8.ValidString(rest) || strings.ContainsFunc(rest, unicode.IsControl) {
			return "/"
		}
	}
	return clean.String()
}

// ownPath tells whether a path is plainly one of ours, in each of its decoded forms.
func ownPath(path string) bool {
	for {
		if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, `\`) || !utf8.ValidString(path) ||
			strings.ContainsFunc(path, unicode.IsControl) {
			return false
		}
		for segment := range strings.SplitSeq(path, "/") {
			if segment == "." || segment == ".." {
				return false
			}
		}
		decoded, err := url.PathUnescape(path)
		if err != nil || decoded == path { // a percent sign that encodes nothing ends the decoding
			return true
		}
		path = decoded
	}
}
