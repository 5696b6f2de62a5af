/**
 * An interceptor of every mood: passes, changes, refuses, answers, delays, throws or talks nonsense, at once or later, as a
 * list of moods says frame by frame. Shared by the laws that must hold whatever interceptors do.
 */
import fc from 'fast-check';
import type {
  InterceptAction,
  InterceptAnswer,
  InterceptContext,
  Interceptor,
} from '../../src/session/interception.ts';

/** What an interceptor does with a frame, and whether it takes its time. */
export interface Mood {
  readonly action:
    | 'continue'
    | 'modify'
    | 'block'
    | 'mock'
    | 'delay'
    | 'delay aside'
    | 'pause'
    | 'pause aside'
    | 'pause for ever'
    | 'drop'
    | 'several'
    | 'throw'
    | 'nonsense';
  readonly isLate: boolean;
}

export const mood: fc.Arbitrary<Mood> = fc.record({
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant('continue' as const) },
    fc.constantFrom('modify' as const, 'block' as const, 'mock' as const, 'delay' as const, 'throw' as const),
    fc.constantFrom('delay aside' as const, 'pause' as const, 'pause aside' as const, 'pause for ever' as const),
    fc.constantFrom('drop' as const, 'several' as const, 'nonsense' as const),
  ),
  isLate: fc.boolean(),
});

/** Moods in which a frame that waits keeps its place. */
export const orderlyMood: fc.Arbitrary<Mood> = mood.filter(({ action }) => !action.endsWith(' aside'));

/** Acts on the n-th frame in its n-th mood, over and over. */
export function moody(
  moods: readonly Mood[],
  later: (action: InterceptAction) => Promise<InterceptAction>,
): Interceptor {
  let frames = 0;
  return {
    name: 'moody',
    intercept: (context) => {
      const { action, isLate } = moods[frames++ % moods.length]!;
      const decided = (): InterceptAnswer => answerOf(action, context, later);
      return isLate ? later({ action: 'continue' }).then(decided) : decided();
    },
  };
}

function answerOf(
  action: Mood['action'],
  { message }: InterceptContext,
  later: (action: InterceptAction) => Promise<InterceptAction>,
): InterceptAnswer {
  const resumed = { action: 'continue' } as const;
  switch (action) {
    case 'delay aside':
      return { action: 'delay', delayMs: 300, scope: 'exchange' };
    case 'pause':
      return { action, until: later(resumed), pauseMs: 600 };
    case 'pause aside':
      return { action: 'pause', until: later({ action: 'block' }), pauseMs: 600, scope: 'exchange' };
    case 'pause for ever':
      return { action: 'pause', until: new Promise(() => {}), pauseMs: 600, otherwise: { action: 'mock', result: {} } };
    case 'drop':
      return { action };
    case 'several':
      return [
        { action: 'tag', labels: ['seen', 'again'] },
        { action: 'delay', delayMs: 100 },
        { action: 'modify', message: { ...message, several: true } },
      ];
    case 'continue':
      return { action };
    case 'modify':
      return { action, message: { ...message, seen: true } };
    case 'block':
      return { action };
    case 'mock':
      return { action, result: { mocked: true } };
    case 'delay':
      return { action, delayMs: 300 };
    case 'throw':
      throw new Error('in a bad mood');
    case 'nonsense':
      return { action: 'dance' } as unknown as InterceptAction;
  }
}
