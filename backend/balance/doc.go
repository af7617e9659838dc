// Package balance chooses one account among the candidates and remembers how
// each account fares.
//
// On the way of a request it stands between the catalog and the upstream. It
// keeps everything in memory; clock and randomness are injected.
//
// What keeps an account from being chosen, each for itself:
//
//   - a finding about the account (its limit, quota or credential) closes it
//     until the provider's own time, or for a rest that grows with every
//     failure in a row;
//   - a finding about one model of it, such as a lack of capacity, cools that
//     model alone;
//   - failures of the provider count against the address: when several requests
//     in a row have failed there, its circuit opens for everybody;
//   - its own limits: parallel requests and requests per minute.
//
// Whatever was closed comes back slowly: one request first, twice as many when
// it is answered, so that a thousand accounts whose limits end in the
// same second are not all hit again in that second.
package balance
