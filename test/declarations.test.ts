/**
 * What the compilers of embedders read, and the report by which changes of it are reviewed. Whether the declarations compile is
 * tested in test/compat/consumers.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entries, reachedFrom, reportFolder } from '../scripts/build/declarations.ts';

describe('the declarations of', () => {
  test.each(entries)('$name are what was reviewed last', ({ name }) => {
    const file = `${name}.api.md`;
    const made = readFileSync(join(reportFolder, file), 'utf8');
    expect(made, 'when the change is meant: npm run api').toBe(readFileSync(join('docs/api', file), 'utf8'));
  });

  test.each(entries)('$name are one file', ({ declarations }) => {
    expect(reachedFrom(declarations).files).toEqual([declarations]);
    expect(readFileSync(declarations.replace('.d.ts', '.d.cts'), 'utf8')).toBe(readFileSync(declarations, 'utf8'));
  });

  test('. name no type of XState, and those of the others one package each', () => {
    const named = entries.map(({ name, declarations }) => [name, reachedFrom(declarations).packages]);
    expect(Object.fromEntries(named)).toEqual({
      ninelives: [],
      core: ['xstate'],
      opentelemetry: ['@opentelemetry/api'],
      testing: ['fast-check'],
    });
  });
});

test('what declarations name is found in every way of saying it, and in files that they lead to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'declarations-'));
  writeFileSync(
    join(folder, 'a.d.ts'),
    `/// <reference types="node" />\nimport { B } from './b.ts';\n/** import { z } from 'zod' */\nexport type A = B | import("hono").C;`,
  );
  writeFileSync(join(folder, 'b.d.ts'), `import 'yaml';\nexport * from 'xstate';\nexport { A } from './a.js';`);
  const { files, packages } = reachedFrom(`${folder}/a.d.ts`);
  expect(files).toEqual([`${folder}/a.d.ts`, `${folder}/b.d.ts`]);
  expect(packages).toEqual(['hono', 'node', 'xstate', 'yaml']);
  rmSync(folder, { recursive: true });
});
