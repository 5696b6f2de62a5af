/**
 * An interceptor of every mood: passes, changes, refuses, answers, delays, throws or talks nonsense, at once or later, as a
 * list of moods says frame by frame. Shared by the laws that must hold whatever interceptors do.
 */
import fc from 'fast-check';
import type { InterceptAction, InterceptContext, Interceptor } from '../../src/session/interception.ts';

/** What an interceptor does with a frame, and whether it takes its time. */
export interface Mood {
  readonly action: 'continue' | 'modify' | 'block' | 'mock' | 'delay' | 'throw' | 'nonsense';
  readonly isLate: boolean;
}

export const mood: fc.Arbitrary<Mood> = fc.record({
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant('continue' as const) },
    fc.constantFrom('modify' as const, 'block' as const, 'mock' as const, 'delay' as const, 'throw' as const),
    fc.constant('nonsense' as const),
  ),
  isLate: fc.boolean(),
});

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
      const decided = (): InterceptAction => actionOf(action, context);
      return isLate ? later({ action: 'continue' }).then(decided) : decided();
    },
  };
}

function actionOf(action: Mood['action'], { message }: InterceptContext): InterceptAction {
  switch (action) {
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
