// Package portowner names the program that holds a TCP port, so that a gateway
// that cannot listen can say who is in the way.
//
// Only Linux tells this to an ordinary process, and only about processes of the
// same user; elsewhere nothing is found.
package portowner
