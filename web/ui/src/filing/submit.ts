// Sends the report by the outbox, which keeps it until the server has it, and brings back what the server finds wrong to the fields it is about.
import { drop, file, kept, mayBeSent, type Filing, type Problem } from '../outbox/outbox';
import { typed as degrees } from '../place/field';
import { element } from '../element';
import { answersIn, valueOf } from './typed';

/** The report that the form holds, without its photos. */
export function bodyOf(form: HTMLFormElement, category: string): Record<string, unknown> {
  const [lat, lon] = [degrees(valueOf(form, 'lat'), 90) ?? 0, degrees(valueOf(form, 'lon'), 180) ?? 0];
  const body: Record<string, unknown> = { category, title: valueOf(form, 'title'), location: { type: 'Point', coordinates: [lon, lat] } };
  for (const name of ['description', 'address', 'email']) if (valueOf(form, name) !== '') body[name] = valueOf(form, name);
  const answers = answersIn(form);
  if (Object.keys(answers).length > 0) body.attributes = answers;
  return body;
}

/** Files it; `held` is told as soon as the outbox has it. A uuid that is another report's by now is changed for a new one: once. */
export async function submit(filing: Filing, held: () => Promise<void>): ReturnType<typeof file> {
  const outcome = await file(filing, held);
  if (outcome.kind !== 'refused') return outcome;
  await drop(filing.uuid); // the form has it
  if (outcome.problem.status !== 409) return outcome;
  const again = { ...filing, uuid: crypto.randomUUID() };
  const second = await file(again, held);
  if (second.kind === 'refused') await drop(again.uuid);
  return second;
}

/** What waits in the outbox, to be corrected; another's is for no one to read. */
export const refusedFiling = (uuid: string) => kept(uuid).then((one) => (one && mayBeSent(one) ? one : undefined)).catch(() => undefined);

/** The field of the form that a field of the API is. */
export function fieldOf(name: string): string {
  if (name === 'location' || name.startsWith('location.')) return 'lat';
  if (name === 'photos') return 'photo';
  if (name.startsWith('attributes')) return 'attributes';
  return name;
}

/** Takes away what was said to be wrong. */
export function unblame(form: HTMLFormElement): void {
  document.querySelector('.error-summary')?.remove();
  form.querySelectorAll('.field > .error').forEach((said) => said.remove());
  form.querySelectorAll('.field.wrong').forEach((field) => field.classList.remove('wrong'));
  form.querySelectorAll('[aria-invalid]').forEach((control) => control.removeAttribute('aria-invalid'));
}

/** Says what is wrong, above the form and beside its fields, as the server's own page does. The first field that is wrong, if there is one. */
export function blame(form: HTMLFormElement, problem: Problem, title: string): Element | undefined {
  const lines: HTMLElement[] = [];
  let first: Element | undefined;
  for (const { field, detail } of problem.errors ?? []) {
    const name = fieldOf(field);
    const control = form.querySelector(`#${CSS.escape(name)}`);
    if (!control) {
      lines.push(element('li', {}, detail));
      continue;
    }
    first ??= control;
    lines.push(element('li', {}, element('a', { href: `#${name}` }, detail)));
    const box = control.closest('.field');
    box?.classList.add('wrong');
    const said = element('p', { class: 'error', id: `${name}-error` }, detail);
    const before = control.closest('.form-search, .combobox') ?? control;
    if (control instanceof HTMLFieldSetElement) control.querySelector('legend')?.after(said);
    else before.before(said);
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', `${control.getAttribute('aria-describedby') ?? ''} ${name}-error`.trim());
  }
  const summary = element('div', { class: 'error-summary', role: 'alert', tabindex: -1 }, element('h2', {}, title),
    ...(lines.length === 0 ? [element('p', {}, problem.detail)] : [element('ul', {}, ...lines)]));
  form.before(summary);
  return first;
}
