// Whoever leaves an account leaves nothing of it on the device for the next one: no draft, and nothing that waits. What others wrote is theirs, and stays.
import { eraseDraft } from '../filing/draft';
import { wordsAt } from './said';
import { allKept, forget } from './store';
import { writer } from './writer';

/** Sends a form that leaves, once nothing is left. Who has something waiting is asked, because it is lost. */
export async function leave(form: HTMLFormElement, words: string): Promise<void> {
  try {
    const mine = (await allKept()).filter((one) => one.writer === writer());
    if (mine.length > 0 && !confirm((await wordsAt(words)).count('offline.leave', mine.length))) return;
    dispatchEvent(new Event('leave')); // a form on this page keeps nothing any more
    await eraseDraft();
    for (const { uuid } of mine) await forget(uuid);
  } catch { /* a browser that keeps nothing has nothing to forget */ }
  form.submit();
}
