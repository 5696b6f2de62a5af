/** What is wrong with a server is said before a node starts on it, with what to do about it. */
import { describe, expect, test } from 'vitest';
import { type NatsFacts, checkNats } from '../../src/cluster/nats-checks.ts';

const good: NatsFacts = {
  version: '2.14.0',
  hasJetStream: true,
  payloadBytesMax: 8 * 1024 * 1024,
  tables: [{ name: 'KV_x_lease', storage: 'file', replicas: 3 }],
};
const wishes = { frameBytesMax: 4 * 1024 * 1024, replicas: 3 };

describe('a server', () => {
  test('that is as it should be has nothing said of it', () => {
    expect(checkNats(good, wishes)).toEqual({ problems: [], warnings: [] });
  });

  test.each<[string, Partial<NatsFacts>, RegExp]>([
    ['without JetStream', { hasJetStream: false }, /JetStream is not enabled.*-js.*jetstream \{ store_dir/],
    [
      'that carries less than a frame',
      { payloadBytesMax: 1024 * 1024 },
      /carries 1048576 bytes.*max_payload: 419\d{4}/,
    ],
    ['that carries a frame and not what goes with it', { payloadBytesMax: wishes.frameBytesMax }, /max_payload/],
    [
      'with tables in memory',
      { tables: [{ name: 'KV_x_lease', storage: 'memory', replicas: 3 }] },
      /Kept in memory.*: KV_x_lease\. Remove/,
    ],
    [
      'with fewer copies than are wanted',
      { tables: [{ name: 'KV_x_lease', storage: 'file', replicas: 1 }] },
      /fewer than the 3 copies.*KV_x_lease.*--replicas 3/,
    ],
  ])('%s is refused', (_case, facts, problem) => {
    const { problems } = checkNats({ ...good, ...facts }, wishes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test.each([
    ['2.9.10', false],
    ['2.11.16', false],
    ['2.12.6', false],
    ['2.12.7', true],
    ['2.13.9', false],
    ['2.14.0', true],
    ['2.14.1-preview.1', true],
    ['2.15.0', true],
    ['3.0.0', true],
    ['', false],
  ])('of version %s is fit for production: %s', (version, isSound) => {
    const { warnings, problems } = checkNats({ ...good, version }, wishes);
    expect([warnings.length, problems]).toEqual([isSound ? 0 : 1, []]);
    if (!isSound) expect(warnings[0]).toMatch(/2\.12\.7, 2\.14\.0 or later, with `sync_interval: always`/);
  });

  test('that is alone is warned of', () => {
    expect(checkNats(good, { ...wishes, replicas: 1 }).warnings).toHaveLength(1);
  });
});
