/**
 * What was said and done in a playbook so far, and how an expectation fails: with the whole conversation up to the line
 * that did not come as expected.
 */

/** An expectation of a playbook that did not hold. Test runners show the difference between `expected` and `actual`. */
export class PlaybookError extends Error {
  override readonly name = 'PlaybookError';
  readonly expected: unknown;
  readonly actual: unknown;
  /** Asks Vitest for a diff. */
  readonly showDiff: boolean;

  constructor(message: string, expected?: unknown, actual?: unknown) {
    super(message);
    this.expected = expected;
    this.actual = actual;
    this.showDiff = expected !== undefined;
  }
}

/** A conversation of thousands of frames is not read to its beginning. */
const linesShown = 30;
const lineLengthMax = 300;

export class Script {
  readonly #lines: string[] = [];
  /** What went wrong where an exception would reach the wrong reader: inside the runtime that is tested. */
  readonly violations: string[] = [];
  /** An expectation has failed already: what else is left over is a consequence. */
  hasFailed = false;

  add(line: string): void {
    this.#lines.push(line.length > lineLengthMax ? `${line.slice(0, lineLengthMax)} ...` : line);
  }

  /** @throws PlaybookError always. */
  fail(what: string, expected?: unknown, actual?: unknown): never {
    this.hasFailed = true;
    const left = this.#lines.length - linesShown;
    const lines = [...(left > 0 ? [`(${left} lines before)`] : []), ...this.#lines.slice(-linesShown)];
    throw new PlaybookError([what, '', ...lines, '==== as expected until here ===='].join('\n'), expected, actual);
  }

  /** @throws PlaybookError when something happened that no peer may be blamed for later. */
  checkViolations(): void {
    if (this.violations.length > 0) this.fail(this.violations.join('\n'));
  }
}

interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean;
}

/** Equal as JSON is; an asymmetric matcher (`expect.any(Number)`) may stand for any part of `expected`. */
export function matches(actual: unknown, expected: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (!isContainer(expected) || !isContainer(actual)) return Object.is(actual, expected);
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  const keys = Object.keys(expected).filter((key) => expected[key] !== undefined);
  return (
    Object.keys(actual).length === keys.length &&
    keys.every((key) => Object.hasOwn(actual, key) && matches(actual[key], expected[key]))
  );
}

type Container = { readonly [key: string]: unknown };

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return isContainer(value) && typeof value['asymmetricMatch'] === 'function';
}
