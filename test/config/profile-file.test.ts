import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadProfile, parseProfile } from '../../src/config/profile-file.ts';
import { type Profile, builtInProfiles, defaultProfile } from '../../src/session/profiles.ts';

const workspace = mkdtempSync(join(tmpdir(), 'profile-file-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(workspace, name);
  writeFileSync(path, text);
  return path;
}

function profileIn(text: string): Profile {
  const loaded = parseProfile(text, 'own.yaml');
  if ('problem' in loaded) throw new Error(loaded.problem);
  return loaded.profile;
}

function problemIn(text: string): string {
  const loaded = parseProfile(text, 'own.yaml');
  if ('profile' in loaded) throw new Error(`It was taken: ${JSON.stringify(loaded.profile)}`);
  return loaded.problem;
}

const everyKey: Profile & { readonly extends: string } = {
  name: 'own',
  description: 'Ours.',
  extends: 'lenient',
  shutdownMethods: ['shutdown', 'exit'],
  batches: 'never',
  lateProgress: 'swallow',
  methodTimes: { 'tools/call': { idleMs: 5, absoluteMs: 10 }, 'tools/list': { absoluteMs: 20 } },
};

describe('a profile in a file', () => {
  test('says every key of a profile', () => {
    const { extends: _base, ...own } = everyKey;
    const text = [
      'name: own',
      'description: Ours.',
      'extends: lenient',
      'shutdownMethods: [shutdown, exit]',
      'batches: never',
      'lateProgress: swallow',
      'methodTimes:',
      '  tools/call: { idleMs: 5, absoluteMs: 10 }',
      '  tools/list:',
      '    absoluteMs: 20',
    ].join('\n');
    expect(profileIn(text)).toStrictEqual(own);
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(defaultProfile).toSorted());
  });

  test('may be JSON, which means the same', () => {
    const { extends: _base, ...own } = everyKey;
    expect(profileIn(JSON.stringify(everyKey, null, 2))).toStrictEqual(own);
  });

  test('says what differs from plain MCP, and no more, when it names nothing that it extends', () => {
    expect(profileIn('name: own')).toStrictEqual({ ...defaultProfile, name: 'own' });
  });

  test.each([...builtInProfiles.keys()])('has all the rest from %s where it extends that', (base) => {
    expect(profileIn(`name: own\nextends: ${base}`)).toStrictEqual({ ...builtInProfiles.get(base)!, name: 'own' });
  });

  test('takes a list away from what it extends by an empty one', () => {
    expect(builtInProfiles.get('lsp-like')!.shutdownMethods).toEqual(['shutdown']);
    expect(profileIn('name: own\nextends: lsp-like\nshutdownMethods: []').shutdownMethods).toEqual([]);
  });

  test('may say a thing once and refer to it', () => {
    const { methodTimes } = profileIn('name: own\nmethodTimes:\n  a: &slow { idleMs: 9 }\n  b: *slow');
    expect(methodTimes).toEqual({ a: { idleMs: 9 }, b: { idleMs: 9 } });
  });

  test('names methods as every object does without any harm', () => {
    const { methodTimes } = profileIn(
      'name: own\nmethodTimes:\n  __proto__: { idleMs: 1 }\n  constructor: { idleMs: 2 }\n  toString: { idleMs: 3 }',
    );
    expect(Object.getPrototypeOf(methodTimes)).toBe(Object.prototype);
    expect(Object.hasOwn(methodTimes, 'idleMs') || 'idleMs' in methodTimes).toBe(false);
    expect(methodTimes).toMatchObject({ constructor: { idleMs: 2 }, toString: { idleMs: 3 } });
    expect(({} as Record<string, unknown>)['idleMs']).toBeUndefined();
  });
});

