// Package importing takes files of open data in: a city's reports, and addresses. What the columns of a file mean stands in a mapping, one small
// YAML file that a user can write; those of well-known sources are built in.
//
// # The way of a file of reports
//
// The file is read once and every row checked on the way (row.go) into a staging table: what is taken with all its parsed fields, what is refused with
// its reason. There SQL finds what one row cannot know: numbers repeated within the file and numbers already known (check.go), and the zones, all
// at once. Only then is anything stored: batches of reports, each in one transaction with its timeline and one row of the change log (move.go). At the
// end the file is read again, only if something was refused, to write the refused rows with line and reason (refused.go).
//
// # Killed and started again
//
// The table import remembers the file and the mapping by their hashes. The same file with the same mapping continues an unfinished import under
// its number: it is staged again, which is a tenth of the work, and what the batches before the end stored is recognised by its import number. So
// there is nothing to clean up after a kill, a power cut or a lost connection. Refused: a staging table that outlives the connection (left behind by
// every import that nobody continues) and marks of progress beside it (one more thing that can be wrong).
//
// # What "the same" means
//
// A row is the same if every column that the mapping reads has the same text. The digest of these is stored with the report, so that a report
// that people have worked on since is still recognised when the city publishes its file again. Refused: comparing with the report as it stands.
//
// Rows are parsed in Go before staging, not in SQL after it: dates with time zones, H3 cells and coordinates follow the same code as filings, and
// copying parsed rows is no slower than copying text. Zones alone are left to PostGIS (package zone says why).
package importing
