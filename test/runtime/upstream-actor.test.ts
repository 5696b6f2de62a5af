import { createActor, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import type { UpstreamEvents, UpstreamLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Upstream, upstreamLogic } from '../../src/runtime/upstream-actor.ts';
import type { Departure, RestartPolicy } from '../../src/session/upstream.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { KeptLog } from './kept-log.ts';

const policy: RestartPolicy = { restartsMax: 2, withinMs: 10_000, backoffMs: 100 };
const exited: Departure = { reason: 'exited', exitCode: 7, signal: null, lastStderr: ['bye'] };

/** Connections as they are asked for, and everything that is reported about them. */
class Stage {
  readonly clock = new VirtualClock();
  readonly log: KeptLog;
  readonly lives: UpstreamEvents[] = [];
  readonly told: string[] = [];
  readonly upstream: Upstream;
  /** What happens before `connect` has returned. */
  onConnect: ((events: UpstreamEvents) => void) | undefined = undefined;

  constructor({ restart = policy, traces = false } = {}) {
    this.log = new KeptLog({ traces });
    const parent = createActor(setup({}).createMachine({}), { clock: this.clock }).start();
    this.upstream = new Upstream({
      id: 'upstream:s',
      parent,
      logic: upstreamLogic({ clock: this.clock, log: this.log }),
      connector: {
        connect: (events) => {
          this.lives.push(events);
          this.onConnect?.(events);
          return this.#link(this.lives.length);
        },
      },
      policy: restart,
      clock: this.clock,
      log: this.log,
      reports: {
        connected: (link) => this.told.push(`connected ${nameOf(link)}`),
        message: (bytes) => this.told.push(`message ${decodeText(bytes)}`),
        value: (message) => this.told.push(`value ${JSON.stringify(message)}`),
        unreadable: ({ fault }, bytes) => this.told.push(`unreadable ${fault} ${bytes}`),
        parted: ({ id }) => this.told.push(`parted ${id}`),
        failed: (_about, { cause }) => this.told.push(`failed ${cause}`),
        drained: () => this.told.push('drained'),
        lost: ({ exitCode, willRestart }) => this.told.push(`lost ${exitCode} ${willRestart ? 'for now' : 'for good'}`),
        restarting: (reason) => this.told.push(`restarting, ${reason}`),
        stopped: (departure) => this.told.push(`stopped ${departure?.exitCode}`),
      },
    });
  }

  #link(life: number): UpstreamLink {
    return {
      name: `link ${life}`,
      write: () => true,
      pause: () => {},
      closeInput: () => {},
      close: (reason: string) => void this.told.push(`link ${life} closed: ${reason}`),
    } as UpstreamLink;
  }

  start(): UpstreamEvents {
    this.upstream.start();
    return this.lives.at(-1)!;
  }

  /** What was reported since the last time somebody asked. */
  get news(): readonly string[] {
    return this.told.splice(0);
  }
}

const nameOf = (link: UpstreamLink): string => (link as unknown as { name: string }).name;

