import { expect, test } from 'vitest';
import { opposite } from '../../src/protocol/envelope.ts';

test('the answer to a request travels against it', () => {
  expect(opposite('client-to-server')).toBe('server-to-client');
  expect(opposite('server-to-client')).toBe('client-to-server');
});
