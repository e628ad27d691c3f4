// A service worker's world, as far as we use it: the compiler's types of workers do not go together with those of pages.

/** An event that the browser keeps the worker alive for. */
export interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** A page, or something for it, is asked for. */
export interface Asked extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

export interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate' | 'sync', hear: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', hear: (event: Asked) => void): void;
  addEventListener(type: 'message', hear: (event: Lasting & { data: unknown }) => void): void;
}
