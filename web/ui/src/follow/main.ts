// The form that follows a place: addresses are suggested, and the map to draw on comes when somebody wants to draw.
import '../styles/follow.css';
import { configOf } from '../map/config';
import { Combobox } from '../place/combobox';
import { Fields } from '../place/field';
import { element } from '../element';
import { speak } from '../words';

const form = document.querySelector<HTMLFormElement>('form.following');
const root = form?.querySelector<HTMLElement>('[data-draw]');
if (form && root) void start(form, root);

async function start(form: HTMLFormElement, root: HTMLElement): Promise<void> {
  const config = await configOf(root);
  const words = speak(config.lang, config.words);
  form.classList.add('with-script');
  suggest(form, config.lang, config.words);

  // Drawing is a megabyte of map: it is fetched when it is chosen, and only once.
  let begun = false;
  const look = () => {
    if (begun || form.querySelector<HTMLInputElement>('input[name="where"]:checked')?.value !== 'area') return;
    begun = true;
    import('./island').then((island) => island.start(root, form, config, words)).catch((cause: unknown) => {
      root.replaceChildren(element('p', { class: 'notice' }, words.say('draw.no_map')));
      throw cause;
    });
  };
  form.addEventListener('change', look);
  look();
}

// The address field, with the place that it means in the form's hidden fields.
function suggest(form: HTMLFormElement, lang: string, catalogue: Record<string, string>): void {
  const words = speak(lang, catalogue);
  const fields = new Fields(form);
  const input = fields.address;
  if (!input) return;
  const said = element('p', { class: 'place-said', role: 'status' });
  const suggestions = new Combobox({
    input, id: 'follow-suggestions', words, none: () => words.say('place.none'), failed: words.say('place.failed'),
    say: (sentence) => { said.textContent = sentence; },
    taken: (found) => {
      said.textContent = '';
      fields.write(found);
      fields.choose(found.label);
    },
  });
  input.closest('.form-search')?.after(said);
  // Enter in the field looks the address up, as its button does without script; it never sends the form. The suggestions hear it first.
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    void suggestions.takeBest();
  });
}
