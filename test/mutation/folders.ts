/**
 * The folders whose code is mutated, and the tests that have to notice: the fast ones that say what the folder is for. Far
 * tests would notice more and say less, and a mutant that only they kill wants a test of its own.
 */

export interface MutatedFolder {
  readonly name: string;
  readonly sources: string;
  /** Nearest first: a mutant is done with its first red test. */
  readonly tests: readonly string[];
}

const properties = (names: string): string => `test/properties/{${names}}.test.ts`;

export const folders: readonly MutatedFolder[] = [
  { name: 'protocol', sources: 'src/protocol', tests: ['test/protocol/*.test.ts', properties('scan,lines')] },
  {
    name: 'machines',
    sources: 'machines',
    tests: ['test/machines/*.test.ts', 'test/scenarios/*.test.ts', 'test/runtime/{plan,transactional}.test.ts'],
  },
  {
    name: 'session',
    sources: 'src/session',
    tests: ['test/session/*.test.ts', 'test/machines/*.test.ts', 'test/scenarios/*.test.ts'],
  },
];
