// Package quota decides whether a user may spend: it reserves an estimate
// before a request goes to an upstream and settles the real usage after it.
//
// On the way of a request it stands between the ledger's Begin and the choice
// of an account. Everything is in memory with one small lock per user; the
// store's hourly sums refill it at the start of the program (Seed).
//
// What counts where:
//
//   - A request belongs to the moment at which it was reserved, as in the
//     ledger's hourly sums: one that crosses midnight counts for the day on
//     which it began.
//   - Days, weeks (from Monday) and months begin at 00:00 UTC. The rolling
//     five hours are kept in 60 steps of five minutes, so what was consumed
//     leaves the window between 4 h 55 min and 5 h later.
//   - Requests and tokens per minute are a sliding window of 60 steps of one
//     second. The estimate counts when the request begins; what the request
//     used beyond it counts when it ends, because that is when it was used.
//   - A limit lets a request pass while anything is left of it, reservations
//     included, so parallel requests together overspend by at most one
//     request, as far as their estimates are not too low.
package quota
