/**
 * Holds the source to docs/ARCHITECTURE.md: imports point one way, nothing imports itself in a ring, the pure folders
 * know nothing of the world, and the charts speak in names. Reads the import lines; knows nothing of what they mean.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve, sep } from 'node:path';
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';

/** Low to high. A file imports its own folder and lower rows; folders of one row do not know each other. */
const levels: readonly (readonly string[])[] = [
  ['protocol'],
  ['word-automaton'],
  ['name-finder', 'path-pattern'],
  ['errors', 'local-error', 'reasons', 'redaction', 'counted'],
  ['session'],
  ['ports'],
  ['machines'],
  ['runtime'],
  ['file-watch', 'placed-yaml'],
  ['transports', 'rules', 'record', 'observe', 'cluster', 'auth'],
  ['adapters'],
  ['core', 'index', 'opentelemetry'],
  ['admin', 'inspector', 'testing', 'config'],
  ['proxy'],
  ['cli'],
];
/** Folders without a platform, and the packages they may use. */
const pure: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  errors: [],
  'local-error': [],
  reasons: [],
  redaction: [],
  counted: [],
  'word-automaton': [],
  'name-finder': [],
  'path-pattern': [],
  session: [],
  ports: [],
  machines: ['xstate'],
  runtime: ['xstate'],
};
/** What an embedder gets only by asking for it. */
const uninvitedPackages =
  /^(?:fast-check|vitest|pino|commander|yaml|ws|jose|oauth4webapi|@nats-io\/|@opentelemetry\/|cel)/;

type Sources = Readonly<Record<string, string>>;
interface Import {
  readonly specifier: string;
  /** A file of this package; undefined for packages and for assets. */
  readonly file: string | undefined;
  /** Neither erased with the types nor put off to a later `import()`. */
  readonly loads: boolean;
}

const folderOf = (path: string): string => /^(?:src\/)?([^/.]+)/.exec(path)?.[1] ?? '';
const levelOf = (path: string): number => levels.findIndex((row) => row.includes(folderOf(path)));
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';

