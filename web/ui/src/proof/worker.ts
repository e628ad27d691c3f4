// Works aside, so that the page stays alive meanwhile.
import { solve } from './solve';

self.onmessage = ({ data }: MessageEvent<{ text: string; bits: number }>) => self.postMessage(solve(data.text, data.bits));
