import { expect, test } from 'vitest';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { judge } from '../../../src/testing/laws/laws.ts';
import type { History, WireMessage } from '../../../src/testing/play/history.ts';
import { perform } from '../../../src/testing/play/perform.ts';
import type { Play, Step } from '../../../src/testing/play/step.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import { kept, relay } from './kept-in-process.ts';

const hello: Play = [{ do: 'connect' }, { do: 'initialize', client: 0 }];
const call: Step = { do: 'request', client: 0, method: 'tools/call', id: 'next' };
const answer: Step = { do: 'answer', request: 0, with: 'result' };

/** What its first client says reaches a server only when a client of the next play has called. */
function latecomer(): Target {
  const late: WireMessage[] = [];
  let plays = 0;
  return inProcessTarget('proxy', ({ openServer }) => {
    plays++;
    return {
      accept: (client) => {
        if (plays === 1) {
          client.onmessage = (message) => void late.push(message);
          return;
        }
        relay(client, openServer());
        const pass = client.onmessage;
        client.onmessage = (message) => {
          pass?.(message);
          if (message.method !== 'tools/call') return;
          const server = openServer();
          for (const one of late.splice(0)) void server.send(one);
        };
      },
    };
  });
}

/** What a server answers in the first play the client of the next one hears. */
function gossip(): Target {
  const heard: WireMessage[] = [];
  let plays = 0;
  return inProcessTarget('proxy', ({ openServer }) => {
    plays++;
    return {
      accept: (client) => {
        const server = openServer();
        relay(client, server);
        const pass = server.onmessage;
        server.onmessage = (message) => {
          if (plays === 1 && message.id === 2) heard.push(message);
          else pass?.(message);
          if (plays > 1) for (const one of heard.splice(0)) void client.send(one);
        };
      },
    };
  });
}

async function second(first: Play, play: Play, target: Target): Promise<History> {
  await perform(first, target);
  return perform(play, target);
}

const broken = (history: History, target: Target): readonly string[] =>
  judge(history, target).flatMap(({ law, judgement }) => (judgement.violations.length > 0 ? [law.id] : []));
const leftovers = (history: History): History => history.filter(({ type }) => type === 'leftover');

const asksForProgress: Step = { do: 'request', client: 0, method: 'tools/call', id: 'next', wantsProgress: true };
const many: Play = [...hello, call, call, call, call, call, call, call];
const one: Play = [...hello, asksForProgress, answer];

test('what a client of an earlier play has said comes late and is taken for what it is', async () => {
  const target = kept(latecomer());
  const history = await second(many, one, target);
  expect(leftovers(history)).toHaveLength(8);
  expect(broken(history, target)).toEqual([]);
});

test('without its play it is taken for a request of this one', async () => {
  const target = latecomer();
  expect(broken(await second(many, one, target), target)).toContain('progress-kept');
});

test('a client that is told what a client of an earlier play was to hear sees what is for somebody else', async () => {
  const target = kept(gossip());
  const history = await second([...hello, call, answer], hello, target);
  expect(leftovers(history)).toHaveLength(1);
  expect(broken(history, target)).toEqual(['no-crossing']);
});