function importsOf(path: string, source: string): readonly Import[] {
  const code = source.replaceAll(/^\s*\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const statement = /^(?:import|export)\b(?:[^'";]*\bfrom)?\s*'([^']+)'/gm;
  const call = /\bimport\(\s*'([^']+)'/g;
  return [...code.matchAll(statement), ...code.matchAll(call)].map(([text, specifier = '']) => ({
    specifier,
    file: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined,
    loads: !/^(?:import|export) type\b|^import\(/.test(text),
  }));
}

/** Every breach of the rules about imports, as sentences. */
function breaches(sources: Sources): readonly string[] {
  const said: string[] = [];
  for (const [path, source] of Object.entries(sources)) {
    const [folder, level] = [folderOf(path), levelOf(path)];
    if (level < 0) said.push(`${path}: the folder has no level`);
    for (const { specifier, file } of importsOf(path, source)) {
      if (file === undefined) {
        const allowed = pure[folder];
        if (allowed !== undefined && !allowed.includes(packageOf(specifier))) {
          said.push(`${path}: ${folder} is pure and may not import ${specifier}`);
        }
      } else if (/\.[jt]sx?$/.test(file) || posix.extname(file) === '') {
        if (sources[file] === undefined) said.push(`${path}: ${specifier} is no source file (say its .ts name)`);
        else if (/^src\/(?:core|opentelemetry|testing)\.ts$|\/index\.ts$/.test(file))
          said.push(`${path}: ${specifier} is an entry point`);
        else if (folderOf(file) !== folder && levelOf(file) >= level) {
          said.push(`${path}: ${folder} may not import ${folderOf(file)}`);
        }
      }
    }
  }
  return [...said, ...rings(sources)];
}

function rings(sources: Sources): readonly string[] {
  const said: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) said.push(`ring: ${[...trail.slice(start), path].join(' -> ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const { file } of importsOf(path, sources[path] ?? '')) if (file !== undefined) visit(file, [...trail, path]);
    done.add(path);
  };
  for (const path of Object.keys(sources)) visit(path, []);
  return said;
}

/** The packages and built-in modules that importing a file loads, directly or through files of ours. */
function loadedBy(sources: Sources, entry: string): ReadonlySet<string> {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const path of files) {
    for (const { specifier, file, loads } of importsOf(path, sources[path] ?? '')) {
      if (!loads) continue;
      if (file === undefined) packages.add(specifier);
      else files.add(file);
    }
  }
  return packages;
}

/** Where a chart's configuration holds a function where a name should stand. */
function namelessParts(part: unknown, path: string): readonly string[] {
  if (typeof part === 'function') return [path];
  if (typeof part !== 'object' || part === null) return [];
  const data = new Set(['context', 'input', 'output', 'params', 'meta']);
  return Object.entries(part).flatMap(([key, value]) => (data.has(key) ? [] : namelessParts(value, `${path}.${key}`)));
}

const sources: Sources = Object.fromEntries(
  ['src', 'machines']
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => posix.join(root, ...name.split(sep))),
    )
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(path, 'utf8')]),
);

describe('imports', () => {
  test('point one way, in no ring, and past no entry point', () => {
    expect(Object.keys(sources)).toContain('src/protocol/envelope.ts');
    expect(breaches(sources)).toEqual([]);
  });

  test('of ./core load XState alone, and of . nothing that an embedder did not ask for', () => {
    const strange = [...loadedBy(sources, 'src/core.ts')].filter((name) => packageOf(name) !== 'xstate');
    const uninvited = [...loadedBy(sources, 'src/index.ts')].filter((name) => uninvitedPackages.test(name));
    expect({ strange, uninvited }).toEqual({ strange: [], uninvited: [] });
  });

  const leaf = { 'src/protocol/ids.ts': 'export const x = 1;', 'src/session/pending.ts': 'export const y = 1;' };
  test.each<[string, Sources, string]>([
    [
      'upwards',
      { ...leaf, 'src/protocol/up.ts': `import type { y } from '../session/pending.ts';` },
      'src/protocol/up.ts: protocol may not import session',
    ],
    [
      'sideways',
      { 'src/rules/a.ts': `export {\n  b,\n} from '../record/b.ts';`, 'src/record/b.ts': '' },
      'src/rules/a.ts: rules may not import record',
    ],
    [
      'from a folder without a level',
      { 'src/utils/a.ts': 'export const a = 1;' },
      'src/utils/a.ts: the folder has no level',
    ],
    [
      'a built-in module into a pure folder',
      { 'src/session/a.ts': `import 'node:fs';` },
      'src/session/a.ts: session is pure and may not import node:fs',
    ],
    [
      'a package into a pure folder',
      { 'machines/a.ts': `import { setup } from 'xstate';\nconst z = await import('zod');` },
      'machines/a.ts: machines is pure and may not import zod',
    ],
    [
      'a built-in module into the runtime',
      { 'src/runtime/a.ts': `import { setImmediate } from 'node:timers/promises';` },
      'src/runtime/a.ts: runtime is pure and may not import node:timers/promises',
    ],
    [
      'an entry point from inside',
      { 'src/cli/a.ts': `import { b } from '../core.ts';`, 'src/core.ts': '' },
      'src/cli/a.ts: ../core.ts is an entry point',
    ],
    [
      'a built name',
      { ...leaf, 'src/session/a.ts': `import { x } from '../protocol/ids.js';` },
      'src/session/a.ts: ../protocol/ids.js is no source file (say its .ts name)',
    ],
    [
      'in a ring',
      { 'src/cli/a.ts': `import { b } from './b.ts';`, 'src/cli/b.ts': `import type { a } from './a.ts';` },
      'ring: src/cli/a.ts -> src/cli/b.ts -> src/cli/a.ts',
    ],
  ])('%s are found', (_case, broken, sentence) => {
    expect(breaches(broken)).toEqual([sentence]);
  });

  test('that a comment, a type or a later import() names load nothing', () => {
    const entry = `import type { A } from 'a';\n/** \n import 'b' */\n// import 'c'\nconst d = import('d');\nimport { e } from './e.ts';`;
    expect([...loadedBy({ 'src/index.ts': entry, 'src/e.ts': `import 'pino';` }, 'src/index.ts')]).toEqual(['pino']);
  });
});

describe('charts', () => {
  test('load, and name every guard and action', async () => {
    const files = Object.keys(sources).filter((path) => path.startsWith('machines/'));
    const load = async (path: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ resolve(path));
    const modules = await Promise.all(files.map(load));
    const charts = modules.flatMap((module) => Object.entries(module)).filter(([name]) => name.endsWith('Machine'));
    expect(charts.map(([name]) => name)).toContain('sessionMachine');
    expect(charts.flatMap(([name, chart]) => namelessParts((chart as { config: unknown }).config, name))).toEqual([]);
  });

  test('with a function in place of a name are found', () => {
    const chart = setup({ actions: { greet: () => {} }, guards: { isOpen: () => true } }).createMachine({
      context: () => ({}),
      entry: ['greet', () => {}],
      on: { go: [{ guard: 'isOpen', actions: { type: 'greet' } }, { guard: () => true }] },
    });
    expect(namelessParts(chart.config, 'chart')).toEqual(['chart.entry.1', 'chart.on.go.1.guard']);
  });
});
