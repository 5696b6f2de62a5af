import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fileText, resolved } from '../../src/config/references.ts';

const folder = mkdtempSync(join(tmpdir(), 'references-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'secret'), 'from a file\n');
writeFileSync(join(folder, 'long'), 'x'.repeat(70_000));
const surroundings = { environment: { TOKEN: 't0k', EMPTY: '', ODD: '${TOKEN}' }, folder };

describe('a text', () => {
  test.each([
    ['plain', 'plain'],
    ['Bearer ${TOKEN}', 'Bearer t0k'],
    ['${TOKEN}${EMPTY}-${TOKEN}', 't0k-t0k'],
    ['$${TOKEN} costs $5', '${TOKEN} costs $5'],
    // What a variable says is no reference.
    ['${ODD}', '${TOKEN}'],
    ['file:secret', 'from a file'],
    ['file:./secret', 'from a file'],
  ])('%j is %j', (text, whole) => {
    expect(resolved(text, surroundings)).toEqual({ text: whole });
  });

  test.each([
    ['${MISSING}', 'the environment has no MISSING'],
    ['${constructor}', 'the environment has no constructor'],
    ['${TOKEN', 'a variable of the environment is written as ${NAME}, and ${ itself as $${'],
    ['${1}', 'a variable of the environment is written as ${NAME}, and ${ itself as $${'],
    ['file:', 'after file: stands a path'],
    ['file:nowhere', 'nowhere cannot be read: there is no such file'],
    ['file:.', '. cannot be read: it is a folder'],
    ['file:long', 'long has more than 65536 bytes'],
  ])('%j cannot be resolved, and what is there is not told', (text, problem) => {
    expect(resolved(text, surroundings)).toEqual({ problem });
  });

  test('of a file may be longer where that is allowed', () => {
    expect(fileText('long', surroundings, 100_000)).toEqual({ text: 'x'.repeat(70_000) });
  });
});
