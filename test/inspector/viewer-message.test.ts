import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewerMessageIn } from '../../src/inspector/viewer-message.ts';

test.each([
  { type: 'watch-overview' },
  { type: 'unwatch-overview' },
  { type: 'watch-session', sessionId: 'x' },
  { type: 'watch-session', sessionId: 'x', after: 3 },
  { type: 'unwatch-session', sessionId: 'x' },
  { type: 'read-body', request: 1, seq: 2 },
  { type: 'read-body', request: 1, seq: 2, from: 3 },
  { type: 'read-events', request: 1, sessionId: 'x', from: 1, max: 20 },
  { type: 'read-moment', request: 1, sessionId: 'x', seq: 2 },
])('%j is a message of a viewer, and what it says besides is left out', (message) => {
  expect(viewerMessageIn(JSON.stringify({ ...message, more: true }))).toEqual(message);
});

test.each([
  'null',
  '{"type":"hello"}',
  '{"type":"watch-session","sessionId":1}',
  '{"type":"watch-session","sessionId":"x","after":"3"}',
  '{"type":"watch-session","sessionId":"x","after":-1}',
  '{"type":"read-body","request":1}',
  '{"type":"read-body","request":1,"seq":1.5}',
  '{"type":"read-body","request":1,"seq":1,"from":null}',
  '{"type":"read-events","request":1,"sessionId":"x","from":-1,"max":2}',
  '{"type":"read-moment","request":1,"seq":2}',
])('%s is none', (text) => {
  expect(viewerMessageIn(text)).toBeUndefined();
});

test('whatever comes, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => viewerMessageIn(text)).not.toThrow();
    }),
  );
});
