// Package suggestion guesses which category a text is about, by what similar past reports were.
//
// Decisions:
//   - It learns from the town's own public reports, in every node by itself, in the background; the model is never changed, a new one takes its place.
//   - What is not public is not learnt: whoever may try texts as often as he likes could find out by the shares which words stand in reports that he may not
//     see. Private categories are suggested by their names and synonyms (synonym.txt) alone.
//   - The same names and synonyms are what a town without reports suggests by.
package suggestion
