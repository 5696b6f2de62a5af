import { describe, expect, test } from 'vitest';
import { redact } from '../../../src/rules/builtin/redact.ts';
import { call, contextOf } from '../scenes.ts';

describe('redaction', () => {
  const intercept = redact.create({ keys: ['password', 'Token'] });

  test('replaces what is named, at any depth, whatever the letters, and leaves the rest', () => {
    const message = call('login', { user: 'ann', Password: 'x', more: [{ token: 1, list: ['password'] }] });
    expect(intercept(contextOf({ message }))).toEqual({
      action: 'modify',
      message: call('login', {
        user: 'ann',
        Password: '[redacted]',
        more: [{ token: '[redacted]', list: ['password'] }],
      }),
    });
  });

  test('says nothing of a message without such members, and touches no id and no method', () => {
    expect(intercept(contextOf({ message: call('echo', { user: 'ann' }) }))).toBeUndefined();
    const odd = redact.create({ keys: ['id', 'method', 'name'] });
    expect(odd(contextOf({ message: { id: 1, method: 'x', params: { name: 'y' } } }))).toMatchObject({
      message: { id: 1, method: 'x', params: { name: '[redacted]' } },
    });
  });

  test('may be for one direction, in other words', () => {
    const own = redact.create({ keys: ['secret'], replacement: '*', direction: 'server-to-client' });
    const message = { id: 1, result: { secret: 's' } };
    expect(own(contextOf({ message, direction: 'server-to-client' }))).toMatchObject({
      message: { result: { secret: '*' } },
    });
    expect(own(contextOf({ message }))).toBeUndefined();
    const error = { id: 1, error: { code: 1, message: 'no', data: { secret: 's' } } };
    expect(own(contextOf({ message: error, direction: 'server-to-client' }))).toMatchObject({
      message: { error: { data: { secret: '*' } } },
    });
  });
});
