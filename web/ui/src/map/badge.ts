// Small pictures of words: a category's icon on a round of its colour, a state's pill. What they mean stands in words beside them
// or in them.
import { element } from '../element';
import type { Category } from './report';

const ns = 'http://www.w3.org/2000/svg';

/** Makes badges of categories once they are known. */
export class Badges {
  private known = new Map<string, Category>();

  constructor(private readonly sprite: string) {}

  know(categories: Map<string, Category>): void {
    this.known = categories;
  }

  /** Whether the categories are known yet. */
  get ready(): boolean {
    return this.known.size > 0;
  }

  /** The badge of a category; an unknown one has a plain round. */
  of(slug: string): SVGSVGElement {
    const category = this.known.get(slug);
    const box = svg('svg', { class: 'badge', viewBox: '0 0 32 32', width: 32, height: 32, 'aria-hidden': 'true', focusable: 'false' });
    box.append(svg('circle', { cx: 16, cy: 16, r: 16, fill: category?.colour ?? '#59626D' }));
    if (category && this.sprite !== '') box.append(svg('use', { href: `${this.sprite}#${category.icon}`, x: 7, y: 7, width: 18, height: 18, fill: '#FFFFFF' }));
    return box;
  }
}

/** An SVG element with attributes. */
export function svg<T extends keyof SVGElementTagNameMap>(tag: T, attributes: Record<string, string | number>): SVGElementTagNameMap[T] {
  const made = document.createElementNS(ns, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** A state's pill. */
export function pill(status: string, label: string): HTMLElement {
  return element('span', { class: `status status-${status}` }, label);
}
