import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Route, hrefOf, routeOf } from '../../../src/inspector/page/routes.ts';

describe('an address', () => {
  test('of every view leads back to it, whatever the session is called', () => {
    const sessionId = fc.string({ minLength: 1, unit: 'grapheme' });
    const pid = fc.nat();
    const routes: fc.Arbitrary<Route> = fc.oneof(
      fc.constantFrom<Route>({ view: 'overview' }, { view: 'holds' }),
      fc.record({ view: fc.constant('session' as const), pid, sessionId }),
      fc.record({ view: fc.constant('event' as const), pid, sessionId, seq: fc.nat() }),
    );
    fc.assert(
      fc.property(routes, (route) => {
        expect(routeOf(hrefOf(route))).toEqual(route);
      }),
    );
  });

  test.each(['', '#', '#/', '#/p', '#/p/x/s/a', '#/p/1/s/', '#/p/1/s/%E0', '#/elsewhere'])(
    'that is none of ours is the overview: %j',
    (hash) => expect(routeOf(hash)).toEqual({ view: 'overview' }),
  );

  test('whose event is no number is that of the session', () => {
    expect(routeOf('#/p/1/s/a/e/last')).toEqual({ view: 'session', pid: 1, sessionId: 'a' });
  });
});
