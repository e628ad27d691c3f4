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

// A single select cannot say "new or planned", which a shared address may: it then gets an option for just that.
function select(control: HTMLSelectElement, values: readonly string[]): void {
  if (control.multiple) {
    for (const option of control.options) option.selected = values.includes(option.value);
    return;
  }
  const joined = values.join(',');
  if (![...control.options].some((option) => option.value === joined)) {
    control.append(new Option(values.map((value) => labelOf(control, value)).join(', '), joined));
  }
  control.value = joined;
}

function labelOf(control: HTMLSelectElement, value: string): string {
  return [...control.options].find((option) => option.value === value)?.text.trim() ?? value;
}

/** The names that the form gives to the values of a field: what a category is called in the page's language. */
export function labels(form: HTMLFormElement | null, field: Field): Map<string, string> {
  const found = new Map<string, string>();
  for (const control of form?.elements ?? []) {
    if (control instanceof HTMLSelectElement && control.name === field) {
      for (const option of control.options) if (option.value !== '') found.set(option.value, option.text.trim());
    } else if (control instanceof HTMLInputElement && control.name === field && control.labels?.[0]) {
      found.set(control.value, control.labels[0].textContent.trim());
    }
  }
  return found;
}

/** Keeps the form's hidden view fields true, so that sending it without script stays at the same place. */
export function remember(form: HTMLFormElement, view: View): void {
  const texts: Record<string, string> = { z: String(view.zoom), lat: String(view.lat), lon: String(view.lon) };
  for (const [name, text] of Object.entries(texts)) {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLInputElement) control.value = text;
  }
}
