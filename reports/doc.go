// Package reports is about reports [signalements]: what one is, how it is filed and read, what its categories and services are, and how it
// stands on the map. The words are those of the field: a report has a state, a category, a service, a place and a timeline.
//
// Decisions:
//   - File makes the report, its first timeline entry and its change-log row in one transaction; nobody is told before the commit.
//   - Slugs and names of categories, services and zones are resolved through a Catalogue that is held in memory and swapped as a whole, so that
//     filters of the map work while the database rests.
//   - The index of the map is given items by loaders (item.go); it never imports this package.
package reports
