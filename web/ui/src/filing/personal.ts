// Personal data in a text that will be public: it warns, and never refuses. The server knows the same (reports/personal.go); both are tested by one table.

export type Personal = 'email' | 'phone' | 'plate';

const words = 'LE|LA|DE|EN|ET|ES|CE|SE|NE|ME|TE|JE|SA|MA|TA|AN|CA';
const notPlate = new RegExp(`^(?:${words}|RD|RN|CD|CR|VC) ?\\d|\\d ?(?:${words})$|^\\d+[ -]?(?:${words}|RD|RN|CD|CR|VC|AV|BD|PL|CH|ST|RT|ZA|RES|BAT|APT|LES|DES)[ -]?\\d`);

const forms: [kind: Personal, form: RegExp][] = [
  ['email', /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g],
  ['phone', /0[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|(?:\/\d\d){4}|\d{8})/g],
  ['phone', /(?:\+|00)33 ?(?:\(0\) ?)?[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|\d{8})/g],
  ['phone', /\+[1-9](?:\d{8,14}|\d{0,2}(?:(?:[ -]\(?\d{1,6}\)?){2,6}|(?:\.\d{1,6}){2,6}))/g],
  ['plate', /[A-HJ-NP-TV-Za-hj-np-tv-z]{2}-\d{3}-[A-HJ-NP-TV-Za-hj-np-tv-z]{2}/g],
  ['plate', /[A-HJ-NP-TV-Z]{2} ?\d{3} ?[A-HJ-NP-TV-Z]{2}/g],
  ['plate', /\d{2,4}[ -]?[A-HJ-NP-TV-Z]{2,3}[ -]?(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])/g],
];
const fewestDigits = 8;

/** Which kinds a text seems to hold, each once. */
export function personalIn(text: string): Personal[] {
  const plain = text.replace(/\s/g, ' ');
  return [...new Set(forms.filter(([kind, form]) => holds(plain, kind, form)).map(([kind]) => kind))];
}

function holds(text: string, kind: Personal, form: RegExp): boolean {
  form.lastIndex = 0;
  for (let match = form.exec(text); match; match = form.exec(text)) {
    const end = match.index + match[0].length;
    if (kind === 'email' || (alone(text, match.index, end) && plausible(kind, match[0]))) return true;
    form.lastIndex = match.index + 1;
  }
  return false;
}

function plausible(kind: Personal, text: string): boolean {
  return kind === 'plate' ? !notPlate.test(text) : text.replace(/\D/g, '').length >= fewestDigits;
}

const part = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
const joins = (sign: string | undefined) => sign !== undefined && '-./,+'.includes(sign);

// No letter or digit stands beside it, nor behind a sign that would make it part of a longer number.
function alone(text: string, start: number, end: number): boolean {
  const [before, after] = [[text[start - 1], text[start - 2]], [text[end], text[end + 1]]] as const;
  return [before, after].every(([next, further]) => !part(next) && !(joins(next) && part(further)));
}
