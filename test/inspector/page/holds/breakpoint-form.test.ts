import { describe, expect, test } from 'vitest';
import {
  type Breakpoint,
  type BreakpointFields,
  bodyOf,
  spokenBreakpoint,
} from '../../../../src/inspector/page/holds/breakpoint-form.ts';
import { breakpointSchema } from '../../../../src/rules/breakpoint-schema.ts';

const empty: BreakpointFields = {
  when: '',
  kind: '',
  method: '',
  direction: '',
  session: '',
  from: '',
  to: '',
  seconds: '',
  byDefault: 'resume',
};

describe('a form that was filled in', () => {
  test('asks for what stands in it, in the shape that the admin API takes', () => {
    const body = bodyOf({ ...empty, when: ' frame.bytes > 10 ', kind: 'request', to: 'active', seconds: '1.5' });
    expect(body).toEqual({
      when: 'frame.bytes > 10',
      kind: 'request',
      transition: { to: 'active' },
      timeoutMs: 1_500,
      byDefault: 'resume',
    });
    expect(breakpointSchema.safeParse(body).success).toBe(true);
    expect(breakpointSchema.safeParse(bodyOf(empty)).success).toBe(true);
  });
});

test.each<[Partial<Breakpoint>, string]>([
  [{}, 'every frame'],
  [{ kind: 'response', direction: 'server-to-client' }, 'every response from the server'],
  [{ method: 'tools/call', session: 'a', when: 'x' }, 'every tools/call of session a where x'],
  [{ transition: { to: 'active.recovering' } }, 'every frame after any state → active.recovering'],
])('%j waits for %s', (said, words) => {
  expect(spokenBreakpoint({ id: 'b1', hits: 0, timeoutMs: 1, byDefault: 'resume', ...said })).toBe(words);
});
