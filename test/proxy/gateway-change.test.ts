import { describe, expect, test } from 'vitest';
import { changeBetween, fixedProblem } from '../../src/proxy/gateway-change.ts';
import { configOf } from './gateway-setting.ts';

const upstream = '{ command: node }';
const text = (routes: readonly string[], more = ''): string =>
  `${more}upstreams: { one: ${upstream} }\nroutes:\n${routes.map((path) => `  - { path: ${path}, upstream: one, name: at${path.slice(1)} }\n`).join('')}`;

describe('what a configuration changes', () => {
  test('is named by what was added, removed and changed', () => {
    const [before, after] = [configOf(text(['/a', '/b'])), configOf(text(['/b', '/c']))];
    const [kept, old, other] = [{}, {}, {}];
    const upstreams = [
      new Map([
        ['kept', kept],
        ['one', old],
        ['gone', {}],
      ]),
      new Map([
        ['kept', kept],
        ['one', other],
        ['new', {}],
      ]),
    ] as const;
    expect(changeBetween(before, after, ...upstreams)).toEqual({
      addedRoutes: ['atc'],
      removedRoutes: ['ata'],
      changedRoutes: [],
      addedUpstreams: ['new'],
      removedUpstreams: ['gone'],
      changedUpstreams: ['one'],
    });
  });

  test('is everything where there was none before, and nothing where it is the same', () => {
    const config = configOf(text(['/a']));
    const upstreams = new Map([['one', {}]]);
    expect(changeBetween(undefined, config, new Map(), upstreams)).toMatchObject({
      addedRoutes: ['ata'],
      addedUpstreams: ['one'],
    });
    const nothing = Object.values(changeBetween(config, configOf(text(['/a'])), upstreams, upstreams));
    expect(nothing.flat()).toEqual([]);
  });
});

describe('what stays as it is while a gateway runs', () => {
  const before = configOf(text(['/a']));

  test.each([
    ['where it listens', { ...before, listen: { ...before.listen, port: 1 } }, /^listen cannot change/],
    [
      'that it speaks no TLS',
      { ...before, listen: { ...before.listen, tls: {} as never } },
      /^whether the gateway speaks TLS/,
    ],
    ['its rule file', { ...before, rules: 'other.yaml' }, /^another rule file cannot be used/],
    [
      'what it gives to connections',
      { ...before, front: { limits: { connectionsMax: 1 }, times: {} } },
      /^front cannot/,
    ],
    [
      'the cluster',
      { ...before, cluster: { servers: [], name: 'other', replicas: 1, login: undefined, tls: undefined } as const },
      /^cluster cannot change/,
    ],
    ['whether faults may be injected', { ...before, takesFaults: !before.takesFaults }, /^allowFaults cannot change/],
  ])('is %s', (_what, after, problem) => {
    expect(fixedProblem(before, after)).toMatch(problem);
  });

  test('is no route', () => {
    expect(fixedProblem(before, configOf(text(['/b'])))).toBeUndefined();
  });
});
