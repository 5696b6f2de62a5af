import { expect, test } from 'vitest';
import { pathOf, protocolsWith } from '../../../../src/inspector/page/connection/reach.ts';

test('what is of a process is found through a hub, or at the process itself', () => {
  expect(pathOf({ isHub: true }, 12, '/feed')).toBe('/processes/12/feed');
  expect(pathOf({ isHub: false }, 12, '/feed')).toBe('/feed');
});

test('the token goes as a protocol of the WebSocket', () => {
  expect(protocolsWith('abc')).toEqual(['ninelives.feed.v1', 'ninelives.token.abc']);
});
