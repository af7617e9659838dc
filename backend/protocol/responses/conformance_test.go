package responses

import (
	"testing"

	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func TestConformance(t *testing.T) {
	protocoltest.Run(t, Format{}, protocoltest.Options{})
}
