import { describe, expect, test } from 'vitest';
import type { UpstreamEvents } from '../../src/ports.ts';
import { ownMessage } from '../../src/session/effects.ts';
import { SharedMember } from '../../src/transports/shared-member.ts';
import { bytesOf, exited, settled, textOf } from './shared-world.ts';

const about = ownMessage('client-to-server', bytesOf({ id: 1 }), 'request', undefined, 0);
const fault = { fault: 'not-json', reason: 'no', expectsAnswer: false, isAnswer: false, idToken: undefined } as const;

/** A member, what it was told in order, and what its connection was told of it. */
function joined() {
  const told: string[] = [];
  const host = { kept: 0, left: [] as string[], taken: 0 };
  const events: UpstreamEvents = {
    ready: () => told.push('ready'),
    message: (bytes) => told.push(textOf([bytes])),
    unreadable: ({ reason }, bytes) => told.push(`unreadable ${reason} ${bytes}`),
    failed: (_about, { reason }) => told.push(`failed ${reason}`),
    drained: () => told.push('drained'),
    leaving: ({ reason }) => told.push(`leaving ${reason}`),
    lost: ({ reason }) => told.push(`lost ${reason}`),
  };
  const member = new SharedMember(1, events);
  member.joins({
    take: () => ++host.taken < 2,
    keeps: (bytes) => {
      host.kept += bytes;
    },
    left: (_member, reason) => host.left.push(reason),
  });
  const hears = (text: string): void => member.hear(Buffer.from(text), undefined);
  return { member, told, host, hears, events };
}

describe('a member that reads', () => {
  test('is told everything as it comes, and that it is ready once', () => {
    const { member, told, hears, host } = joined();
    member.ready();
    member.ready();
    hears('a');
    member.unreadable(fault, 3, undefined);
    member.drained();
    member.failed(about, { cause: 'unsent', reason: 'broken', status: 0 });
    member.leaving(exited);
    member.lost(exited);
    expect(told).toEqual([
      'ready',
      'a',
      'unreadable no 3',
      'drained',
      'failed broken',
      'leaving exited',
      'lost exited',
    ]);
    expect(host.kept).toBe(0);
  });

  test('writes through its connection, and is told when that has no more room', () => {
    const { member, host } = joined();
    expect([member.write([], about), member.write([], about)]).toEqual([true, false]);
    member.closeInput();
    expect([host.taken, host.left]).toEqual([2, []]);
  });
});

describe('a member that does not read', () => {
  test('is told in order when it reads again, after it has said so', async () => {
    const { member, told, hears, host } = joined();
    member.pause(true);
    hears('ab');
    member.unreadable(fault, 3, undefined);
    hears('cd');
    expect([told, host.kept, member.keptBytes]).toEqual([[], 260, 260]);
    member.pause(false);
    hears('ef');
    expect(told).toEqual([]);
    await settled();
    hears('gh');
    expect([told, host.kept]).toEqual([['ab', 'unreadable no 3', 'cd', 'ef', 'gh'], 0]);
  });

  test('and stops again is told no more than it took', async () => {
    const { member, told, hears, host } = joined();
    member.pause(true);
    for (let n = 0; n < 3000; n++) hears(String(n % 10));
    member.pause(false);
    member.pause(true);
    await settled();
    expect(told).toEqual([]);
    member.pause(false);
    await settled();
    expect([told.length, told.slice(0, 3), host.kept]).toEqual([3000, ['0', '1', '2'], 0]);
  });

  test('that is waited for no longer is told all the same, until it has read again', async () => {
    const { member, told, hears } = joined();
    member.pause(true);
    hears('a');
    member.overrun();
    hears('b');
    member.pause(true);
    hears('c');
    expect(told).toEqual(['a', 'b', 'c']);
    member.pause(false);
    member.pause(true);
    hears('d');
    await settled();
    expect(told).toEqual(['a', 'b', 'c']);
  });

  test('is told of what was said before the end, and then of the end', () => {
    const { member, told, hears } = joined();
    member.pause(true);
    hears('a');
    member.leaving(exited);
    member.lost(exited);
    expect(told).toEqual(['a', 'leaving exited', 'lost exited']);
  });
});

describe('a member that leaves', () => {
  test('hears nothing more, and that it is over once, in a later turn', async () => {
    const { member, told, hears, host } = joined();
    member.pause(true);
    hears('a');
    member.close('done');
    member.close('done again');
    member.pause(false);
    hears('b');
    member.unreadable(fault, 3, undefined);
    member.ready();
    member.drained();
    member.failed(about, { cause: 'unsent', reason: 'broken', status: 0 });
    member.leaving(exited);
    member.lost(exited);
    expect([told, host, member.isHere, member.write([], about)]).toEqual([
      [],
      { kept: 0, left: ['done'], taken: 0 },
      false,
      true,
    ]);
    await settled();
    expect(told).toEqual(['lost closed']);
  });

  test('while it is told what waited is told no more of it', async () => {
    const { member, told, hears, events } = joined();
    events.message = (bytes) => {
      told.push(textOf([bytes]));
      member.close('enough');
    };
    member.pause(true);
    hears('a');
    hears('b');
    member.lost(exited);
    expect(told).toEqual(['a']);
    await settled();
    expect(told).toEqual(['a', 'lost closed']);
  });

  test('before it has joined leaves nobody', async () => {
    const told: unknown[] = [];
    const { events } = joined();
    const member = new SharedMember(2, { ...events, lost: ({ reason }) => told.push(reason) });
    expect(member.write([], about)).toBe(true);
    member.close('done');
    await settled();
    expect(told).toEqual(['closed']);
  });

  test('because there is no place for it is told so in a later turn', async () => {
    const told: unknown[] = [];
    const { events } = joined();
    const member = new SharedMember(2, { ...events, lost: ({ reason }) => told.push(reason) });
    member.refuse();
    expect(told).toEqual([]);
    await settled();
    expect(told).toEqual(['unreachable']);
  });
});
