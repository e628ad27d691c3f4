import { speak, type Words } from '../words';

/** The words at an address, in the language of the page. */
export async function wordsAt(address: string): Promise<Words> {
  const answer = await fetch(address);
  return speak(document.documentElement.lang, (await answer.json()) as Record<string, string>);
}
