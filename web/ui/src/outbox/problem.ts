/** An error of the API (RFC 9457), in the reader's language. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; detail: string }[];
  /** The work that a suspicious filing is asked for. */
  challenge?: { text: string; bits: number };
}

/** The problem that an answer tells of; undefined: it is none of ours, but of something between us. */
export async function problemIn(answer: Response): Promise<Problem | undefined> {
  if (!answer.headers.get('Content-Type')?.startsWith('application/problem+json')) return undefined;
  return (await answer.json()) as Problem;
}
