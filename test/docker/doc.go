// Package docker holds the test of the container image and of the systemd unit.
// It takes the steps of the Dockerfile one by one in temporary folders, with
// the machine's own Go and Node, because an engine that could build the image
// is not everywhere; what comes out is run as the image would run it.
package docker
