package suggestion

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	f, err := os.Open("/work/shared/data/reports/boston311_2011.csv.gz")
	if err != nil {
		t.Skip()
	}
	z, _ := gzip.NewReader(f)
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cat := map[string]int32{}
	var train, test []Example
	for _, r := range rows[1:] {
		title, typ := r[6], r[9]
		if cat[typ] == 0 {
			cat[typ] = int32(len(cat) + 1)
		}
		key := strings.ToLower(strings.Join(strings.Fields(title), " "))
		if strings.EqualFold(strings.TrimSpace(title), strings.TrimSpace(typ)) {
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(key))
		if h.Sum32()%2 == 0 {
			train = append(train, Example{title, cat[typ]})
		} else {
			test = append(test, Example{title, cat[typ]})
		}
	}
	var names []Example
	for n, c := range cat {
		names = append(names, Example{n, c})
	}
	start := time.Now()
	m := Learn(names, train)
	took := time.Since(start)
	seen := map[Example]bool{}
	for _, distinctOnly := range []bool{false, true} {
		n, one, three := 0, 0, 0
		var bins [10][3]float64
		for _, e := range test {
			if distinctOnly {
				if seen[e] {
					continue
				}
				seen[e] = true
			}
			n++
			for i, g := range m.Guess(e.Text, 3) {
				b := min(9, int(g.Share*10))
				bins[b][0]++
				bins[b][1] += g.Share
				if g.Category == e.Category {
					bins[b][2]++
					three++
					if i == 0 {
						one++
					}
				}
			}
		}
		ece := 0.0
		all := 0.0
		for _, b := range bins {
			all += b[0]
			ece += math.Abs(b[1] - b[2])
		}
		fmt.Println("train", len(train), "test", n, "acc1", float64(one)/float64(n), "acc3", float64(three)/float64(n), "ece", ece/all, "T", m.temperature, took)
	}
	var big []Example
	for _, r := range rows[1:] {
		big = append(big, Example{r[6] + " " + r[12], cat[r[9]]})
	}
	start = time.Now()
	Learn(names, big)
	fmt.Println(len(big), time.Since(start))
}
