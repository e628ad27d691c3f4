// Passkeys: the forms appear where the browser can make and use them. A form asks the server for its options, lets the browser do its part, and is then sent
// like any form, so that every answer is a page.
import { answer, creation, request, type CreateOptions, type GetOptions } from './encoding';

/** Shows the forms of passkeys, if the browser has any. */
export function offerPasskeys(page: Document): void {
  if (!('PublicKeyCredential' in window)) return;
  for (const hidden of page.querySelectorAll<HTMLElement>('[data-passkeys]')) hidden.hidden = false;
  for (const form of page.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(form);
    });
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const said = form.querySelector<HTMLElement>('[data-said]');
  const button = form.querySelector('button');
  if (button?.disabled) return;
  if (said) said.textContent = '';
  if (button) button.disabled = true;
  try {
    const credential = form.querySelector<HTMLInputElement>('input[name="credential"]');
    if (credential) credential.value = await ask(form);
    form.submit();
  } catch {
    // The person closed the browser's window, or there is no passkey here: the other ways stay.
    if (said) said.textContent = said.dataset.said ?? '';
    if (button) button.disabled = false;
  }
}

/** What the browser answers to the server's options. */
async function ask(form: HTMLFormElement): Promise<string> {
  const response = await fetch(form.dataset.options ?? '', { method: 'POST', body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) });
  if (!response.ok || response.redirected) throw new Error(`the server answers ${response.status}`);
  const options: unknown = await response.json();
  const credential = form.dataset.passkey === 'create'
    ? await navigator.credentials.create(creation(options as CreateOptions))
    : await navigator.credentials.get(request(options as GetOptions));
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey');
  return answer(credential);
}
