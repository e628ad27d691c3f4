// The pin that stands on a place.
import { element } from '../element';

/** Draws a pin whose tip is the middle of its lower edge. */
export function drawPin(): HTMLElement {
  const box = element('div', { class: 'place-pin', 'aria-hidden': 'true' });
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 28 38');
  const drop = document.createElementNS(ns, 'path');
  drop.setAttribute('d', 'M14 1.5a12.5 12.5 0 0 1 12.5 12.5c0 8.5-9.5 15.5-12.5 22.5c-3-7-12.5-14-12.5-22.5a12.5 12.5 0 0 1 12.5-12.5z');
  const eye = document.createElementNS(ns, 'circle');
  for (const [name, value] of [['cx', '14'], ['cy', '14'], ['r', '4.5']] as const) eye.setAttribute(name, value);
  svg.append(drop, eye);
  box.append(svg);
  return box;
}
