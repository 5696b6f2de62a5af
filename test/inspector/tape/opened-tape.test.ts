import { describe, expect, test } from 'vitest';
import { TraceRing } from '../../../src/observe/trace-ring.ts';
import { tracedEvent } from '../../../src/observe/traced-event-view.ts';
import { openTape } from '../../../src/inspector/tape/opened-tape.ts';
import type { TapePart } from '../../../src/record/tape-parts.ts';
import { taped } from '../../record/taped.ts';
import { Playbook } from '../../../src/testing/playbook.ts';
import { opened } from './open.ts';

describe('a tape that is looked at', () => {
  test('has the events that whoever looked at the process saw', async () => {
    const tape = await opened();
    const ring = new TraceRing();
    const play = new Playbook({ tracer: ring });
    const talk = play.open();
    talk.handshake();
    talk.client.asks(1, 'tools/list');
    talk.server.takesAll();
    talk.server.answers(1);
    talk.client.takesAll();
    talk.session.close();
    await play.ends();
    const [session] = tape.sessions();
    const live = ring.eventsOf(ring.session('s1')!).map((place) => tracedEvent(place, ring));
    const seen = tape.eventsOf(session!.id)!.map((seq) => tracedEvent(tape.ring.event(seq)!, tape.ring));
    expect(seen).toEqual(live);
    expect(tape.tape.notes).toEqual([]);
  });

  test('tells sessions apart whose ids begin alike', async () => {
    const edit = (text: string): string => text.replaceAll(/"id":"s\d"/g, '"id":"same"');
    const tape = await opened({ sessions: 3, edit });
    expect(tape.sessions().map(({ id }) => id)).toEqual(['same', 'same-2', 'same-3']);
    expect(tape.eventsOf('same-2')).toHaveLength(tape.eventsOf('same')!.length);
    expect(tape.eventsOf('nobody')).toBeUndefined();
  });

  test('shows a session as it was after each event', async () => {
    const tape = await opened();
    const { id } = tape.sessions()[0]!;
    const moments = tape.eventsOf(id)!.map((_, index) => tape.momentAt(id, index)!);
    expect(moments.map(({ state }) => state)).toContain('active.serving');
    expect(moments.map(({ pending }) => pending.length)).toContain(1);
    expect(moments.at(-1)).toMatchObject({ state: 'closed', pending: [] });
    expect(tape.momentAt(id, moments.length)).toBeUndefined();
    expect(tape.momentAt('nobody', 0)).toBeUndefined();
  });

  test('shows an event that was undone, and that it left nothing behind', async () => {
    const edit = (text: string): string =>
      text.includes('"method":"tools/list"') && text.includes('frame.request')
        ? text.replace('"to":', '"decision":"rolled-back","to":').replace(/,"sent":\[[^\]]*\]/, '')
        : text;
    const tape = await opened({ edit });
    const { id } = tape.sessions()[0]!;
    const events = tape.eventsOf(id)!.map((seq) => tracedEvent(tape.ring.event(seq)!, tape.ring));
    const undone = events.findIndex(({ decision }) => decision === 'rolled-back');
    expect(events[undone]).toMatchObject({ event: 'frame.request', frame: { method: 'tools/list' } });
    expect(tape.momentAt(id, undone)?.pending).toEqual([]);
  });

  test('says where it is cut off, where it was changed, what is missing and what does not fit', async () => {
    async function* parts(): AsyncGenerator<TapePart> {
      for await (const part of await taped({
        edit: (text) => text.replace('"outcome":"result"', '"outcome":"error"'),
      })) {
        yield part;
      }
      yield { type: 'line', number: 90, line: { seq: 900, at: 9, event: 'tape.gap', dropped: 3 }, body: undefined };
      yield { type: 'altered', line: 91 };
      yield { type: 'cut-off', line: 92, bytes: 4 };
    }
    const tape = await openTape(parts());
    const notes = 'tape' in tape ? tape.tape.notes : [];
    expect(notes[0]).toBe('The digest in the last line is another one: lines were changed, or are missing.');
    expect(notes[1]).toMatch(/^Line 92, the last one, is cut off/);
    expect(notes[2]).toBe('3 events are not on the tape: they could not be written in time.');
    expect(notes[3]).toMatch(
      /^Line \d+, session 1: here it settles \[initialize result\], and on the tape \[initialize error\]\.$/,
    );
  });

  test('is shown up to the line that cannot be used; one that begins with such a line is none', async () => {
    async function* parts(): AsyncGenerator<TapePart> {
      for await (const part of await taped()) {
        if (part.type === 'line' && part.number > 6) break;
        yield part;
      }
      yield { type: 'problem', line: 7, problem: 'this line is no JSON object' };
    }
    const tape = await openTape(parts());
    expect('tape' in tape && tape.tape.notes).toEqual([
      'Line 7: this line is no JSON object. What is behind it is not shown.',
    ]);
    async function* none(): AsyncGenerator<TapePart> {
      yield await Promise.resolve({ type: 'problem', line: 1, problem: 'this is no tape' } as const);
    }
    expect(await openTape(none())).toEqual({ line: 1, problem: 'this is no tape' });
  });

  test('may be empty', async () => {
    const tape = await opened({ sessions: 0 });
    expect([tape.sessions(), tape.tape.lines, tape.endsAt]).toEqual([[], 0, 0]);
  });
});
