// Every page loads this: the sheets, and the few things that make a plain page kinder. Nothing here is needed for a task.
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/frame.css';
import '../styles/form.css';
import '../styles/filter.css';
import '../styles/report.css';
import '../styles/chart.css';
import { keepWriter } from '../outbox/writer';
import { keepToken } from './token';

const said = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

keepToken(document, sessionStorage);
keepWriter(said('quartier-writer'));

// A suspicious filing is asked to work; hardly anybody ever loads this.
const proof = document.querySelector<HTMLFormElement>('form[data-proof]');
if (proof) void import('../proof/form').then(({ work }) => { work(proof); });

// After a refused form the errors come first, for the eye and for the screen reader.
document.querySelector<HTMLElement>('.error-summary')?.focus();

// Passkeys are the browser's own doing: their forms appear where it can.
if (document.querySelector('form[data-passkey]')) void import('../sign-in/passkey').then(({ offerPasskeys }) => offerPasskeys(document));

// Away from the network: once the page stands, it sends what waits and sees to the service worker.
const words = said('quartier-words') ?? '';
addEventListener('load', () => void import('../outbox/start').then(({ start }) => { start(words); }));
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-leaves]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void import('../outbox/notice').then(({ leave }) => leave(form, words), () => form.submit());
  });
}
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  void import('../outbox/install').then(({ offerInstall }) => offerInstall(event, words));
});

// The button that has this device told appears where the browser can be.
const push = document.querySelector<HTMLElement>('[data-push]');
if (push) void import('../push/offer').then(({ offerPush }) => offerPush(push));
