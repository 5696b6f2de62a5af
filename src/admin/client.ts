/** The admin API from the other side: one request to a process, its answer read whole, and what went wrong as a sentence. */

import { request } from 'node:http';

import type { Mistake, ProblemBody } from './problems.ts';
import type { RunFile } from './run-files.ts';

export type Reached = Pick<RunFile, 'origin' | 'token'>;

/**
 * - `answered`: the process did what it was asked.
 * - `refused`: it did not, and said why.
 * - `unreachable`: nobody there speaks this API. `isGone`: nobody listens there at all.
 */
export type AdminAnswer =
  | { readonly kind: 'answered'; readonly body: unknown }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly mistakes?: readonly Mistake[];
    }
  | { readonly kind: 'unreachable'; readonly message: string; readonly isGone: boolean };

const timeoutMs = 5_000;
/** A page of 500 sessions takes less than this by far. */
const answerBytesMax = 64 * 1024 * 1024;

export async function askAdmin(
  { origin, token }: Reached,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, withinMs = timeoutMs }: { readonly body?: object; readonly withinMs?: number } = {},
): Promise<AdminAnswer> {
  return new Promise((resolve) => {
    const failed = (message: string, isGone = false): void => resolve({ kind: 'unreachable', message, isGone });
    const asked = request(
      new URL(path, origin),
      { method, headers: { Authorization: `Bearer ${token}` }, agent: false, timeout: withinMs },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) response.destroy(new Error('its answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', (error) => failed(error.message));
        response.on('end', () => resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`it did not answer within ${withinMs / 1000} s`)));
    asked.on('error', (error: NodeJS.ErrnoException) => failed(error.message, error.code === 'ECONNREFUSED'));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function readAnswer(status: number, text: string): AdminAnswer {
  let body: unknown;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    return { kind: 'unreachable', message: 'what answers there is no admin listener of ninelives', isGone: false };
  }
  if (status >= 200 && status < 300) return { kind: 'answered', body };
  const { error } = (body ?? {}) as { readonly error?: Partial<Readonly<Record<keyof ProblemBody['error'], unknown>>> };
  if (typeof error?.code === 'string' && typeof error.message === 'string') {
    const { code, message, mistakes } = error;
    const refused = { kind: 'refused', code, message } as const;
    return Array.isArray(mistakes) ? { ...refused, mistakes: mistakes as readonly Mistake[] } : refused;
  }
  return { kind: 'unreachable', message: `it answered with HTTP ${status}`, isGone: false };
}
