package page

import (
	"encoding/base64"
	"fmt"

	"rsc.io/qr"
)

// QR gives a text as a picture for a telephone's camera, as the address of an image that stands in itself.
func QR(text string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw a code for cameras: %w", err)
	}
	code.Scale = 5 // px
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG()), nil
}
