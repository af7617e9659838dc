package kiro_test

import (
	"testing"

	"github.com/aihub/aihub/backend/protocol/kiro"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func TestConformance(t *testing.T) {
	protocoltest.Run(t, protocoltest.Kiro(kiro.Format{}), protocoltest.Options{Skip: map[string]string{
		"signatures/carried": "no client speaks the format",
	}})
}
