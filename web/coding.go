package web

import "strings"

// coding is a form in which a body can be sent, the smaller the later.
type coding int

const (
	inPlain coding = iota
	inGzip
	inBrotli
	codings
)

// codingNames are the names in Accept-Encoding and Content-Encoding.
var codingNames = [codings]string{inPlain: "identity", inGzip: "gzip", inBrotli: "br"}

// weights tell how much a client likes each coding, in thousandths; 0: it does not take it.
type weights [codings]int

// weightsOf reads an Accept-Encoding (RFC 9110, 12.5.3). Without one a client takes anything; plain is what it surely understands.
func weightsOf(header string) weights {
	if header == "" {
		return weights{inPlain: 1000, inGzip: 1, inBrotli: 1}
	}
	const unsaid = -1
	w, others := weights{unsaid, unsaid, unsaid}, unsaid
	for part := range strings.SplitSeq(header, ",") {
		name, params, weighed := strings.Cut(part, ";")
		weight := 1000
		if weighed {
			weight = thousandths(params)
		}
		switch name = strings.TrimSpace(name); {
		case name == "*":
			others = weight
		case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"): // an old name (RFC 9110, 8.4.1.3)
			w[inGzip] = weight
		case strings.EqualFold(name, "br"):
			w[inBrotli] = weight
		case strings.EqualFold(name, "identity"):
			w[inPlain] = weight
		}
	}
	said := w[inGzip] != unsaid
	for i := range w {
		switch {
		case w[i] != unsaid:
		case others != unsaid:
			w[i] = others
		case coding(i) == inPlain: // who does not refuse it takes it rather than nothing
			w[i] = 1
		default:
			w[i] = 0
		}
	}
	if w[inPlain] == 0 && !said && others == unsaid {
		w[inGzip] = 1 // of who refuses plain without a word about gzip: rather that than nothing (RFC 9110, 12.4.1)
	}
	return w
}

// thousandths reads a weight (RFC 9110, 12.4.2). One that is none counts as 0: what it was meant to say is not known.
func thousandths(param string) int {
	text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q=")
	whole, decimals, _ := strings.Cut(text, ".")
	if !ok || whole != "0" && whole != "1" || len(decimals) > 3 {
		return 0
	}
	n := int(whole[0] - '0')
	for i := range 3 {
		n *= 10
		if i < len(decimals) {
			if decimals[i] < '0' || decimals[i] > '9' {
				return 0
			}
			n += int(decimals[i] - '0')
		}
	}
	return min(n, 1000)
}

// best gives the coding that the client likes most among those there are, the smallest of those that it likes alike; !ok: it takes none of them.
func (w *weights) best(there [codings]bool) (best coding, ok bool) {
	most := 0
	for i := codings - 1; i >= 0; i-- {
		if there[i] && w[i] > most {
			best, most = i, w[i]
		}
	}
	return best, most > 0
}