describe('what is wrong in a file is said in one line, with the line that it stands on', () => {
  const oneOf = [...builtInProfiles.keys()].join(', ');
  const wrong: Readonly<Record<string, readonly [text: string, problem: string]>> = {
    'an unknown key': ['name: own\n\nbatchs: always', 'own.yaml:3: batchs: Unrecognized key: "batchs"'],
    'an unknown key further in': [
      'name: own\nmethodTimes:\n  tools/call:\n    idleMs: 5\n    idle: 5',
      'own.yaml:5: methodTimes.tools/call.idle: Unrecognized key: "idle"',
    ],
    'an unknown key with a list under it': [
      'name: own\nshutdown:\n  - shutdown',
      'own.yaml:2: shutdown: Unrecognized key: "shutdown"',
    ],
    'an unknown key that every object has': [
      'name: own\ntoString: 1',
      'own.yaml:2: toString: Unrecognized key: "toString"',
    ],
    'the key __proto__': ['name: own\n__proto__: 1', 'own.yaml:2: __proto__: Unrecognized key: "__proto__"'],
    'a value of another type': [
      'name: own\nshutdownMethods: shutdown',
      'own.yaml:2: shutdownMethods: Invalid input: expected array, received string',
    ],
    'an item of another type': [
      'name: own\nshutdownMethods:\n  - shutdown\n  - 7',
      'own.yaml:4: shutdownMethods.1: Invalid input: expected string, received number',
    ],
    'a value that is not among those there are': [
      'name: own\nbatches: sometimes',
      'own.yaml:2: batches: Invalid option: expected one of "by-revision"|"always"|"never"',
    ],
    'a time that is none': [
      'name: own\nmethodTimes:\n  a:\n    idleMs: 0',
      'own.yaml:4: methodTimes.a.idleMs: Too small: expected number to be >0',
    ],
    'a base that is not built in': ['name: own\nextends: mpc', `own.yaml:2: extends: It must be one of ${oneOf}.`],
    'a base that every object has': [
      'name: own\nextends: constructor',
      `own.yaml:2: extends: It must be one of ${oneOf}.`,
    ],
    'no name': ['batches: always', 'own.yaml:1: name: Invalid input: expected string, received undefined'],
    'an empty name': ['\nname: ""', 'own.yaml:2: name: Too small: expected string to have >=1 characters'],
    'an empty file': ['', 'own.yaml:1: the profile: Invalid input: expected object, received null'],
    'no profile at all': ['- name: own', 'own.yaml:1: the profile: Invalid input: expected object, received array'],
    'a wrong key in JSON': ['{\n  "name": "own",\n  "batchs": 1\n}', 'own.yaml:3: batchs: Unrecognized key: "batchs"'],
    'a key that is said twice': ['name: own\nbatches: always\nbatches: never', 'own.yaml:3: Map keys must be unique'],
  };

  test.each(Object.entries(wrong))('%s', (_name, [text, problem]) => {
    expect(problemIn(text)).toBe(problem);
  });

  const unreadable: Readonly<Record<string, readonly [text: string, line: number]>> = {
    'a quote that does not end': ['name: own\ndescription: "ours', 2],
    'a list that does not end': ['name: own\nshutdownMethods: [shutdown,\nbatches: never', 3],
    'indentation by tabs': ['name: own\nmethodTimes:\n\ttools/call: 1', 3],
    'JSON that is cut off': ['{\n  "name": "own",\n  "batches": ', 3],
    'two profiles': ['name: own\n---\nname: other', 2],
    'a reference to nothing': ['name: own\ndescription: *nobody', 2],
    'a reference to what comes later': ['name: own\ndescription: *later\nextends: &later mcp', 2],
  };

  test.each(Object.entries(unreadable))('%s', (_name, [text, line]) => {
    expect(problemIn(text)).toMatch(new RegExp(`^own\\.yaml:${line}: [^\\n]+$`));
  });

  test('references that unfold into a file of another size', () => {
    const levels = Array.from({ length: 12 }, (_item, level) => {
      const item = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });
    expect(problemIn(levels.join('\n'))).toMatch(/^own\.yaml:\d+: Excessive alias count/);
  });
});

describe('a profile asked for', () => {
  test.each([...builtInProfiles])('by the name %s is the built-in one', (name, profile) => {
    expect(loadProfile(name)).toEqual({ profile });
  });

  test('by a name that there is not: the names that there are', () => {
    for (const name of ['mpc', 'constructor', '__proto__', '']) {
      expect(loadProfile(name)).toEqual({
        problem: `there is no profile '${name}'; built-in ones are ${[...builtInProfiles.keys()].join(', ')}, and a file needs a path or an ending`,
      });
    }
  });

  test('by a path is read from there; its problem names that path', () => {
    const good = written('good.yaml', 'name: own\nextends: lenient\n');
    const bad = written('bad.json', '{\n  "name": 5\n}');
    expect(loadProfile(good)).toMatchObject({ profile: { name: 'own', batches: 'always' } });
    expect(loadProfile(bad)).toEqual({
      problem: `${bad}:2: name: Invalid input: expected string, received number`,
    });
  });

  test('from a file that cannot be read: which, and why not', () => {
    const missing = join(workspace, 'missing.yaml');
    for (const [path, why] of [
      [missing, 'ENOENT'],
      [workspace, 'EISDIR'],
    ] as const) {
      const loaded = loadProfile(path);
      const problem = 'problem' in loaded ? loaded.problem : 'none';
      expect(problem.startsWith(`the profile file ${path} cannot be read: ${why}`)).toBe(true);
      expect(problem).not.toContain('\n');
    }
  });
});
