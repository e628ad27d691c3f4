// Does the work that the page of a suspicious filing asks for, and sends the form. Whoever presses its button meanwhile sends it for a person to read.
import Worker from './worker?worker&inline';

export function work(form: HTMLFormElement): void {
  const { proof, bits } = form.dataset;
  const works = form.querySelector<HTMLElement>('.proof-works');
  if (!proof || !bits || !works) return;
  works.hidden = false;
  const worker = new Worker();
  worker.onmessage = ({ data }: MessageEvent<number>) => {
    worker.terminate();
    works.textContent = works.dataset.done ?? '';
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name: 'proof', value: String(data) });
    form.append(field);
    form.submit();
  };
  worker.onerror = () => { works.hidden = true; }; // the button is left
  form.addEventListener('submit', () => worker.terminate());
  worker.postMessage({ text: proof, bits: Number(bits) });
}
