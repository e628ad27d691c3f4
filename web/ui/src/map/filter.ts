// The filter form is the one place that holds the filters. It works without script; with it, a change takes effect at once.
import { fields, tidy, type Field, type Filter, type View } from './state';

/** Reads the form. */
export function read(form: HTMLFormElement): Filter {
  const data = new FormData(form);
  const raw: Partial<Record<Field, string[]>> = {};
  for (const field of fields) raw[field] = data.getAll(field).filter((value) => typeof value === 'string');
  return tidy(raw);
}

/** Makes the form say what `filter` says. */
export function write(form: HTMLFormElement, filter: Filter): void {
  for (const field of fields) {
    const values = filter[field] ?? [];
    for (const control of form.elements) {
      if (control instanceof HTMLSelectElement && control.name === field) select(control, values);
      if (control instanceof HTMLInputElement && control.name === field) {
        if (control.type === 'checkbox' || control.type === 'radio') control.checked = values.includes(control.value);
        else control.value = values.join(',');
      }
    }
  }
}

// A value that the form does not know (a zone named without its set) stays chosen: the address is right as it is.
function select(control: HTMLSelectElement, values: readonly string[]): void {
  const known = new Set([...control.options].map((option) => option.value));
  for (const value of values) if (!known.has(value)) control.append(new Option(value, value));
  for (const option of control.options) option.selected = values.includes(option.value);
}

/** What the form calls a value of a field: a category's name in the page's language. */
export function namer(form: HTMLFormElement | null): (field: Field, value: string) => string {
  const known = new Map<string, string>();
  for (const control of form?.elements ?? []) {
    if (control instanceof HTMLSelectElement) for (const option of control.options) known.set(`${control.name}=${option.value}`, option.text.trim());
    else if (control instanceof HTMLInputElement && control.labels?.[0]) known.set(`${control.name}=${control.value}`, control.labels[0].textContent.trim());
  }
  return (field, value) => known.get(`${field}=${value}`) ?? value;
}

/** Keeps the form's hidden view fields true, so that sending it without script stays at the same place. */
export function remember(form: HTMLFormElement, view: View): void {
  const texts: Record<string, string> = { z: String(view.zoom), lat: String(view.lat), lon: String(view.lon) };
  for (const [name, text] of Object.entries(texts)) {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLInputElement) control.value = text;
  }
}
