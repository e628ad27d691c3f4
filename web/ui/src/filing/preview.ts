// The report as everybody will see it, in the element that the server fills where there is no script.
import { to } from '../base';
import { element } from '../element';
import type { Spot } from '../place/field';
import type { Words } from '../words';
import type { Kinds } from './kinds';
import { valueOf } from './typed';

const [width, height] = [352, 240]; // pixels of the map, as on the report's page

export function preview(form: HTMLFormElement, kinds: Kinds, spot: Spot | undefined, photos: string[], words: Words): void {
  const box = form.querySelector<HTMLElement>('.form-preview');
  if (!box) return;
  const put = (part: string, ...content: (Node | string)[]) => box.querySelector(`.preview-${part}`)?.replaceChildren(...content);
  const kind = kinds.chosen();
  const badge = kinds.badge();
  put('kind', ...(badge ? [badge] : []), kind?.label ?? '');
  put('title', valueOf(form, 'title'));
  put('place', valueOf(form, 'address'));
  put('text', valueOf(form, 'description'));
  put('photos', ...photos.map((src, i) => element('li', {}, element('img', { src, alt: words.say('filing.photos.item', { n: i + 1 }) }))));
  if (spot) put('map', map(spot, words));
  else put('map');
  const notice = box.querySelector<HTMLElement>('.preview-private');
  if (notice) notice.hidden = !(form.dataset.private ?? '').split(' ').includes(kind?.slug ?? '*');
  box.hidden = false;
}

// Without network there is no picture, and the address is enough.
function map({ lat, lon }: Spot, words: Words): HTMLElement {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches ? '&theme=dark' : '';
  const picture = element('img', { src: to(`/maps/static.png?lat=${lat}&lon=${lon}&w=${width}&h=${height}&pin=1&items=0${dark}`), width, height, alt: words.say('filing.preview.map') });
  picture.addEventListener('error', () => picture.remove());
  return picture;
}
