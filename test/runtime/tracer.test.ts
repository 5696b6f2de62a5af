import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Decision, Tracer } from '../../src/runtime/tracer.ts';
import { Playbook } from '../../src/testing/playbook.ts';

/** Keeps a line for each thing that it sees. */
class Lines implements Tracer {
  readonly seen: string[] = [];

  opened({ id }: Parameters<Tracer['opened']>[0]): void {
    this.seen.push(`${id} opened`);
  }

  decided(...[record, event, decision, from, effects]: Parameters<Tracer['decided']>): void {
    const parts = [spoken(event, decision), moved(from, record.state), effects.map(({ type }) => type).join(' ')];
    this.seen.push(parts.filter((part) => part !== '').join(' | '));
  }

  ended({ id }: Parameters<Tracer['ended']>[0]): void {
    this.seen.push(`${id} ended`);
  }
}

const spoken = (event: SessionEvent, decision: Decision): string =>
  `${event.type}${decision === 'committed' ? '' : ` ${decision}`}`;
const moved = (from: string, to: string): string => (from === to ? '' : `${from} -> ${to}`);

describe('a tracer', () => {
  test('sees every event of a session in order, with the states before and after it and what it asks for', async () => {
    const tracer = new Lines();
    const play = new Playbook({ tracer });
    const { client, server, session, handshake } = play.open();
    handshake();
    tracer.seen.length = 0;
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answers(1);
    client.receivesResult(1);
    session.close();
    expect(tracer.seen).toEqual([
      'frame.request | send',
      'frame.response | settled send',
      'session.close | active.serving -> closed | ended',
      's1 ended',
    ]);
    await play.ends();
  });

  test('sees what was undone', async () => {
    const tracer = new Lines();
    let isBroken = false;
    const holds = (): boolean => {
      if (isBroken) throw new Error('no rule');
      return false;
    };
    const play = new Playbook({ tracer, tagRules: [{ tag: 'broken', holds }] });
    const { client, handshake } = play.open();
    handshake();
    tracer.seen.length = 0;
    isBroken = true;
    client.asks(3, 'tools/list');
    client.receivesError(3, 5000, { code: 'INTERCEPTOR_FAILED', part: 'tag-rule' });
    play.log.says('error', 'an event failed and was rolled back');
    isBroken = false;
    expect(tracer.seen).toEqual(['frame.request rolled-back']);
    await play.ends();
  });

  test('that throws harms no session: it is logged', async () => {
    let isBroken = false;
    const complain = (): void => {
      if (isBroken) throw new Error('no room');
    };
    const play = new Playbook({ tracer: { opened: complain, decided: complain, ended: complain } });
    const { client, server, handshake } = play.open();
    handshake();
    isBroken = true;
    client.asks(1, 'tools/list');
    isBroken = false;
    server.receivesRequest(1, 'tools/list');
    server.answers(1);
    client.receivesResult(1);
    play.log.says('error', 'a tracer threw');
    await play.ends();
  });
});
