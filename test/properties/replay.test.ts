/** The two sides of a tape that are played to each other say all of it again, whatever it is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ClientReplay } from '../../src/record/replay-client.ts';
import type { Conversation, MessageValue } from '../../src/record/replay-conversation.ts';
import { divergencesOf } from '../../src/record/replay-divergence.ts';
import { ServerReplay } from '../../src/record/replay-server.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Conversing } from '../record/conversing.ts';

/** What may be said next; who answers takes the request at this place of those that wait. */
const step = fc.oneof(
  fc.record({ what: fc.constantFrom('asks', 'tells'), from: fc.constantFrom('client', 'server'), about: fc.nat(2) }),
  fc.record({ what: fc.constant('answers'), from: fc.constantFrom('client', 'server'), about: fc.nat(5) }),
  fc.record({ what: fc.constant('progress'), from: fc.constant('server'), about: fc.nat(5) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function conversing(steps: readonly Step[]): Conversation {
  const talk = new Conversing().handshake();
  const waiting = { client: [] as number[], server: [] as number[] };
  let count = 0;
  for (const { what, from, about } of steps) {
    const side = from === 'client' ? talk.client : talk.server;
    const asked = from === 'client' ? waiting.server : waiting.client;
    const id = asked[about % Math.max(asked.length, 1)];
    count += 1;
    if (what === 'asks') {
      side.asks(count, `${from}/${about}`, from === 'client' ? { n: about % 2, _meta: { progressToken: count } } : {});
      waiting[from === 'client' ? 'client' : 'server'].push(count);
    } else if (what === 'tells') side.tells(`notifications/${from}/${about}`, { n: about });
    else if (id === undefined) continue;
    else if (what === 'answers') {
      side.answers(id, { count });
      asked.splice(asked.indexOf(id), 1);
    } else talk.server.tells('notifications/progress', { progressToken: id, progress: count });
  }
  return talk.conversation;
}

/** Plays both sides; messages take their turns, as on a wire. */
function played(conversation: Conversation, pace: 'at-once' | 'recorded') {
  const clock = new VirtualClock();
  const wire: (() => void)[] = [];
  const course = { isDone: false };
  const server = new ServerReplay({
    tapes: [{ file: 'a', conversations: [conversation] }],
    send: (message) => wire.push(() => client.receive(message)),
    onMiss: ({ text }) => expect.unreachable(text),
    clock,
    pace,
  });
  const client = new ClientReplay({
    conversation,
    send: (message: MessageValue) => wire.push(() => server.receive(message)),
    onDone: () => {
      course.isDone = true;
    },
    clock,
    pace,
    waitMs: 1000,
  });
  server.begin();
  client.begin();
  for (let rounds = 0; rounds < 1000 && !course.isDone; rounds++) {
    while (wire.length > 0) wire.shift()!();
    clock.advance(1);
  }
  return { isDone: course.isDone, heard: client.heard };
}

test.each(['at-once', 'recorded'] as const)('%s, every tape is without a divergence from itself', (pace) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const conversation = conversing(steps);
      const { isDone, heard } = played(conversation, pace);
      expect(divergencesOf(conversation, heard)).toEqual([]);
      expect([isDone, heard.unsaid]).toEqual([true, []]);
    }),
    { numRuns: 300 },
  );
});
