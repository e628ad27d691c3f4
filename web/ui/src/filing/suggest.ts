// Asks the server which categories similar reports had.
import { to } from '../base';

export interface Suggestion {
  category: string;
  share: number; // 0 to 1: how much speaks for it
}

const least = 4; // characters of a text that says something

/** Suggestions for a text, likeliest first; none when the server cannot say. */
export async function suggest(text: string, signal: AbortSignal): Promise<Suggestion[]> {
  if (text.trim().length < least) return [];
  try {
    const answer = await fetch(to('/api/v1/categories/suggest'), {
      method: 'POST', signal, headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ text }),
    });
    return answer.ok ? readSuggestions(await answer.json()) : [];
  } catch {
    return [];
  }
}

export function readSuggestions(answer: unknown): Suggestion[] {
  const items = (answer as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return [];
  return (items as (Partial<Suggestion> | null)[]).flatMap((one) =>
    typeof one?.category === 'string' && typeof one.share === 'number' ? [{ category: one.category, share: one.share }] : []);
}
