// Draws the area of a photo that is to be blurred: by a finger, a mouse, or the arrow keys. The four numbers of the form stay what is sent.
import { element } from '../element';
import { after, between, type Area } from './area';

const names = ['left', 'top', 'width', 'height'] as const;

export function drawArea(form: HTMLFormElement): void {
  const sheet = form.querySelector<HTMLElement>('.retouch-photo');
  if (!sheet) return;
  const fields = names.map((name) => form.elements.namedItem(name) as HTMLInputElement);
  const box = element('div', { class: 'retouch-area', tabindex: 0, role: 'group', 'aria-label': sheet.dataset.label });
  const read = (): Area => {
    const [left = 0, top = 0, width = 0, height = 0] = fields.map((field) => Number(field.value.replace(',', '.')) || 0);
    return { left, top, width, height };
  };
  const show = (a: Area) => { for (const name of names) box.style.setProperty(name, `${a[name]}%`); };
  const write = (a: Area) => {
    names.forEach((name, i) => { const field = fields[i]; if (field) field.value = String(a[name]); });
    show(a);
  };
  if (fields.every((field) => field.value === '')) write({ left: 35, top: 40, width: 30, height: 20 });
  else show(read());
  sheet.append(box);
  form.addEventListener('input', () => { show(read()); });
  box.addEventListener('keydown', (event) => {
    const next = after(event.key, event.shiftKey, read());
    if (!next) return;
    event.preventDefault();
    write(next);
  });
  sheet.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    const frame = sheet.getBoundingClientRect();
    const at = (e: PointerEvent) => [(e.clientX - frame.left) / frame.width * 100, (e.clientY - frame.top) / frame.height * 100] as const;
    const [x, y] = at(event);
    const move = (e: PointerEvent) => { write(between(x, y, ...at(e))); };
    sheet.setPointerCapture(event.pointerId);
    sheet.addEventListener('pointermove', move);
    const end = () => { sheet.removeEventListener('pointermove', move); };
    sheet.addEventListener('pointerup', end, { once: true });
    sheet.addEventListener('pointercancel', end, { once: true });
  });
}
