// Whoever leaves an account leaves nothing on the device for the next one: no draft, and nothing that waits and would be sent in another's name.
import { eraseDraft } from '../filing/draft';
import { wordsAt } from './said';
import { allKept, forgetAll } from './store';

/** Sends a form that leaves, once nothing is left. Who has something waiting is asked, because it is lost. */
export async function leave(form: HTMLFormElement, words: string): Promise<void> {
  try {
    const { length } = await allKept();
    if (length > 0 && !confirm((await wordsAt(words)).count('offline.leave', length))) return;
    dispatchEvent(new Event('leave')); // a form on this page keeps nothing any more
    await eraseDraft();
    await forgetAll();
  } catch { /* a browser that keeps nothing has nothing to forget */ }
  form.submit();
}
