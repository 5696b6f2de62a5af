/** What one client does is no business of another: their ids, their notifications, and a hundred that come and go. */

import { type Client, call, callOf, report, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { HttpClient } from './http-client.ts';

import { hasChild, httpFronts, listening, tinyChild } from './ways.ts';

const faults: readonly Fault[] = [
  {
    name: 'the same 80 ids in two sessions at once',
    verdicts: everywhere('160 of 160 answers are right', listening),
    run: async (stage) => {
      const sessions = [await stage.session(), await stage.another()];
      const ids = Array.from({ length: 80 }, (_, index) => (index % 2 === 0 ? index : `${index}`));
      const answers = sessions.flatMap((session, who) =>
        ids.map(async (id) => {
          const wanted = `${who} ${id}`;
          const tool = Number(id) % 3 === 0 ? 'delay' : 'echo';
          const answer = await call(session, tool, { text: wanted, ms: (Number(id) * 7) % 20 }, { id });
          return textIn(answer) === wanted && answer.message?.id === id;
        }),
      );
      return `${(await Promise.all(answers)).filter(Boolean).length} of 160 answers are right`;
    },
  },
  notifications('log messages in the middle of a call', false),
  notifications('log messages that belong to no call', true),
  {
    name: 'a server that dies takes no other session with it',
    verdicts: everywhere('the other goes on in the middle of its call', listening.filter(hasChild)),
    run: async (stage) => {
      const [dying, other] = [await stage.another(), await stage.session()];
      const pid = (await report<{ readonly pid: number }>(other, 'info')).pid;
      const waiting = call(other, 'delay', { ms: 300, text: 'the other goes on in the middle of its call' });
      await call(dying, 'die', { signal: 'SIGKILL' });
      const said = textIn(await waiting);
      return (await report<{ readonly pid: number }>(other, 'info')).pid === pid ? said : `${said}, on a new server`;
    },
  },
  {
    name: 'a hundred clients come and go, half of them without a word',
    verdicts: everywhere('100 sessions of 100, each its own; all of them end', listening),
    long: ['http to http'],
    alone: {
      child: tinyChild,
      hasNoBystander: true,
      flags: Object.fromEntries(httpFronts.map((way) => [way, ['--session-idle-ms', '1000']])),
    },
    run: async (stage) => {
      const ids = new Set<string>();
      let begun = 0;
      const live = async (number: number): Promise<void> => {
        const client = await stage.passer();
        if (client instanceof HttpClient) ids.add(client.sessionId);
        const id = number % 3;
        const answer = await call(client, 'echo', { text: `${number}` }, { id });
        if (told(answer) === 'result' && answer.message?.id === id) begun += 1;
        if (number % 2 === 0) await client.leave();
        else client.vanish();
      };
      for (let number = 0; number < 100; number += 10) {
        await Promise.all(Array.from({ length: 10 }, async (_, index) => live(number + index)));
      }
      const own = ids.size === 0 ? 100 : ids.size;
      const end = (await stage.isAtRest()) ? 'all of them end' : 'some are left';
      return `${begun} sessions of ${own}, each its own; ${end}`;
    },
  },
];

export const isolation: Theme = { name: 'isolation', faults };

/** A server writes log messages to its own client, and to no other. */
function notifications(name: string, aside: boolean): Fault {
  return {
    name,
    verdicts: everywhere('5 of 5 reach their client, 0 another', listening),
    run: async (stage) => {
      const [own, other] = [await stage.another(), await stage.another()];
      // Over HTTP, what belongs to no call comes on a stream that the client opens.
      for (const client of [own, other]) if (client instanceof HttpClient) await client.listen().head();
      const id = 'notify';
      own.send(callOf(id, 'notify', { count: 5, aside }));
      await own.until(() => (logged(own) >= 5 ? true : undefined), '5 log messages');
      // What was said before has been read when this is answered.
      await call(own, 'echo');
      await call(other, 'echo');
      return `${logged(own)} of 5 reach their client, ${logged(other)} another`;
    },
  };
}

const logged = (client: Client): number =>
  client.heard().filter(({ method }) => method === 'notifications/message').length;
