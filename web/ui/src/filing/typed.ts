// What was typed into the form, as names and values: what a draft keeps and a filing sends.

export type Typed = Record<string, string[]>;

// Of this page, not of the draft: tokens, the photos (kept apart), the map without script, the trap.
const passing = new Set(['csrf', 'stamp', 'map', 'photo', 'photos', 'website', 'step', 'place']);

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function* controls(form: HTMLFormElement): Generator<Control> {
  for (const control of form.elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement)) continue;
    if (control.name !== '' && !passing.has(control.name)) yield control;
  }
}

const pressed = (control: Control) => control instanceof HTMLInputElement && (control.type === 'radio' || control.type === 'checkbox');

/** What the form holds; fields that are empty are left out. */
export function typedIn(form: HTMLFormElement): Typed {
  const typed: Typed = {};
  for (const control of controls(form)) {
    if (pressed(control) ? (control as HTMLInputElement).checked : control.value !== '') (typed[control.name] ??= []).push(control.value);
  }
  return typed;
}

/** Puts it back. Fields that the form does not have any more are passed over. */
export function typeInto(form: HTMLFormElement, typed: Typed): void {
  for (const control of controls(form)) {
    const values = typed[control.name] ?? [];
    if (pressed(control)) (control as HTMLInputElement).checked = values.includes(control.value);
    else control.value = values[0] ?? '';
  }
}

/** Whether somebody has begun: where a map led to the form, the place alone is no beginning. */
export function begun(typed: Typed): boolean {
  return ['title', 'description', 'email'].some((name) => typed[name] !== undefined) || Object.keys(typed).some((name) => name.startsWith('answer.'));
}

/** The value of a field; empty where it is not. */
export function valueOf(form: HTMLFormElement, name: string): string {
  const control = form.elements.namedItem(name);
  return control instanceof RadioNodeList || control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement ? control.value.trim() : '';
}

/** The answers to the extra questions, as the API takes them: several of a list joined by commas, moments with the time zone of this device. */
export function answersIn(form: HTMLFormElement): Record<string, string> {
  const answers: Record<string, string> = {};
  for (const control of form.querySelectorAll<Control>('.form-questions [name^="answer."]')) {
    if (pressed(control) && !(control as HTMLInputElement).checked) continue;
    const value = control.value.trim();
    if (value === '') continue;
    const code = control.name.slice('answer.'.length);
    const answer = control.type === 'datetime-local' ? moment(value) : control.inputMode === 'decimal' ? value.replace(',', '.') : value;
    answers[code] = answers[code] === undefined ? answer : `${answers[code]},${answer}`;
  }
  return answers;
}

/** An answer as the API takes it, as fields hold it: whole for one that is typed, each part for those that are ticked, a moment in the time of this device. */
export function answerAsTyped(answer: string): string[] {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(answer)) return [answer, ...answer.split(',')];
  const time = new Date(answer);
  time.setMinutes(time.getMinutes() - time.getTimezoneOffset());
  return [time.toISOString().slice(0, 16)];
}

function moment(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? local : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
