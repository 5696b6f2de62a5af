import { describe, expect, test } from 'vitest';
import { counterIndex } from '../../src/session/counters.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { TracedSession } from '../../src/observe/traced-session.ts';
import { Playbook } from '../../src/testing/playbook.ts';

describe('a traced session', () => {
  test('says which count has moved since it was asked last, and nothing twice', async () => {
    const ring = new TraceRing();
    const play = new Playbook({ tracer: ring });
    play.open();
    const record: SessionRecord = ring.session('s1')!.record;
    const session = new TracedSession(record);
    expect(session.oddity()).toBeUndefined();
    record.counts[counterIndex.lateResponses]!++;
    record.counts[counterIndex.framesFromClient]!++;
    expect([session.oddity(), session.oddity()]).toEqual(['lateResponses', undefined]);
    await play.ends();
  });
});
