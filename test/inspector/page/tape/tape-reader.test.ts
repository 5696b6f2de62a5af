import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { EventsRead, Moment, SessionView } from '../../../../src/inspector/feed-messages.ts';
import { TapeReader, type TapeSource } from '../../../../src/inspector/page/tape/tape-reader.ts';
import { windowMax } from '../../../../src/inspector/page/tape/event-window.ts';
import { event } from '../store/rows.ts';

/** The numbers of events on this tape are ten times their places. */
function tapeOf(total: number) {
  const asked: string[] = [];
  const view = {} as SessionView;
  const source: TapeSource = {
    async readEvents(from, max): Promise<EventsRead> {
      asked.push(`events ${Math.min(from, total)}`);
      await nextTurn();
      const first = Math.max(1, Math.min(from, total - max + 1));
      const events = Array.from({ length: Math.min(max, total) }, (_, index) => event((first + index) * 10));
      return { type: 'events-read', request: 0, sessionId: 's1', from: first, events, total };
    },
    async readMoment(seq): Promise<Moment> {
      asked.push(`moment ${seq}`);
      await nextTurn();
      if (seq > total * 10) throw new Error('The session has no such event');
      return { type: 'moment', request: 0, sessionId: 's1', seq, place: seq / 10, view };
    },
  };
  return { asked, reader: new TapeReader(source) };
}

async function rests(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

describe('somebody who reads a tape', () => {
  test('begins at its end', async () => {
    const { reader, asked } = tapeOf(40);
    reader.goTo(Infinity);
    await rests();
    expect(reader.view.value).toMatchObject({ place: 40, moment: { seq: 400, place: 40 }, window: { from: 1 } });
    expect(asked).toEqual(['events 40', 'moment 400']);
  });

  test('goes back and on without asking for events again', async () => {
    const { reader, asked } = tapeOf(40);
    reader.goTo(Infinity);
    await rests();
    reader.goTo(39);
    await rests();
    reader.goTo(0);
    await rests();
    expect(reader.view.value).toMatchObject({ place: 1, moment: { seq: 10 } });
    expect(asked.slice(2)).toEqual(['moment 390', 'moment 10']);
  });

  test('who moves fast is told of where they stop, and of one place before', async () => {
    const { reader, asked } = tapeOf(40);
    reader.goTo(Infinity);
    await rests();
    for (let place = 39; place > 9; place--) reader.goTo(place);
    await rests();
    expect(asked.slice(2)).toEqual(['moment 390', 'moment 100']);
    expect(reader.view.value).toMatchObject({ place: 10, moment: { seq: 100 } });
  });

  test('on a long tape gets the events around where they go', async () => {
    const { reader, asked } = tapeOf(10 * windowMax);
    reader.goTo(Infinity);
    await rests();
    reader.goTo(windowMax);
    await rests();
    expect(reader.view.value.window?.from).toBe(windowMax / 2);
    await reader.goToEvent(5 * windowMax * 10);
    await rests();
    expect(reader.view.value).toMatchObject({ place: 5 * windowMax, window: { from: 4.5 * windowMax } });
    expect(asked.filter((what) => what.startsWith('events'))).toHaveLength(3);
  });

  test('hears why an event is not there, and stays where it was', async () => {
    const { reader } = tapeOf(4);
    reader.goTo(Infinity);
    await rests();
    await reader.goToEvent(70);
    expect(reader.view.value).toMatchObject({ place: 4, failure: 'The session has no such event' });
    reader.goTo(3);
    expect(reader.view.value.failure).toBeUndefined();
  });

  test('hears nothing more once it is closed', async () => {
    const { reader } = tapeOf(4);
    reader.goTo(Infinity);
    reader.close();
    await rests();
    expect(reader.view.value.window).toBeUndefined();
  });
});
