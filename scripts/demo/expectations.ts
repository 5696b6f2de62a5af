/** Collects what is not as it must be, so that the demo can show everything before it fails. */

import { isDeepStrictEqual } from 'node:util';

export type Expect = (what: string, actual: unknown, expected: unknown) => void;

export class Expectations {
  readonly problems: string[] = [];

  readonly expect: Expect = (what, actual, expected) => {
    if (isDeepStrictEqual(actual, expected)) return;
    this.problems.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  };
}
