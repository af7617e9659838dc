package gemini_test

import (
	"testing"

	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func TestConformance(t *testing.T) {
	protocoltest.Run(t, gemini.Format{}, protocoltest.Options{})
}
