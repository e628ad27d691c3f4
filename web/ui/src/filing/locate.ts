// Where the device is: asked only when somebody presses the button, and told with how exact it is.
import type { Spot } from '../place/field';
import type { Words } from '../words';

const rough = 60; // m: from here on the map is to be looked at

export function locateBy(button: HTMLButtonElement, said: HTMLElement, words: Words, found: (spot: Spot) => void): void {
  button.hidden = !('geolocation' in navigator);
  const tell = (sentence: string) => {
    said.textContent = sentence;
    said.hidden = false;
  };
  button.addEventListener('click', () => {
    tell(words.say('filing.locating'));
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        tell(words.say(coords.accuracy > rough ? 'filing.located.rough' : 'filing.located', { metres: Math.ceil(coords.accuracy) }));
        found({ lat: coords.latitude, lon: coords.longitude });
      },
      (wrong) => {
        button.disabled = false;
        tell(words.say(wrong.code === wrong.PERMISSION_DENIED ? 'filing.locate.refused' : 'filing.locate.failed'));
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
    );
  });
}
