/**
 * What the feed tells of a session is all that there is to tell: whoever adds up its events, one by one, has the state of the session
 * and its table of waiting requests as they were after each of them, whatever the peers, time and interceptors do.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectOneOutcomeOfEach, scripts } from './one-outcome-play.ts';
import { Adding } from './told-session.ts';
import { runs } from './world.ts';

describe('the events of the feed', () => {
  test('U1 P19 added up give the state of a session and what waits in it, after each of them', async () => {
    let events = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, async (s, play) => {
        const tracer = new Adding();
        await expectOneOutcomeOfEach(s, play, { tracer });
        if (tracer.complaint !== undefined) throw tracer.complaint;
        events += tracer.events;
      }),
      runs(25),
    );
    expect(events).toBeGreaterThan(100);
  });
});
