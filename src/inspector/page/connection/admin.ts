/** Asks the admin API of the process that served the page, or of another one through it. Knows none of the operations. */

export type AdminAnswer =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

export interface AdminCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root of the server on. */
  readonly path: string;
  /** Goes as JSON. */
  readonly body?: unknown;
}

const timeoutMs = 10_000;

/** Never rejects. @param origin `http://HOST:PORT`. */
export async function askAdmin(origin: string, token: string, { method, path, body }: AdminCall): Promise<AdminAnswer> {
  try {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return { kind: 'answered', body: answer };
    return { kind: 'refused', status: response.status, ...problemIn(answer) };
  } catch (error) {
    return { kind: 'unreachable', message: error instanceof Error ? error.message : String(error) };
  }
}

function problemIn(answer: unknown): { readonly code: string; readonly message: string } {
  const problem = memberOf(answer, 'error');
  const [code, message] = [memberOf(problem, 'code'), memberOf(problem, 'message')];
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: typeof message === 'string' ? message : 'It gave no reason',
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
