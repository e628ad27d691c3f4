// "Tell me on this device": the button appears where the browser takes push messages, asks it for leave, and tells the server where it takes them.
import { to } from '../base';

const api = '/api/v1/push';

/** The key of the server as the browser wants it: the bytes of its base64url. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Shows the button of a page, if pushes can be taken here and are not yet. */
export async function offerPush(box: HTMLElement): Promise<void> {
  if (!('PushManager' in window) || !('serviceWorker' in navigator) || !('Notification' in window)) return;
  const button = box.querySelector('button');
  const said = box.querySelector<HTMLElement>('[role="status"]');
  const worker = await navigator.serviceWorker.getRegistration();
  if (!button || !said || !worker?.active) return;
  const known = await worker.pushManager.getSubscription();
  // After the person signed in, this browser is theirs. Where something is to be followed by this browser alone, the page asks for a press all the same.
  if (known && box.dataset.ready === undefined && await tell(known)) return;
  box.hidden = false;
  button.addEventListener('click', () => { void take(worker, box.dataset.push ?? '', button, said, () => { done(box, button, said); }); });
}

/** Goes on once this browser is told: the form within the box is sent; a form around it is told by push instead of by mail; the settings show it. */
function done(box: HTMLElement, button: HTMLElement, said: HTMLElement): void {
  const within = box.querySelector('form');
  const around = box.closest('form');
  if (within) within.submit();
  else if (around) {
    for (const [name, on] of [['by_push', true], ['by_mail', false]] as const) {
      const choice = around.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (choice) choice.checked = on;
    }
    button.hidden = true;
    said.textContent = box.dataset.ready ?? '';
  } else location.reload();
}

async function take(worker: ServiceWorkerRegistration, key: string, button: HTMLButtonElement, said: HTMLElement, then: () => void): Promise<void> {
  said.textContent = '';
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== 'granted') {
      said.textContent = said.dataset.denied ?? '';
      return;
    }
    const subscription = await subscribe(worker.pushManager, key);
    if (!await tell(subscription)) throw new Error('the server did not take it');
    then();
  } catch {
    said.textContent = said.dataset.failed ?? '';
  } finally {
    button.disabled = false;
  }
}

/** Subscribes with the server's key; a subscription with another key, of before the server had this one, is ended first. */
async function subscribe(manager: PushManager, key: string): Promise<PushSubscription> {
  await (await manager.getSubscription())?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
}

async function tell(subscription: PushSubscription): Promise<boolean> {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(to(api), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ endpoint, keys }) });
  return answer.ok;
}
