package page

import "testing"

func TestAddressesOfOurOwnStandBelowTheBase(t *testing.T) {
	for base, want := range map[string]string{"": "/reports?status=open", "/quartier": "/quartier/reports?status=open"} {
		if got := (Frame{Base: base}).To("/reports?status=open"); string(got) != want {
			t.Errorf("below %q it is %q, not %q", base, got, want)
		}
	}
}
