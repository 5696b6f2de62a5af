import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRules } from '../../src/cli/run-rules.ts';
import { folderWith } from '../rules/folder.ts';

async function checked(text: string, json = false) {
  const file = join(folderWith({ 'rules.yaml': text }), 'rules.yaml');
  const said: string[] = [];
  const complained: string[] = [];
  const code = await checkRules(
    { file, json },
    (line) => void said.push(line.replaceAll(file, 'FILE')),
    (line) => void complained.push(line.replaceAll(file, 'FILE')),
  );
  return { code, said, complained };
}

describe('a rule file is checked', () => {
  test('and is good', async () => {
    expect(await checked('version: 1\nrules: [{ id: a, do: [block: {}] }]')).toEqual({
      code: 0,
      said: ['FILE is good: 1 rule in force, 0 plugins\n'],
      complained: [],
    });
  });

  test('and every mistake is a line with its place', async () => {
    expect(await checked('version: 1\nrules: [{ id: a, when: fram, do: [block: {}] }]')).toEqual({
      code: 1,
      said: [],
      complained: ["FILE:2:24: rules[0].when: There is no 'fram'. Did you mean 'frame'?\n"],
    });
  });

  test('and a program is told the same as JSON', async () => {
    const { code, said, complained } = await checked('version: 2', true);
    expect([code, complained]).toEqual([1, []]);
    expect(JSON.parse(said.join('').replace('FILE', 'f'))).toEqual({
      file: 'f',
      ok: false,
      problems: [{ line: 1, column: 1, where: 'version', message: 'It has to be 1.' }],
    });
    expect(JSON.parse((await checked('version: 1', true)).said.join(''))).toMatchObject({ ok: true, problems: [] });
  });
});
