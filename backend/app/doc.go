// Package app builds the program from its parts in one function, and starts
// and stops it in order.
//
// It is above everything on the way of a request and does nothing on it.
package app
