import { describe, expect, test } from 'vitest';
import { LocalError } from '../src/local-error.ts';

describe('an error for the embedder', () => {
  test('has a code for programs, and says what happened and what to do', () => {
    const cause = new Error('inside');
    const error = new LocalError('ALREADY_STARTED', 'The adapter was started twice.', { cause });
    expect(error).toMatchObject({ name: 'LocalError', code: 'ALREADY_STARTED', cause });
    expect(error.message).toBe(
      'The adapter was started twice. An adapter serves one session: make a new one for each.',
    );
  });
});
