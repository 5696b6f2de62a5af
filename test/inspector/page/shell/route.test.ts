import { expect, test } from 'vitest';
import { type Place, followAddress, route } from '../../../../src/inspector/page/shell/route.ts';

test('the view follows the address; a token in it is taken out first', () => {
  const events = new EventTarget();
  const location = { hash: '#token=abc' };
  const place: Place = { location, addEventListener: (type, listener) => events.addEventListener(type, listener) };
  let tokens = 0;
  followAddress(place, () => {
    tokens += 1;
    location.hash = '#/holds';
  });
  expect([route.value.view, tokens]).toEqual(['holds', 1]);
  location.hash = '#/p/1/s/a';
  events.dispatchEvent(new Event('hashchange'));
  expect([route.value, tokens]).toEqual([{ view: 'session', pid: 1, sessionId: 'a' }, 1]);
});
