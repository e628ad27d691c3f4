// Sends one photo to the server while its report is still being written. XMLHttpRequest tells how far it is; fetch does not.
import { to } from '../base';

/** The server will not have this photo. Everything else that goes wrong may go right the next time. */
export class Refused extends Error {}

interface Problem {
  detail?: string;
  errors?: { detail?: string }[];
}

/** Sends it and gives its id. `told` hears how much has gone, 0 to 1. */
export function upload(photo: Blob, told: (share: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', to('/api/v1/media'));
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    if (photo.type === '' || !/^image\/(jpeg|png|webp)$/.test(photo.type)) request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const answer = request.response as ({ id?: string } & Problem) | null;
      if (request.status === 201 && answer?.id) done(answer.id);
      else if (request.status >= 400 && request.status < 500 && request.status !== 408 && request.status !== 429) failed(new Refused(answer?.errors?.[0]?.detail ?? answer?.detail ?? ''));
      else failed(new Error(`media: ${request.status}`));
    };
    request.onerror = request.ontimeout = () => failed(new Error('media: no answer'));
    request.onabort = () => failed(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.timeout = 90_000;
    request.send(photo);
  });
}