describe('an upstream', () => {
  test('connects when it starts, and reports its link when it is ready', () => {
    const stage = new Stage();
    const first = stage.start();
    expect([stage.news, stage.upstream.hasTag('coming')]).toEqual([[], true]);
    first.ready();
    expect([stage.news, stage.upstream.hasTag('usable')]).toEqual([['connected link 1'], true]);
  });

  test('that is ready before its link is there waits for the link', () => {
    const stage = new Stage();
    stage.onConnect = (events) => events.ready();
    stage.start();
    expect(stage.news).toEqual(['connected link 1']);
  });

  test('that is lost before its link is there is lost', () => {
    const stage = new Stage({ restart: { ...policy, restartsMax: 0 } });
    stage.onConnect = (events) => {
      events.ready();
      events.lost({ ...exited, reason: 'spawn-failed' });
    };
    stage.start();
    expect(stage.news).toEqual(['lost 7 for good', 'stopped 7']);
    expect(stage.upstream.hasTag('ended')).toBe(true);
  });

  test('passes on what its connection reports', () => {
    const stage = new Stage();
    const first = stage.start();
    first.ready();
    first.message(encodeText('{}'));
    first.unreadable(
      { fault: 'frame-too-large', reason: 'no', expectsAnswer: true, isAnswer: false, idToken: undefined },
      99,
    );
    first.drained();
    expect(stage.news).toEqual(['connected link 1', 'message {}', 'unreadable frame-too-large 99', 'drained']);
  });

  test('P8 is connected again after a loss, and its session has the new link', () => {
    const stage = new Stage();
    stage.start().ready();
    stage.lives[0]!.lost(exited);
    expect([stage.news, stage.lives.length]).toEqual([['connected link 1', 'lost 7 for now'], 1]);
    stage.clock.advance(100);
    expect(stage.lives).toHaveLength(2);
    stage.lives[1]!.ready();
    expect(stage.news).toEqual(['restarting, exited', 'connected link 2']);
  });

  test('F10 believes nothing that a connection says after its end', () => {
    const stage = new Stage();
    const first = stage.start();
    first.ready();
    first.lost(exited);
    stage.clock.advance(100);
    stage.lives[1]!.ready();
    stage.told.length = 0;
    first.message(encodeText('late'));
    first.unreadable({ fault: 'not-json', reason: 'no', expectsAnswer: true, isAnswer: false, idToken: undefined }, 1);
    first.drained();
    first.ready();
    first.leaving(exited);
    first.lost(exited);
    expect(stage.news).toEqual([]);
  });

  test('that says nothing more is lost for its session at once, and started again when it is gone', () => {
    const stage = new Stage();
    const first = stage.start();
    first.ready();
    first.leaving(exited);
    expect(stage.news).toEqual(['connected link 1', 'lost 7 for now']);
    stage.clock.advance(60_000);
    expect(stage.lives).toHaveLength(1);
    first.lost(exited);
    stage.clock.advance(100);
    expect([stage.news, stage.lives.length]).toEqual([['restarting, exited'], 2]);
  });

  test('is given up when it is lost too often', () => {
    const stage = new Stage();
    stage.start();
    for (const pauseMs of [100, 200, 400]) {
      stage.lives.at(-1)!.lost(exited);
      stage.clock.advance(pauseMs);
    }
    expect([stage.news, stage.lives.length]).toEqual([
      ['lost 7 for now', 'restarting, exited', 'lost 7 for now', 'restarting, exited', 'lost 7 for good', 'stopped 7'],
      3,
    ]);
  });

  test('stops by closing its link, and is stopped when the connection says so', () => {
    const stage = new Stage();
    const first = stage.start();
    first.ready();
    stage.upstream.stop(false);
    stage.upstream.stop(false);
    expect(stage.news).toEqual(['connected link 1', 'link 1 closed: the session ended']);
    first.lost({ ...exited, exitCode: 0 });
    expect([stage.news, stage.clock.pending]).toEqual([['stopped 0'], 0]);
  });

  test('stops while it waits to be started again, and is not', () => {
    const stage = new Stage();
    stage.start().lost(exited);
    stage.upstream.stop(false);
    expect(stage.news).toEqual(['lost 7 for now', 'stopped 7']);
    stage.clock.advance(10_000);
    expect([stage.lives.length, stage.clock.pending]).toEqual([1, 0]);
  });

  test('traces its decisions where traces are wanted', () => {
    const traced = new Stage({ traces: true });
    traced.start().ready();
    expect(traced.log.lines.map(({ level, fields }) => [level, fields['upstream'], fields['event']])).toEqual([
      ['trace', 'upstream:s', 'upstream.start'],
      ['trace', 'upstream:s', 'connection.ready'],
    ]);
    const silent = new Stage();
    silent.start().ready();
    expect(silent.log.lines).toEqual([]);
  });
});
