package mail

import (
	"os"
	"testing"

	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
