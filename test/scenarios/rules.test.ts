/** Every action of a rule on every kind of frame, in both directions: what its peers hear, and how its request ends. */
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import { RuleEngine } from '../../src/rules/rule-engine.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import type { Outcome } from '../../src/session/outcomes.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { ruleSetOf } from '../rules/rule-sets.ts';
import { playbook } from './conversation.ts';

type Kind = 'request' | 'notification' | 'response';

/**
 * - `passes`: the reader hears it at once. `later`: after a while. `changed`: with what the rule put in.
 * - `refused`, `mocked`, `failed`: the requester is answered. `vanishes`: nobody hears of it.
 * - `waits on`: nobody hears of it, and its request ends by its deadline. `ends`: the session is over.
 */
type Fate = 'passes' | 'later' | 'changed' | 'refused' | 'mocked' | 'vanishes' | 'waits on' | 'ends' | 'failed';

const passesAll = { request: 'passes', notification: 'passes', response: 'passes' } as const;
const waitsAll = { request: 'later', notification: 'later', response: 'later' } as const;

const fates: readonly (readonly [action: string, Readonly<Record<Kind, Fate>>])[] = [
  ['continue: {}', passesAll],
  ['tag: { add: [seen] }', passesAll],
  ['log: {}', passesAll],
  ['modify: { merge: { id: 99 } }', { request: 'failed', notification: 'vanishes', response: 'failed' }],
  [
    'modify: { merge: { params: { added: true } } }',
    { request: 'changed', notification: 'changed', response: 'passes' },
  ],
  ['block: {}', { request: 'refused', notification: 'vanishes', response: 'refused' }],
  ['mock: { result: { mocked: true } }', { request: 'mocked', notification: 'vanishes', response: 'mocked' }],
  ['delay: { ms: 500 }', waitsAll],
  ['delay: { ms: 500, scope: exchange }', waitsAll],
  ['pause: { ms: 500, default: resume }', waitsAll],
  ['pause: { ms: 500, default: resume, scope: exchange }', waitsAll],
  ['fault: { kind: slow, bytesPerSecond: 200 }', waitsAll],
  ['fault: { kind: drop }', { request: 'waits on', notification: 'vanishes', response: 'waits on' }],
  ['fault: { kind: error }', { request: 'failed', notification: 'vanishes', response: 'failed' }],
  ['fault: { kind: close }', { request: 'ends', notification: 'ends', response: 'ends' }],
];

const outcomeOf: Readonly<Record<Fate, Outcome>> = {
  passes: 'result',
  later: 'result',
  changed: 'result',
  refused: 'refused',
  mocked: 'result',
  vanishes: 'result',
  'waits on': 'timeout',
  ends: 'refused',
  failed: 'error',
};

const directions: readonly Direction[] = ['client-to-server', 'server-to-client'];
const kinds: readonly Kind[] = ['request', 'notification', 'response'];
const cells = fates.flatMap(([action, row]) =>
  kinds.flatMap((kind) => directions.map((direction) => [action, kind, direction, row[kind]] as const)),
);

describe('a rule that says', () => {
  test.each(cells)('%s to a %s %s: it %s', async (action, kind, direction, fate) => {
    const clock = new VirtualClock();
    const engine = new RuleEngine(
      ruleSetOf(
        `{ id: r, when: 'frame.kind == "${kind}" && frame.direction == "${direction}" && meta.frame_count >= 3', do: [{ ${action} }] }`,
      ),
      { clock, log: silentLog },
    );
    const ruled = playbook({
      times: { requestIdleMs: 5000, requestAbsoluteMs: 10_000 },
      interceptors: engine,
    });
    engine.watch(ruled.runtime);
    const { client, server, handshake, endedWith } = ruled.open();
    handshake();
    const isFromClient = direction === 'client-to-server';
    const [speaker, reader] = isFromClient ? [client, server] : [server, client];
    const passes = async (ms: number): Promise<void> => {
      ruled.timePasses(ms);
      clock.advance(ms);
      await ruled.promisesSettle();
    };
    const settled = (): readonly (Outcome | undefined)[] =>
      ruled.observations.flatMap((one) => (one.type === 'request-settled' && one.id === 7 ? [one.outcome] : []));

    if (kind === 'response') {
      reader.asks(7, 'x/ask');
      speaker.takesAll();
      speaker.answers(7, { own: true });
    } else if (kind === 'request') speaker.asks(7, 'x/ask', { own: true });
    else speaker.notifies('x/note', { own: true });

    if (fate === 'later') {
      reader.receivesNothing();
      await passes(1000);
    }
    const heard = reader.takesAll();
    if (fate === 'passes' || fate === 'later') expect(heard).toHaveLength(1);
    else if (fate === 'changed') expect(heard).toMatchObject([{ params: { own: true, added: true } }]);
    if (kind === 'request' && heard.length > 0) reader.answers(7, { fine: true });
    if (kind === 'notification') {
      expect(heard).toHaveLength(fate === 'vanishes' || fate === 'ends' || fate === 'failed' ? 0 : 1);
    } else {
      if (fate === 'waits on') {
        expect(settled()).toEqual([]);
        await passes(11_000);
      }
      const requester = kind === 'request' ? speaker : reader;
      const answers = kind === 'request' ? requester.takesAll() : [...heard, ...requester.takesAll()];
      const outcome = settled();
      expect(outcome).toHaveLength(1);
      if (fate === 'failed') expect(['error', 'refused']).toContain(outcome[0]);
      else if (fate === 'ends') expect(['refused', 'client-gone']).toContain(outcome[0]);
      else expect(outcome).toEqual([outcomeOf[fate]]);
      if (fate !== 'ends') expect(answers.filter((answer) => 'id' in answer && answer['id'] === 7)).toHaveLength(1);
    }
    expect(endedWith).toEqual(fate === 'ends' ? ['closed-by-operator'] : []);
    client.takesAll();
    server.takesAll();
  });
});
