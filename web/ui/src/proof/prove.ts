// Solves a challenge in a worker: the page stays alive meanwhile.
import Worker from './worker?worker&inline';

export function prove(text: string, bits: number): Promise<number> {
  const worker = new Worker();
  return new Promise<number>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => done(data);
    worker.onerror = () => failed(new Error('the worker does not work'));
    worker.postMessage({ text, bits });
  }).finally(() => worker.terminate());
}
