package web

import "github.com/gofiber/fiber/v2"

// goodHost tells whether the request names the host that it is for, as it must (RFC 9112, 3.2), and nothing else beside it.
func goodHost(c *fiber.Ctx) bool {
	host := c.Request().Header.Host()
	if len(host) == 0 {
		return !c.Request().Header.IsHTTP11()
	}
	return isHost(host) && isHost(c.Request().URI().Host())
}

// isHost tells whether a text looks like a host with or without a port (RFC 3986, 3.2.2); nothing else gets into links.
func isHost[T string | []byte](text T) bool {
	i, end := 0, len(text)
	if end > 0 && text[0] == '[' {
		for i++; i < end && (isDigit(text[i]) || isHexLetter(text[i]) || text[i] == ':' || text[i] == '.'); i++ {
		}
		if i == 1 || i == end || text[i] != ']' {
			return false
		}
		i++
	} else {
		for i < end && (isDigit(text[i]) || 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z' || text[i] == '.' || text[i] == '-') {
			i++
		}
	}
	if i == 0 || i == end {
		return i > 0
	}
	port := text[i+1:]
	if text[i] != ':' || len(port) < 1 || len(port) > 5 {
		return false
	}
	for j := range len(port) {
		if !isDigit(port[j]) {
			return false
		}
	}
	return true
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isHexLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'f' }
