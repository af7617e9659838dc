// Package ledger keeps one row per request, whatever becomes of it, and the live
// log of what happens in the program.
//
// It stands at both ends of the way of a request. Begin stores the row before any
// upstream is called and fails the request when it cannot; End stores what became
// of it before the last byte goes to the client. A row is therefore in the store
// at every moment at which an upstream may have been reached: what a crash leaves
// open is found at the next start and ended as interrupted.
//
// Rows of concurrent requests are committed together: the first to arrive commits
// for all that arrived while the commit before it was running. An idle gateway
// pays one commit and no wait, a busy one a fraction of a commit per request.
package ledger
