import { describe, expect, test } from 'vitest';
import { logTexts, textsIn } from '../../scripts/docs/log-texts.ts';

const read = (call: string) => textsIn(call, 'src/x.ts');

describe('what the code says to the log', () => {
  test.each([
    ["this.#log.error({ error, rule: one.id }, 'it failed')", 'error', 'it failed', ['error', 'rule']],
    ["log?.info({ ...fields, at: [1, 2] }, 'it (really) is, so')", 'info', 'it (really) is, so', ['at']],
    ["log.warn({ a }, `a ${b(')')} d`)", 'warn', 'a … d', ['a']],
    ["const text = 'so it is';\nwarnOfNoise(log, ++seen, text, () => ({ a: 1 }))", 'warn', 'so it is', ['a']],
    ['options.log.debug(\n  {},\n  "it\'s late",\n)', 'debug', "it's late", []],
  ])('is read where it stands: %s', (call, level, text, members) => {
    expect(read(call)).toEqual([{ level, text, members }]);
  });

  test('is each of two things where a call chooses', () => {
    expect(read("log.info({}, is ? 'this' : 'that')").map(({ text }) => text)).toEqual(['this', 'that']);
  });

  test('is missed by nobody: words that are not there to be read are complained about', () => {
    expect(() => read('log.warn({}, words())')).toThrow('src/x.ts: what does log.warn(…) say?');
  });

  test('has what shared servers do that is for nobody among it', () => {
    const texts = logTexts().map(({ text }) => text);
    expect(texts).toContain('the shared server said something that is for no session');
    expect(texts).toContain('the shared server asked something that no one session can have caused, and was refused');
  });
});
