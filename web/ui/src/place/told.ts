// What is said of the place: the address that was chosen, or the one nearest to a point on the map, with the coordinates in small. The
// point itself is said until its address has come, and when it has none.
import { element } from '../element';
import type { Voice } from '../map/voice';
import type { Words } from '../words';
import { written, type Fields, type Spot } from './field';
import { nearest, type Found } from './geocode';

const patience = 5000; // ms

export class Told {
  readonly box: HTMLElement;
  private asked: AbortController | undefined;

  constructor(private readonly words: Words, private readonly fields: Fields, private readonly voice: Voice) {
    this.box = element('p', {}, words.say('place.unset'));
  }

  /** An address was chosen. */
  choose(found: Found): void {
    this.asked?.abort();
    this.fields.choose(found.label);
    this.voice.say(this.show(found, this.words.say('place.address', { address: found.label })));
  }

  /** A point was chosen; `aloud` where somebody may not see it. */
  async point(spot: Spot, aloud: boolean): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    let told = this.show(spot);
    try {
      const address = await nearest(spot, AbortSignal.any([asked.signal, AbortSignal.timeout(patience)]));
      if (asked.signal.aborted) return;
      this.fields.fill(address ?? '');
      if (address !== undefined) told = this.show(spot, this.words.say('place.near', { address }));
    } catch {
      if (asked.signal.aborted) return; // else the point is place enough
      this.fields.fill('');
    }
    if (aloud) this.voice.say(told);
  }

  private show({ lat, lon }: Spot, sentence?: string): string {
    const degrees = { lat: written(lat), lon: written(lon) };
    const said = sentence ?? this.words.say('place.set', degrees);
    this.box.replaceChildren(said, ...(sentence === undefined ? [] : [element('small', {}, `${degrees.lat}, ${degrees.lon}`)]));
    return said;
  }
}
