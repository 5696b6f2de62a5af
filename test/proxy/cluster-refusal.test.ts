import { expect, test } from 'vitest';
import { failureCodes, maybeExecuted, notExecuted } from '../../src/cluster/send-result.ts';
import { failedAs } from '../../src/proxy/cluster-refusal.ts';

test('a key that nobody has is a session that is not there', () => {
  expect(failedAs(notExecuted('KEY_UNKNOWN'))).toEqual({ kind: 'not-found' });
});

test('what did not run may be sent again, and whoever sent it is told so', () => {
  for (const code of failureCodes) {
    if (code === 'KEY_UNKNOWN' || code === 'FRAME_TOO_LARGE') continue;
    expect(failedAs(notExecuted(code))).toMatchObject({
      kind: 'failed',
      status: 503,
      refusal: { data: { executed: 'no', retryable: true, reason: code } },
    });
  }
});

test('nobody is said to have gone away before an answer where nothing has run', () => {
  for (const code of failureCodes) {
    const [certain, uncertain] = [failedAs(notExecuted(code)), failedAs(maybeExecuted(code))].map((failed) =>
      JSON.stringify(failed),
    );
    if (code === 'KEY_UNKNOWN') continue;
    if (certain!.includes('OWNER_LOST"')) expect(certain).toMatch(/"message":"[^"]*has not run/);
    expect(uncertain).not.toMatch(/message/);
  }
});

test('of what may have run nobody is told to send it again', () => {
  for (const code of failureCodes) {
    if (code === 'KEY_UNKNOWN') continue;
    const failed = failedAs(maybeExecuted(code, 'why'));
    expect(failed).toMatchObject({ status: 502, refusal: { code: 'OWNER_LOST', data: { executed: 'unknown' } } });
    expect(JSON.stringify(failed)).not.toContain('retryable');
  }
});

test('what is too large stays so', () => {
  expect(failedAs(notExecuted('FRAME_TOO_LARGE'))).toMatchObject({ status: 413, refusal: { code: 'FRAME_TOO_LARGE' } });
});
