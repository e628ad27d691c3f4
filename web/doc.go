// Package web is everything that speaks HTTP, and the only tree that knows Fiber: the routes on one page (routes.go), the guards before them
// (guard.go), the JSON API, tiles, exports, the event stream and the pages.
//
// Decisions:
//   - The JSON API is described and routed by Huma, so that the OpenAPI document cannot lie about it; parameters and bodies are checked by our
//     own code, because an error must name the field in the reader's language and unknown or repeated parameters are refused.
//   - Tiles, exports, streams and pages are plain Fiber handlers: Huma would buffer or copy what they send.
//   - A handler returns an error; fault.go alone turns it into a status and a problem document (RFC 9457) or a page.
//   - Pages and what they embed need no JavaScript; the policy forbids inline scripts and styles.
package web
