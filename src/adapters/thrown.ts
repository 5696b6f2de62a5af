/** What somebody else's code throws or rejects with, as an error: it may be anything. */

export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : 'Something was thrown that is no error', { cause: thrown });
}
