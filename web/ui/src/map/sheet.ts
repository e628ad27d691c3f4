// The sheet that holds the count, the list and the card. On a telephone it lies over the map at three heights and is drawn up and
// down by a finger, by its button, or by what is asked of it; on a desk it stands beside the map and has no height of its own.
import { element } from '../element';
import type { Words } from '../words';
import { heights, settle, step, type Height } from './height';

const desk = matchMedia('(min-width: 60rem)');
const slop = 6; // px that a press may move and still be a press
const pausing = 100; // ms that a finger must rest for its speed to be forgotten

export class Sheet {
  readonly body: HTMLElement;
  private readonly handle: HTMLButtonElement;
  private at: Height = 'peek';
  private dragged = false; // the click that ends a drag is none

  constructor(private readonly box: HTMLElement, private readonly words: Words) {
    const body = box.querySelector<HTMLElement>('.sheet-body');
    const head = box.querySelector<HTMLElement>('.sheet-head');
    if (!body || !head) throw new Error('the page has no sheet');
    this.body = body;
    this.body.id = 'sheet-body';
    this.handle = element('button', { type: 'button', class: 'sheet-handle', 'aria-controls': this.body.id }, element('span', { 'aria-hidden': 'true' }));
    box.prepend(this.handle);
    this.handle.addEventListener('click', (event) => {
      if (this.dragged && event.detail > 0) return; // a key's click counts none
      this.rest(this.at === 'full' ? 'peek' : step(this.at, 1));
    });
    this.handle.addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : undefined;
      if (by === undefined) return;
      event.preventDefault();
      this.rest(step(this.at, by));
    });
    // What takes the focus is seen.
    this.body.addEventListener('focusin', () => this.raise('half'));
    for (const grip of [this.handle, head]) this.drag(grip);
    // At its lowest the sheet shows its head, however large somebody's letters are; what floats above it keeps clear of it.
    const page = box.closest<HTMLElement>('main');
    new ResizeObserver(() => page?.style.setProperty('--head', `${head.offsetTop + head.offsetHeight}px`)).observe(head);
    this.rest('peek');
  }

  /** Makes the sheet at least so tall. */
  raise(height: Height): void {
    if (heights.indexOf(height) > heights.indexOf(this.at)) this.rest(height);
  }

  /** Whether it takes the whole screen. */
  get isTall(): boolean {
    return this.at === 'full';
  }

  /** Puts the card over the list, or takes it away. */
  cover(on: boolean): void {
    this.body.classList.toggle('with-card', on);
  }

  rest(height: Height): void {
    this.at = height;
    this.box.dataset.height = height;
    this.box.style.removeProperty('height');
    this.handle.setAttribute('aria-expanded', String(height !== 'peek'));
    this.handle.setAttribute('aria-label', this.words.say(height === 'full' ? 'map.sheet.lower' : 'map.sheet.taller'));
  }

  // The heights as the style sheet makes them, for a finger that lets go between two.
  private sizes(): Record<Height, number> {
    const now = this.box.dataset.height;
    const measure = (height: Height) => {
      this.box.dataset.height = height;
      return this.box.offsetHeight;
    };
    this.box.style.removeProperty('height');
    const sizes = { peek: measure('peek'), half: measure('half'), full: measure('full') };
    this.box.dataset.height = now ?? 'peek';
    return sizes;
  }

  private drag(grip: HTMLElement): void {
    grip.addEventListener('pointerdown', (down) => {
      if (desk.matches || down.button !== 0 || (down.target instanceof Element && down.target.closest('a'))) return;
      const tall = this.box.offsetHeight;
      let last = { y: down.clientY, time: down.timeStamp };
      let speed = 0;
      let moved = (this.dragged = false);
      const move = (event: PointerEvent) => {
        if (!moved && Math.abs(event.clientY - down.clientY) < slop) return;
        moved = this.dragged = true;
        this.box.classList.add('dragged');
        this.box.style.height = `${tall + down.clientY - event.clientY}px`;
        if (event.timeStamp > last.time) speed = (last.y - event.clientY) / (event.timeStamp - last.time);
        last = { y: event.clientY, time: event.timeStamp };
      };
      const end = (event: PointerEvent) => {
        for (const [name, listener] of [['pointermove', move], ['pointerup', end], ['pointercancel', end]] as const) grip.removeEventListener(name, listener);
        if (!moved) return;
        const reached = this.box.offsetHeight;
        const sizes = this.sizes();
        this.box.classList.remove('dragged');
        this.rest(settle(reached, event.timeStamp - last.time > pausing ? 0 : speed, sizes));
      };
      grip.setPointerCapture(down.pointerId); // a quick finger leaves the grip before it is seen to move
      grip.addEventListener('pointermove', move);
      grip.addEventListener('pointerup', end);
      grip.addEventListener('pointercancel', end);
    });
  }
}
