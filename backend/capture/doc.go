// Package capture keeps the bodies of requests for people who want to see what
// was said, if the settings say so.
//
// It stands beside the ledger at the end of a request's way: the relay hands over
// what it has sent and got, and goes on; whatever is done with it then is done
// here, behind the client's back. Nobody waits for it: what comes faster than it
// can be stored is dropped, and the row of the request says so by not saying that
// its bodies were kept.
package capture
