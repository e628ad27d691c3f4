// The form's map: a pin that says where. A press, Enter at the crosshair, the button, a dragged pin, an address or typed coordinates
// all end in the form's two fields, which are what is sent. Where no map can be drawn, addresses are suggested all the same.
import { element } from '../element';
import { configOf, type Config } from '../map/config';
import { placeHelp } from '../map/help';
import { makePin, type Map } from '../map/maplibre';
import { Picture } from '../map/picture';
import { makeView } from '../map/view';
import { Voice } from '../map/voice';
import { speak, type Words } from '../words';
import { Combobox } from './combobox';
import { Fields, type Spot } from './field';
import { drawPin } from './pin';
import { Told } from './told';

const near = 17; // zoom that shows a street corner

/** Starts the island in its element, which stands in the form. Tests find the map as `element.map`. */
export async function start(root: HTMLElement & { map?: Map }): Promise<void> {
  const config = await configOf(root);
  const form = root.closest('form');
  if (!form) throw new Error('the map of a place stands in a form');
  const words = speak(config.lang, config.words);
  const fields = new Fields(form);
  const voice = new Voice(words);
  const told = new Told(words, fields, voice);
  root.classList.add('place');
  form.classList.add('with-script'); // what only readers without script need goes
  root.replaceChildren(voice.region);

  let pin: PlaceMap | undefined;
  if (fields.address) {
    const said = element('p', { class: 'place-said', hidden: true }); // what came of a search, for the eye
    const tell = (sentence: string) => {
      said.textContent = sentence;
      said.hidden = sentence === '';
    };
    const input = fields.address;
    const suggestions = new Combobox({
      input, id: 'place-suggestions', words, none: () => words.say('place.none'), failed: words.say('place.failed'),
      say: (sentence, found) => {
        voice.say(sentence);
        tell(found ? '' : sentence);
      },
      taken: (found) => {
        tell('');
        fields.write(found);
        pin?.show(found);
        pin?.go(found);
        told.choose(found);
      },
    });
    input.closest('.form-search')?.after(said);
    input.addEventListener('input', () => tell(''));
    // Enter in the field looks the address up, as its button does without script; it never sends the report. The suggestions hear it first.
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing) return;
      event.preventDefault();
      void suggestions.takeBest();
    });
  }
  try {
    pin = await PlaceMap.make(root, config, fields, told, words);
    root.map = pin.map;
  } catch (cause) {
    root.replaceChildren(element('p', { class: 'notice' }, words.say('place.no_map')), voice.region);
    throw cause;
  }
}

class PlaceMap {
  readonly map: Map;
  private readonly pin: ReturnType<typeof makePin>;

  static async make(root: HTMLElement, config: Config, fields: Fields, told: Told, words: Words): Promise<PlaceMap> {
    const stage = element('div', { class: 'map-stage', id: 'place-stage' });
    const container = element('div', { class: 'map-view' });
    stage.append(container);
    root.prepend(stage);
    const begun = fields.read();
    const view = begun ? { ...begun, zoom: near } : config;
    const picture = await Picture.make({ container, config, label: words.say('place.label'), view, filter: { status: ['open'] }, hexagons: false });
    return new PlaceMap(picture.map, stage, fields, told, words);
  }

  private constructor(map: Map, stage: HTMLElement, private readonly fields: Fields, private readonly told: Told, words: Words) {
    this.map = map;
    this.pin = makePin(map, drawPin(), (lat, lon) => this.put({ lat, lon }));
    makeView({ map, stage, words, help: placeHelp, act: () => this.putHere(), back: () => undefined, moved: () => undefined });
    const here = element('button', { type: 'button', class: 'quiet' }, words.say('place.here'));
    here.addEventListener('click', () => this.putHere());
    stage.after(element('div', { class: 'place-foot' }, here, told.box));
    map.on('click', (event) => {
      const at = event.lngLat.wrap();
      this.put({ lat: at.lat, lon: at.lng });
    });
    fields.onTyped(() => {
      const spot = fields.read();
      if (!spot) return;
      this.show(spot);
      this.go(spot);
      void told.point(spot, false);
    });
    const begun = fields.read();
    if (!begun) return;
    this.show(begun);
    void told.point(begun, false);
  }

  /** Shows the pin at a place. */
  show(spot: Spot): void {
    this.pin.at(spot.lat, spot.lon);
  }

  /** Moves the map to a place. */
  go(spot: Spot): void {
    this.map.jumpTo({ center: [spot.lon, spot.lat], zoom: Math.max(near, this.map.getZoom()) });
  }

  private put(spot: Spot): void {
    this.fields.write(spot);
    this.show(spot);
    void this.told.point(spot, true);
  }

  private putHere(): void {
    const centre = this.map.getCenter().wrap();
    this.put({ lat: centre.lat, lon: centre.lng });
  }
}
