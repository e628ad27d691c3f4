// The form without a network: what it holds is kept and sent later. With one it goes the way of any form.
import { file, type Filing } from './outbox';

/** The report that a form holds. */
export function filingOf(form: HTMLFormElement): Filing {
  const data = new FormData(form);
  const text = (name: string) => { const value = data.get(name); return typeof value === 'string' ? value.trim() : ''; };
  const degrees = (name: string) => Number(text(name).replace(',', '.'));
  const category = text(`more.${text('category')}`) || text('category');
  const body: Record<string, unknown> = { category, title: text('title'), location: { type: 'Point', coordinates: [degrees('lon'), degrees('lat')] } };
  for (const name of ['description', 'address', 'email']) if (text(name) !== '') body[name] = text(name);
  const photos = data.getAll('photo').filter((photo): photo is File => photo instanceof File && photo.size > 0);
  return { uuid: text('uuid'), body, photos, uploaded: [] };
}

/** Files by the outbox while there is no network; `kept` follows. */
export function fileOffline(form: HTMLFormElement, kept: () => void): void {
  form.addEventListener('submit', (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    void file({ ...filingOf(form), uuid: crypto.randomUUID() }).then((outcome) => {
      if (outcome.kind === 'filed') return location.assign(outcome.thanks);
      form.reset();
      kept();
      document.querySelector('.outbox')?.scrollIntoView();
    }, () => form.submit());
  });
}
