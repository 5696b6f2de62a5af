import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtInInterceptors, loadPlugin } from '../../src/rules/plugins.ts';
import { interceptor } from '../docs/plugin.example.ts';
import { folderWith } from './folder.ts';
import { contextOf } from './scenes.ts';

const good = `export default { name: 'mine', create: ({ say }) => () => ({ action: 'block', message: say }) };`;

async function loaded(use: string, files: Readonly<Record<string, string>> = {}, options: object = {}) {
  const folder = folderWith(files);
  return loadPlugin({ use, with: { ...options } }, join(folder, 'rules.yaml'));
}

describe('a plugin', () => {
  test('may be built in', async () => {
    expect([...builtInInterceptors.keys()]).toEqual([
      'allow-methods',
      'deny-methods',
      'allow-tools',
      'deny-tools',
      'redact',
      'rate-limit',
      'size-limit',
    ]);
    const plugin = await loaded('deny-tools', {}, { tools: ['*'] });
    expect('interceptor' in plugin && plugin.interceptor.name).toBe('deny-tools');
  });

  test('may be a file beside the rule file, of either kind of module', async () => {
    const common = `module.exports = { name: 'mine', create: ({ say }) => () => ({ action: 'block', message: say }) };`;
    const named = good.replace('export default', 'export const interceptor =');
    for (const [use, text] of [
      ['./mine.mjs', good],
      ['./named.mjs', named],
      ['./mine.cjs', common],
    ] as const) {
      const plugin = await loaded(use, { [use.slice(2)]: text }, { say: 'No' });
      if ('problem' in plugin) throw new Error(plugin.problem);
      expect(plugin.interceptor.name).toBe('mine');
      expect(plugin.interceptor.intercept(contextOf())).toEqual({ action: 'block', message: 'No' });
    }
  });

  test('may be a package that is installed where the rule file stands', async () => {
    const folder = folderWith({});
    const place = join(folder, 'node_modules', 'mine');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{"name":"mine","main":"index.cjs"}');
    writeFileSync(join(place, 'index.cjs'), `module.exports = { name: 'mine', create: () => () => undefined };`);
    expect(await loadPlugin({ use: 'mine', with: {} }, join(folder, 'rules.yaml'))).toMatchObject({
      interceptor: { name: 'mine' },
    });
  });

  test.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['is not there', './none.mjs', {}, './none.mjs cannot be loaded:'],
    [
      'is misspelt',
      'deny-tool',
      {},
      "deny-tool cannot be loaded: Cannot find module 'deny-tool'. Did you mean 'deny-tools'?",
    ],
    ['is broken', './x.mjs', { 'x.mjs': 'export default {' }, './x.mjs cannot be loaded:'],
    [
      'throws when it is loaded',
      './x.mjs',
      { 'x.mjs': `throw new Error('out of order');` },
      'cannot be loaded: out of order.',
    ],
    ['exports nothing', './x.mjs', { 'x.mjs': '' }, 'has to be what defineInterceptor gives'],
    [
      'has no name',
      './x.mjs',
      { 'x.mjs': 'export default { create() {} };' },
      'has to be what defineInterceptor gives',
    ],
    [
      'makes nothing',
      './x.mjs',
      { 'x.mjs': `export default { name: 'x', create() {} };` },
      './x.mjs: create() has to return a function.',
    ],
    [
      'does not like its options',
      './x.mjs',
      { 'x.mjs': `export default { name: 'x', create() { throw new Error('say: is missing.'); } };` },
      './x.mjs: say: is missing.',
    ],
  ])('that %s is a mistake of the file', async (_what, use, files, problem) => {
    const plugin = await loaded(use, files);
    expect('problem' in plugin && plugin.problem).toContain(problem);
  });
});

test('the plugin of the reference does what it says', () => {
  const at = (hour: number) => ({ ...contextOf(), method: 'tools/call', timestamp: Date.UTC(2027, 0, 1, hour) });
  const intercept = interceptor.create({ to: 12 });
  expect(intercept(at(10))).toBeUndefined();
  expect(intercept(at(12))).toEqual({ action: 'block', message: 'We are closed' });
  expect(() => interceptor.create({ from: 'nine' })).toThrow('from and to are hours');
});
