import { describe, expect, test } from 'vitest';
import { WatchedEvents } from '../../src/inspector/watched-events.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { Playbook } from '../../src/testing/playbook.ts';

function watched(eventsMax: number) {
  const ring = new TraceRing({ eventsMax });
  const play = new Playbook({ tracer: ring });
  const { session } = play.open();
  /** So many more events. */
  const happens = (times: number): void => {
    for (let time = 0; time < times; time++) session.label(`x`, time % 2 === 0);
  };
  const watch = (after = 0): WatchedEvents => new WatchedEvents(ring, ring.session('s1')!, after, 4);
  return { ring, play, happens, watch };
}

const told = (watch: WatchedEvents) => {
  const batch = watch.next();
  return batch && { seqs: batch.places.map(({ seq }) => seq), missed: batch.missed, hasMore: batch.hasMore };
};

describe('the events that a viewer is told', () => {
  test('are all that are kept, in batches, when it comes late', async () => {
    const { play, happens, watch } = watched(100);
    happens(8);
    const late = watch();
    expect([told(late), told(late), told(late), told(late)]).toEqual([
      { seqs: [1, 2, 3, 4], missed: 0, hasMore: true },
      { seqs: [5, 6, 7, 8], missed: 0, hasMore: true },
      { seqs: [9, 10], missed: 0, hasMore: false },
      undefined,
    ]);
    await play.ends();
  });

  test('are the newest ones, once it has caught up and more happens than it is told at once', async () => {
    const { play, happens, watch } = watched(100);
    const quick = watch();
    told(quick);
    happens(8);
    expect(told(quick)).toMatchObject({ seqs: [3, 4, 5, 6], missed: 0, hasMore: true });
    happens(8);
    expect(told(quick)).toEqual({ seqs: [15, 16, 17, 18], missed: 8, hasMore: false });
    await play.ends();
  });

  test('are counted where the ring has forgotten them', async () => {
    const { play, happens, watch } = watched(6);
    const slow = watch();
    told(slow);
    happens(10);
    expect(told(slow)).toEqual({ seqs: [7, 8, 9, 10], missed: 4, hasMore: true });
    await play.ends();
  });

  test('go on after the last one that it has, and say so if there was something between', async () => {
    const { play, happens, watch } = watched(6);
    happens(4);
    expect(told(watch(4))).toEqual({ seqs: [5, 6], missed: 0, hasMore: false });
    happens(4);
    expect(told(watch(4))).toMatchObject({ seqs: [5, 6, 7, 8], missed: 0 });
    happens(1);
    expect(told(watch(3))).toMatchObject({ seqs: [6, 7, 8, 9], missed: 1 });
    expect(told(watch(1000))).toMatchObject({ seqs: [6, 7, 8, 9], missed: 5 });
    await play.ends();
  });
});
