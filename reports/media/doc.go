// Package media is about photos: what comes in is decoded, brought upright, flattened and encoded anew in three sizes; nothing of the bytes that somebody
// sent is kept. So a photo that is served is a JPEG of ours, whatever was sent: no position, no camera, no comment, no script.
//
// Decisions:
//   - What a file is, its first bytes say; its name and its declared type are heard by nobody. What it would cost in memory is known from its head, and
//     refused there, before a decoder makes room for it. Few are decoded at a time, by what they cost.
//   - A row stands before the files do and longer than they do: it is made as receiving, then the files are written, then it is ready; to erase is to mark it,
//     then the files go by a job, then the row. Whatever breaks off half-way is found by Sweep.
//   - Until it is attached to an item a photo belongs to who uploaded it: to an account, or to whoever holds the secret that was given back with the first
//     one. Afterwards it is seen exactly as its item is; the item's own package asks (reports.Register.Photo).
//   - Photos lie in a folder named after the database, so that another database in the same data folder never sweeps them away.
//
// Refused: to keep originals (they name the place, the hour and the telephone); to strip metadata without decoding (what a parser of ours does not know stays
// in); to serve what was sent under a safe type (browsers guess).
package media
