// What the keys do on a map: a list for the eye, in a dialog, and the same in sentences for a screen reader.
import { element } from '../element';
import type { Key, Words } from '../words';

/** Keys and what they do. */
export type Help = readonly (readonly [Key, Key])[];

const moving: Help = [
  ['map.help.arrows', 'map.help.arrows.does'], ['map.help.shift', 'map.help.shift.does'], ['map.help.zoom', 'map.help.zoom.does'],
];
const asking: Help = [['map.help.question', 'map.help.question.does']];

/** The keys of the map page, of the form's map, and of a map that is only looked at. */
export const mapHelp: Help = [
  ...moving, ['map.help.enter', 'map.help.enter.opens'], ['map.help.escape', 'map.help.escape.does'], ...asking, ['map.help.tab', 'map.help.tab.does'],
];
export const placeHelp: Help = [...moving, ['map.help.enter', 'map.help.enter.places'], ...asking];
export const spotHelp: Help = [...moving, ...asking];

/** The help in sentences. */
export function helpText(words: Words, help: Help): string {
  return help.map(([key, does]) => words.say('map.help.sentence', { key: words.say(key), does: words.say(does) })).join(' ');
}

/** The dialog that lists the help. */
export function helpDialog(words: Words, help: Help): HTMLDialogElement {
  const title = element('h2', { id: 'map-help-title' }, words.say('map.help.title'));
  const close = element('button', { type: 'button', class: 'quiet' }, words.say('map.help.close'));
  const list = element('dl', {}, ...help.flatMap(([key, does]) => [element('dt', {}, words.say(key)), element('dd', {}, words.say(does))]));
  const dialog = element('dialog', { class: 'map-help', 'aria-labelledby': title.id }, title, list, close);
  close.addEventListener('click', () => dialog.close());
  return dialog;
}
