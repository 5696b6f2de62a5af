/**
 * The shortest play, and the plainest, that still shows what a longer one has shown: steps are left out in parts and one by one, and
 * what is special about those that stay is taken away, until nothing more can go. Knows no laws; whether a play shows it is asked.
 */

import type { Play, Step } from './step.ts';

/** @param attemptsMax how many plays may be tried. What is shortest by then is returned. */
export async function shorten(
  play: Play,
  stillShows: (shorter: Play) => Promise<boolean>,
  attemptsMax = 1000,
): Promise<Play> {
  let best = play;
  let attempts = 0;
  const isBetter = async (candidate: Play): Promise<boolean> => {
    if (attempts >= attemptsMax) return false;
    attempts++;
    if (!(await stillShows(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let before: Play | undefined; before !== best;) {
    before = best;
    for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let place = best.length - size; place >= 0; place -= size) {
        await isBetter([...best.slice(0, place), ...best.slice(place + size)]);
      }
    }
    for (let place = 0; place < best.length; place++) {
      for (const plainer of plainerThan(best[place]!)) {
        if (await isBetter(best.with(place, plainer))) break;
      }
    }
  }
  return best;
}

/** Steps that do the same with less about them, the plainest first. */
function plainerThan(step: Step): readonly Step[] {
  const plainest = plain(step);
  const candidates = [plainest, ...Object.keys(step).map((member) => withPlain(step, plainest, member))];
  return candidates.filter((candidate) => JSON.stringify(candidate) !== JSON.stringify(step));
}

function plain(step: Step): Step {
  switch (step.do) {
    case 'connect':
      return { do: 'connect' };
    case 'request':
      return {
        do: 'request',
        client: 0,
        method: step.method,
        ...(step.params === undefined ? {} : { params: step.params }),
        id: 'next',
      };
    case 'initialize':
    case 'notify':
      return { ...step, client: 0 };
    case 'cancel':
      return { ...step, client: 0, request: 0 };
    case 'reply':
      return { ...step, client: 0, request: 0, with: 'result' };
    case 'say-garbage':
      return { ...step, client: 0, text: '' };
    case 'disconnect':
      return { ...step, client: 0, isCut: false };
    case 'answer':
      return { do: 'answer', request: 0, with: 'result' };
    case 'progress':
      return { ...step, request: 0 };
    case 'ask':
      return { ...step, request: 0, id: 'next' };
    case 'announce':
    case 'end-server':
      return { ...step, server: 0 };
    case 'network':
      return { ...step, connection: 0 };
    case 'wait':
      return { ...step, ms: 1 };
    case 'kill':
    case 'settle':
    case 'rule':
      return step;
  }
}

/** One member as the plainest has it, the others as they are. */
function withPlain(step: Step, plainest: Step, member: string): Step {
  const { [member]: _left, ...rest } = step as unknown as Record<string, unknown>;
  const value = (plainest as unknown as Record<string, unknown>)[member];
  return { ...rest, ...(value === undefined ? {} : { [member]: value }) } as unknown as Step;
}
