package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// FindGateway tells whether the gateway runs, and where.
func (s *Service) FindGateway(context.Context) (core.GatewayStatus, error) {
	return s.deps.Gateway.Status(), nil
}

// StartGateway opens the gateway and returns its new state.
func (s *Service) StartGateway(ctx context.Context) (core.GatewayStatus, error) {
	if err := s.deps.Gateway.Start(ctx); err != nil {
		return core.GatewayStatus{}, err
	}
	return s.deps.Gateway.Status(), nil
}

// StopGateway closes the gateway after draining and returns its new state.
func (s *Service) StopGateway(ctx context.Context) (core.GatewayStatus, error) {
	if err := s.deps.Gateway.Stop(ctx); err != nil {
		return core.GatewayStatus{}, err
	}
	return s.deps.Gateway.Status(), nil
}
