/** Three pains that strangers show, each as a visit over HTTP, and what came of it in few words. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Answer, Visitor } from './visitor.ts';

export interface Finding {
  readonly isGone: boolean;
  readonly words: string;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function megabytesKept(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

const textOf = ({ messages }: Answer): string | undefined => messages.at(-1)?.result?.content?.[0]?.text;
const codeOf = ({ messages }: Answer): unknown => messages.at(-1)?.error?.data?.code ?? messages.at(-1)?.error?.code;
const came = (answer: Answer): string =>
  answer.ended !== 'answered' ? answer.ended : (textOf(answer) ?? `error ${String(codeOf(answer))}`);

/** Two requests of one session under one id, the second before the first is answered. */
async function duplicateIds(port: number): Promise<Finding> {
  const visitor = new Visitor(port);
  await visitor.shakeHands();
  const first = visitor.call(7, 'slow', { text: 'first', ms: 300 });
  await later(100);
  const second = visitor.call(7, 'slow', { text: 'second', ms: 300 });
  const [one, other] = [await first, await second];
  const isAnswered = one.ended === 'answered' && other.ended === 'answered';
  return {
    isGone: isAnswered && textOf(one) === 'first' && (textOf(other) ?? 'second') === 'second',
    words: `first: ${came(one)}; second: ${came(other)}`,
  };
}

/** A call waits when the server dies; then another call, in the same session or a new one. */
async function deadServer(port: number): Promise<Finding> {
  const visitor = new Visitor(port);
  await visitor.shakeHands();
  const waiting = visitor.call(1, 'hang');
  await later(100);
  const died = performance.now();
  const dying = visitor.call(2, 'die');
  const answer = await waiting;
  const afterMs = Math.round(performance.now() - died);
  await dying;
  const again = new Visitor(port);
  await again.shakeHands();
  const next = await again.call(3, 'echo', { text: 'echoed' });
  const isTold = answer.ended === 'answered' && textOf(answer) === undefined;
  return {
    isGone: isTold && textOf(next) === 'echoed',
    words: `the call: ${came(answer)}${isTold ? ` after ${afterMs} ms` : ''}; a new session: ${came(next)}`,
  };
}

const abandoned = 500;
const atOnce = 100;
const patienceMs = 1500;

/** Requests that are never answered, whose clients go away. */
async function neverAnswered(port: number): Promise<Finding> {
  const visitor = new Visitor(port);
  await visitor.shakeHands();
  const before = megabytesKept();
  let refused = 0;
  let next = 1;
  const workers = Array.from({ length: atOnce }, async () => {
    while (next <= abandoned) {
      const answer = await visitor.call(next++, 'hang', {}, patienceMs);
      if (answer.messages.some(({ error }) => error !== undefined)) refused += 1;
    }
  });
  await Promise.all(workers);
  const kept = megabytesKept() - before;
  const probe = await visitor.call(abandoned + 1, 'echo', { text: 'echoed' });
  return {
    isGone: refused > 0,
    words: `${abandoned - refused} of ${abandoned} unanswered, ${refused} refused; ${kept.toFixed(1)} MB more; a call then: ${came(probe)}`,
  };
}

/** A call whose answer begins with 32 MB that its client does not read. */
async function unreadAnswer(port: number): Promise<Finding> {
  const visitor = new Visitor(port);
  await visitor.shakeHands();
  const before = megabytesKept();
  const post = visitor.post(
    1,
    'tools/call',
    { name: 'flood', arguments: {}, _meta: { progressToken: 1 } },
    (response) => response.pause(),
  );
  let most = 0;
  for (let still = 0, last = 0; still < 5;) {
    await later(200);
    const kept = megabytesKept() - before;
    still = Math.abs(kept - last) < 0.5 ? still + 1 : 0;
    last = kept;
    most = Math.max(most, kept);
  }
  post.destroy();
  return { isGone: most < 8, words: `${most.toFixed(1)} MB kept of 32 MB that nobody reads` };
}

export type PainName = 'duplicate ids' | 'dead server' | 'never answered' | 'unread answer';

/** Each by its name, with its number among the pains that are promised to be gone. */
export const pains: readonly {
  readonly name: PainName;
  readonly id: string;
  readonly what: string;
  readonly visit: (port: number) => Promise<Finding>;
}[] = [
  {
    name: 'duplicate ids',
    id: 'P4',
    what: 'two calls of one session have the same id, the second comes before the first is answered',
    visit: duplicateIds,
  },
  {
    name: 'dead server',
    id: 'P5',
    what: 'the server dies while a call waits; then somebody else comes',
    visit: deadServer,
  },
  {
    name: 'never answered',
    id: 'P16',
    what: `${abandoned} calls that are never answered, whose client gives up after ${patienceMs} ms: a refusal that comes later is none`,
    visit: neverAnswered,
  },
  {
    name: 'unread answer',
    id: 'P16',
    what: 'a call makes its server say 32 MB, and its client does not read',
    visit: unreadAnswer,
  },
];
