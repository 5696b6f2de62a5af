import { expect, test } from 'vitest';
import { clusterAddress, isClusterName } from '../../src/config/cluster-address.ts';

test('several servers, and who asks, with nothing secret left in what is shown', () => {
  expect(clusterAddress('nats://ada:se%20cret@a:4222, nats://b:4222')).toEqual({
    servers: ['nats://a:4222', 'nats://b:4222'],
    login: { kind: 'password', user: 'ada', password: 'se cret' },
    isTls: false,
  });
  expect(clusterAddress('tls://token@a')).toEqual({
    servers: ['tls://a'],
    login: { kind: 'token', token: 'token' },
    isTls: true,
  });
});

test.each(['', 'a:4222', 'http://a:4222', 'nats://', 'nats://a/x', 'nats://a?x', 'nats://a#x'])(
  '%j is none',
  (text) => {
    expect(clusterAddress(text)).toEqual({
      problem: 'address 1 is none: write it as nats://HOST:PORT or tls://HOST:PORT',
    });
  },
);

test('what is wrong is named by its place, since it may hold a secret', () => {
  const read = clusterAddress('nats://a,natz://ada:secret@b');
  expect(JSON.stringify(read)).toContain('address 2');
  expect(JSON.stringify(read)).not.toContain('secret');
});

test('names of clusters are names of tables', () => {
  expect([isClusterName('a-B_1'), isClusterName('a.b'), isClusterName('')]).toEqual([true, false, false]);
});
