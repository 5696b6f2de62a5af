import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../src/rules/load-rules.ts';
import { problemText } from '../../src/rules/yaml-places.ts';
import { folderWith } from './folder.ts';

async function loaded(files: Readonly<Record<string, string>>) {
  const read = await loadRules(join(folderWith(files), 'rules.yaml'));
  return 'problems' in read ? read.problems.map((problem) => problemText('f', problem)) : read.ruleSet;
}

describe('a rule file on the disk', () => {
  test('is read with the files and the plugins that it names', async () => {
    const text =
      'version: 1\nrules:\n  - { id: a, do: [mock: { file: list.json }] }\nplugins:\n  - { use: redact, with: { keys: [x] } }\n';
    expect(await loaded({ 'rules.yaml': text, 'list.json': '[1]' })).toMatchObject({
      rules: [{ id: 'a', files: new Map([['list.json', [1]]]) }],
      plugins: [{ name: 'redact' }],
    });
  });

  test('says where it names a plugin that cannot be made', async () => {
    const text = 'version: 1\nplugins:\n  - use: redact\n  - use: ./none.mjs\n';
    expect(await loaded({ 'rules.yaml': text })).toEqual([
      expect.stringContaining('f:3:5: plugins[0].use: redact: keys:'),
      expect.stringContaining('f:4:5: plugins[1].use: ./none.mjs cannot be loaded:'),
    ]);
  });

  test('names no files outside its folder, and none that are not there', async () => {
    const text = (file: string) => `version: 1\nrules: [{ id: a, do: [mock: { file: ${file} }] }]`;
    expect(await loaded({ 'rules.yaml': text('../x.json') })).toEqual([expect.stringContaining('outside the folder')]);
    expect(await loaded({ 'rules.yaml': text('x.json') })).toEqual([
      expect.stringContaining('it cannot be read: ENOENT'),
    ]);
  });

  test('that is not there is told as its only mistake', async () => {
    expect(await loaded({})).toEqual(['f:1:1: it cannot be read: ENOENT: no such file or directory.']);
  });
});
