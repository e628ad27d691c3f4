// The links of the page that lead elsewhere with what is seen: to the list of the same reports, to the form at the same place, and to
// the same map in the other language.
import { to } from '../base';
import type { Words } from '../words';
import { viewQuery } from './report';
import type { Box } from './sight';
import type { Filter, View } from './state';

/** The list's address with the same filter, cut to the same view. */
export function listAddress(box: Box, filter: Filter): string {
  const query = viewQuery(box, filter);
  return to(`/reports${query === '' ? '' : `?${query}`}`);
}

/** Makes the links true for a view. From `pointsFrom` on the middle of the map is a place that somebody may mean. `here` is
 * the map's own address. */
export function tellLinks(list: string, view: View, pointsFrom: number, here: string): void {
  const link = document.querySelector<HTMLAnchorElement>('.map-list-link a');
  if (link) link.href = list;
  const form = to(view.zoom >= pointsFrom ? `/reports/new?lat=${view.lat}&lon=${view.lon}` : '/reports/new');
  for (const file of document.querySelectorAll<HTMLAnchorElement>('.map-file, .site-file')) file.href = form;
  const follow = document.querySelector<HTMLAnchorElement>('.map-follow');
  if (follow) follow.href = to(`/follow${here.includes('?') ? here.slice(here.indexOf('?')) : ''}`);
  const other = document.querySelector<HTMLAnchorElement>('.site-language');
  if (other) other.href = `${here}${here.includes('?') ? '&' : '?'}lang=${other.hreflang}`;
}

/** Says how many the list holds. */
export function tellList(total: number, words: Words): void {
  const link = document.querySelector('.map-list-link a');
  if (!link?.parentElement) return;
  link.textContent = words.say('map.more', { n: total });
  link.parentElement.hidden = total === 0;
}
