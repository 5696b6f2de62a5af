import { describe, expect, test } from 'vitest';

import { failureText, isUnsendable } from '../../src/transports/http-failure.ts';

const where = 'https://mcp.example/mcp';
const failed = (code: string, message = 'as the system says it'): Error => Object.assign(new Error(message), { code });

describe('why a server was not reached', () => {
  test.each([
    ['ECONNREFUSED', `Nobody listens at ${where} (ECONNREFUSED)`],
    ['ENOTFOUND', `The name of ${where} is not known (ENOTFOUND)`],
    ['UND_ERR_SOCKET', `${where} closed the connection (UND_ERR_SOCKET)`],
    ['ERR_SSL_WRONG_VERSION_NUMBER', `${where} does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)`],
    ['CERT_HAS_EXPIRED', `The certificate of ${where} has expired (CERT_HAS_EXPIRED)`],
    ['CERT_REVOKED', `The certificate of ${where} is not accepted: as the system says it (CERT_REVOKED)`],
    ['EMFILE', `The connection to ${where} failed: as the system says it (EMFILE)`],
  ])('is told in words, with the code for those who look it up: %s', (code, text) => {
    expect(failureText(failed(code), where)).toBe(text);
  });

  test('is told for a name with several addresses as for the first', () => {
    const refused = Object.assign(failed('ECONNREFUSED'), { address: '::1', port: 80 });
    const error = new AggregateError([refused, failed('ENETUNREACH')]);
    expect(failureText(error, where)).toBe(`Nobody listens at ${where} (ECONNREFUSED ::1:80)`);
  });

  test('is told as the error says it where there is no code, and by its name where it says nothing', () => {
    expect(failureText(new Error('It broke'), where)).toBe(`The connection to ${where} failed: It broke`);
    expect(failureText(new TypeError(), where)).toBe(`The connection to ${where} failed: TypeError`);
  });
});

test('a request that nobody could send is told from a server that nobody could reach', () => {
  expect(isUnsendable(failed('UND_ERR_INVALID_ARG'))).toBe(true);
  expect(isUnsendable(failed('ECONNREFUSED'))).toBe(false);
  expect(isUnsendable(new Error('none'))).toBe(false);
});
