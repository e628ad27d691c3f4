// Push messages in the service worker: each is shown, and a press on it opens what it is about. The server says it all (reports/notification/push.go); what
// another server might send is shown as far as it can be read.

/** What the server says. */
interface Said {
  title: string;
  body: string;
  /** Path of a page of ours. */
  link: string;
  /** Another message with the same tag takes this one's place. */
  tag: string;
}

const longest = 2000; // letters

/** Reads a message; what is none of ours is an empty one: a browser that shows nothing for a push shows its own sentence instead. */
export function read(text: string): Said {
  let said: Partial<Record<keyof Said, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) said = parsed;
  } catch {
    // Not ours.
  }
  const one = (value: unknown, otherwise: string) => (typeof value === 'string' && value !== '' ? value.slice(0, longest) : otherwise);
  const link = one(said.link, '/');
  return {
    title: one(said.title, 'Quartier'),
    body: one(said.body, ''),
    link: /^\/(?![/\\])/.test(link) ? link : '/', // a path, and no other site
    tag: one(said.tag, 'quartier'),
  };
}

/** What happens to a service worker, as far as it matters here: the compiler's own names of it would not stand beside those of pages. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Pushed extends Lasting {
  readonly data: { text(): string } | null;
}
interface Pressed extends Lasting {
  readonly notification: { readonly data: unknown; close(): void };
}

/** What is needed of a service worker. */
export interface Listener {
  readonly registration: { readonly scope: string; showNotification(title: string, options: NotificationOptions): Promise<void> };
  readonly clients: {
    matchAll(options: { type: 'window' }): Promise<readonly { readonly url: string; focus(): Promise<unknown> }[]>;
    openWindow(link: string): Promise<unknown>;
  };
  addEventListener(name: 'push', hear: (event: Pushed) => void): void;
  addEventListener(name: 'notificationclick', hear: (event: Pressed) => void): void;
}

/** Hears pushes and presses. The scope of the worker stands before every path of ours. */
export function listen(scope: Listener): void {
  const base = scope.registration.scope.replace(/\/$/, '');
  scope.addEventListener('push', (event) => {
    const said = read(event.data?.text() ?? '');
    event.waitUntil(scope.registration.showNotification(said.title, {
      body: said.body, tag: said.tag, icon: `${base}/assets/icon.svg`, data: { link: base + said.link },
    }));
  });
  scope.addEventListener('notificationclick', (event) => {
    event.notification.close();
    const { link } = event.notification.data as { link: string };
    event.waitUntil(open(scope, link));
  });
}

/** Shows a page of ours: in a tab that shows it already, or in a new one. */
async function open(scope: Listener, link: string): Promise<void> {
  const tabs = await scope.clients.matchAll({ type: 'window' });
  const there = tabs.find((tab) => tab.url === link);
  if (there) await there.focus();
  else await scope.clients.openWindow(link);
}
