import { expect, test } from 'vitest';
import { transportTypes } from '../../src/session/transport-types.ts';

test('sessions are on these transports, and on no other', () => {
  expect(transportTypes).toEqual(['stdio', 'http', 'sse', 'websocket', 'in-memory']);
});
