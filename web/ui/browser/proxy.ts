// A proxy before a server that journeys cut: nothing listens, an answer is lost on its way, an answer is another.
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Proxy {
  /** Requests that have come, as "POST /api/v1/media". */
  readonly seen: string[] = [];
  /** Loses the answer of the next request that it names: the server is reached, the browser hears nothing. */
  lose: RegExp | undefined;
  /** Answers 503 in the server's place to what it names. */
  refuse: RegExp | undefined;
  /** Holds back the answers that it names. */
  late: { name: RegExp; until: Promise<void> } | undefined;
  /** Changes the body of answers to a path. */
  readonly other = new Map<string, (body: string) => string>();
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly upstream: string) {}

  get address(): string { return `http://127.0.0.1:${this.port}`; }

  /** Listens, at the same port as before. */
  async open(): Promise<void> {
    this.server = createServer((asked, answer) => {
      const name = `${asked.method} ${asked.url}`;
      this.seen.push(name);
      if (this.refuse?.test(name)) {
        asked.resume();
        return answer.writeHead(503).end();
      }
      const lost = this.lose?.test(name) ?? false;
      if (lost) this.lose = undefined;
      const change = this.other.get(asked.url ?? '');
      const headers = change ? { ...asked.headers, 'accept-encoding': 'identity' } : asked.headers;
      const onward = request(this.upstream + asked.url, { method: asked.method, headers }, (come: IncomingMessage) => {
        const parts: Buffer[] = [];
        if (lost || change) {
          come.on('data', (part: Buffer) => parts.push(part));
          come.on('end', () => {
            if (lost) return asked.socket.destroy();
            const body = Buffer.from(change!(Buffer.concat(parts).toString()));
            delete come.headers['transfer-encoding'];
            answer.writeHead(come.statusCode ?? 502, { ...come.headers, 'content-length': body.length }).end(body);
          });
          return;
        }
        const pass = () => {
          answer.writeHead(come.statusCode ?? 502, come.headers);
          come.pipe(answer);
        };
        if (this.late?.name.test(name)) void this.late.until.then(pass);
        else pass();
      });
      onward.on('error', () => asked.socket.destroy());
      answer.on('close', () => onward.destroy());
      asked.pipe(onward);
    });
    this.server.listen(this.port, '127.0.0.1');
    await new Promise((done) => this.server?.once('listening', done));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Is gone, as a server is that was killed. */
  async close(): Promise<void> {
    const gone = new Promise((done) => this.server?.close(done));
    this.server?.closeAllConnections();
    await gone;
  }
}
