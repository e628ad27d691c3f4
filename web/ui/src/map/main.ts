// Pages with a map load this. It is small: the islands and MapLibre itself come after the page has been painted.
import '../styles/map.css';
import { startMenu } from './menu';

const islands: Record<string, () => Promise<{ start: (root: HTMLElement) => Promise<void> }>> = {
  map: () => import('./island'),
  place: () => import('../place/island'),
  spot: () => import('../spot/island'),
};

const [menu, header] = [document.querySelector<HTMLButtonElement>('.map-menu'), document.querySelector<HTMLElement>('header.site')];
if (menu && header) startMenu(menu, header);

// Two frames: the first is the page's own paint. A page opened in the background gets no frames, so a timer stands in.
const painted = new Promise<void>((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => done()));
  setTimeout(done, 500);
});

// An island that sleeps is a link with a picture: a plain press wakes it, every other kind (a new tab …) follows the link.
function wake(root: HTMLElement, event: MouseEvent, begin: () => Promise<void>): void {
  if (root.dataset.wake === 'done' || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  root.dataset.wake = 'done';
  void begin();
}

for (const root of document.querySelectorAll<HTMLElement>('[data-island]')) {
  const load = islands[root.dataset.island ?? ''];
  if (!load) continue;
  const begin = () => load().then((island) => island.start(root));
  if (root.dataset.wake === undefined) void painted.then(begin);
  else root.addEventListener('click', (event) => wake(root, event, begin));
}
