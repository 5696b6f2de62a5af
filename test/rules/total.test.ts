import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuthView, FrameView, HttpView, MetaView } from '../../src/rules/frame-view.ts';
import { matchesGlob } from '../../src/rules/glob.ts';
import { testOf } from '../../src/rules/total.ts';
import { contextOf, sceneOf } from './scenes.ts';

const environment = new Environment()
  .registerType('Frame', {
    ctor: FrameView,
    fields: { method: 'string', name: 'string', kind: 'string', bytes: 'int' },
  })
  .registerType('Meta', {
    ctor: MetaView,
    fields: { session_tags: 'list<string>', frame_count: 'int', route: 'string' },
  })
  .registerType('Auth', { ctor: AuthView, fields: {} })
  .registerType('Http', { ctor: HttpView, fields: {} })
  .registerVariable('frame', 'Frame')
  .registerVariable('meta', 'Meta')
  .registerFunction('string.glob(string): bool', (text: string, pattern: string) => matchesGlob(text, pattern));

const text = fc.constantFrom('frame.method', 'frame.name', 'frame.kind', 'meta.route');
const word = fc
  .constantFrom('', 'a', 'ab', 'tools/call', 'echo', 'e*', '*', 'request', 'slow')
  .map((value) => JSON.stringify(value));
const amount = fc.constantFrom('frame.bytes', 'meta.frame_count');
const number = fc.constantFrom('0', '3', '70', '2.5', '1000000');
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');

const atom = fc.oneof(
  fc.tuple(text, fc.constantFrom('==', '!='), word).map((parts) => parts.join(' ')),
  fc.tuple(word, fc.constantFrom('==', '!='), text).map((parts) => parts.join(' ')),
  fc
    .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains', 'glob'), word)
    .map(([a, b, c]) => `${a}.${b}(${c})`),
  fc.tuple(text, fc.array(word, { minLength: 1, maxLength: 3 })).map(([a, list]) => `${a} in [${list.join(', ')}]`),
  fc.tuple(amount, comparison, number).map((parts) => parts.join(' ')),
  fc.tuple(number, comparison, amount).map((parts) => parts.join(' ')),
  word.map((tag) => `${tag} in meta.session_tags`),
  fc.constantFrom('true', 'false'),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('expression').map((inner) => `!(${inner})`),
  ),
}));

describe('the parts of conditions that cannot fail', () => {
  test('are what the evaluator says, on every frame', () => {
    const frames = fc.record({
      message: fc.constantFrom(
        { id: 1, method: 'tools/call', params: { name: 'echo' } },
        { method: 'a' },
        { id: 1, result: {} },
      ),
      metadata: fc.record({ route: fc.constantFrom('', 'a', undefined), frame_count: fc.nat(5) }),
    });
    fc.assert(
      fc.property(expression, frames, (condition, facts) => {
        fc.pre(environment.check(condition).valid);
        const parsed = environment.parse(condition);
        const own = testOf(parsed.ast);
        expect(own).toBeDefined();
        expect(own?.(sceneOf(facts))).toBe(parsed(sceneOf(facts)));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    'frame.params.name == "x"',
    'frame.method == meta.route',
    'frame.name.size() > 3',
    'meta.session_tags.exists(t, t == "x")',
    'frame.method == "a" ? true : false',
    '9007199254740993 == frame.bytes',
  ])('are not %s, which is the evaluator’s', (condition) => {
    const loose = new Environment({ unlistedVariablesAreDyn: true });
    expect(testOf(loose.parse(condition).ast)).toBeUndefined();
  });

  test('read no message', () => {
    let reads = 0;
    const scene = sceneOf();
    const other = contextOf({}, () => void reads++);
    testOf(environment.parse('frame.name == "echo" && frame.bytes > 1').ast)?.(scene);
    expect([reads, other.kind]).toEqual([0, 'request']);
  });
});
