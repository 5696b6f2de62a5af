/**
 * Steps of many sessions on one runtime: requests, answers, cancellations, servers that go and come, every way to end, and
 * time. For laws about what sessions share.
 */
import fc from 'fast-check';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import type { Pair, World } from './world.ts';

export type CrowdStep =
  | {
      readonly do: 'ask' | 'answer' | 'cancel';
      readonly on: number;
      readonly by: Direction;
      readonly id: RequestId;
      readonly method: string;
    }
  | {
      readonly do: 'lose' | 'return' | 'half-close' | 'leave' | 'close' | 'drain' | 'open stream' | 'open';
      readonly on: number;
    }
  | { readonly do: 'wait'; readonly ms: number };

const on = fc.nat(4);
export const anyCrowdStep: fc.Arbitrary<CrowdStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('ask', 'ask', 'answer', 'cancel'),
      on,
      by: fc.constantFrom<Direction>('client-to-server', 'client-to-server', 'server-to-client'),
      id: fc.nat(5),
      method: fc.constantFrom('tools/call', 'tools/call', 'ping', 'initialize', 'subscriptions/listen'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('lose', 'return', 'open stream'), on }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('half-close', 'leave', 'close', 'drain', 'open', 'open'), on }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(20).map((tenths) => tenths * 100) }) },
);

/** Takes the step in the session that it means; one that opens a session adds it to `pairs`. */
export function takeCrowdStep(world: World, pairs: Pair[], step: CrowdStep): void {
  if (step.do === 'wait') {
    world.clock.advance(step.ms);
    return;
  }
  if (step.do === 'open') {
    const pair = world.open();
    if (step.on % 2 === 0) pair.server.becomeReady();
    pairs.push(pair);
    return;
  }
  const pair = pairs[step.on % pairs.length]!;
  switch (step.do) {
    case 'ask':
      pair.ask(step.by, { id: step.id, method: step.method });
      break;
    case 'answer':
      pair.from(step.by, { id: step.id, result: { protocolVersion: '2025-11-25', capabilities: {} } });
      break;
    case 'cancel':
      pair.from(step.by, { method: 'notifications/cancelled', params: { requestId: step.id } });
      break;
    case 'lose':
      pair.server.lose();
      break;
    case 'return':
      pair.server.becomeReady();
      break;
    case 'open stream':
      pair.session.client.attached(step.on % 2 === 0);
      break;
    case 'half-close':
      pair.session.client.closed(false);
      break;
    case 'leave':
      if (pair.endedFor === undefined) pair.leave();
      break;
    case 'close':
      pair.session.close();
      break;
    case 'drain':
      pair.session.drain();
  }
  world.breathe();
}
