package page

import "strings"

// block is a piece of a notice: a heading, a paragraph or a list of points.
type block struct {
	heading string
	text    string
	points  []string
}

// blocksOf reads a plain text: pieces apart by an empty line, "## " before a heading, "- " before each point. Everything else is text as it stands.
func blocksOf(text string) []block {
	var blocks []block
	for piece := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		piece = strings.TrimSpace(piece)
		lines := strings.Split(piece, "\n")
		heading, isHeading := strings.CutPrefix(lines[0], "## ")
		switch {
		case piece == "":
		case isHeading:
			blocks = append(blocks, block{heading: heading})
			if rest := strings.Join(lines[1:], "\n"); rest != "" {
				blocks = append(blocks, blocksOf(rest)...)
			}
		case strings.HasPrefix(piece, "- "):
			var list block
			for _, line := range lines {
				if point, isPoint := strings.CutPrefix(line, "- "); isPoint {
					list.points = append(list.points, point)
				} else {
					list.points[len(list.points)-1] += " " + line
				}
			}
			blocks = append(blocks, list)
		default:
			blocks = append(blocks, block{text: piece})
		}
	}
	return blocks
}
