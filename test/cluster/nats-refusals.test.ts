/** What the client of NATS says is told as what is wrong and what to do about it; the words are those of its version 3.4. */
import { describe, expect, test } from 'vitest';
import { type Asked, whyNoTables, whyUnreachable } from '../../src/cluster/nats-refusals.ts';

const asked: Asked = { servers: ['nats://one:4222', 'nats://two:4222'], cluster: 'mine', replicas: 3, hasLogin: false };

describe('a server that cannot be reached', () => {
  test.each<[said: string, over: Partial<Asked>, told: RegExp]>([
    ['Authorization Violation', {}, /it wants a login, and none was given/],
    ['Authorization Violation', { hasLogin: true }, /does not accept this login/],
    ['unable to parse credentials', { hasLogin: true }, /is not one/],
    ["server does not support 'tls'", {}, /write nats:\/\//],
    ['self-signed certificate', {}, /is not trusted here/],
    ["Hostname/IP does not match certificate's altnames: IP: 10.0.0.1", {}, /the host as it stands in it/],
    ['connection refused', {}, /start nats-server/],
    ['getaddrinfo ENOTFOUND one', {}, /no host of this name/],
    ['timeout', {}, /nothing there answers as a server of NATS/],
  ])('with "%s" and %j is told of with what to do', (said, over, told) => {
    const text = whyUnreachable(said, { ...asked, ...over });
    expect(text).toMatch(told);
    expect(text).toMatch(/^No server of nats:\/\/one:4222, nats:\/\/two:4222 can be reached: /);
    expect(text.endsWith(`(${said})`)).toBe(true);
  });

  test('in a way that nobody has thought of is told of in the words of the client', () => {
    expect(whyUnreachable('the moon', asked)).toMatch(/can be reached: the moon$/);
  });

  test('is named without the password that stands in its address', () => {
    expect(whyUnreachable('timeout', { ...asked, servers: ['nats://node:secret@one:4222'] })).not.toMatch(/secret/);
  });
});

describe('tables that cannot be had', () => {
  test.each<[said: string, told: RegExp]>([
    ['replicas > 1 not supported in non-clustered mode', /3 copies.*fewer servers.*ask for 1 copy/],
    ['no suitable peers for placement', /run 3 of them as one cluster/],
    ['JetStream not enabled for account', /jetstream: enabled/],
    ['insufficient storage resources available', /max_file_store/],
    ['Permissions Violation for Subscription to "_INBOX.1.*"', /`mine\.>`.*`_INBOX\.>`/],
    ['timeout', /JetStream does not answer/],
  ])('for "%s" are told of with what to do', (said, told) => {
    expect(whyNoTables(said, asked)).toMatch(told);
  });
});
