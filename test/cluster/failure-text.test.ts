import { expect, test } from 'vitest';
import { decodeFailure, encodeFailure } from '../../src/cluster/failure-text.ts';
import { failureCodes, maybeExecuted, notExecuted } from '../../src/cluster/send-result.ts';
import { encodeText } from '../../src/protocol/text.ts';

test('a failure is read as it was written, with what it says about having run', () => {
  for (const code of failureCodes) {
    expect(decodeFailure(encodeFailure(notExecuted(code)))).toEqual({ ok: false, code, executed: 'no' });
    const failure = maybeExecuted(code, 'why');
    expect(decodeFailure(encodeFailure(failure))).toEqual(failure);
  }
});

test('a failure that cannot be read may have run', () => {
  for (const text of ['', 'no JSON', '{}', '{"code":"NEW","executed":"no"}']) {
    expect(decodeFailure(encodeText(text))).toMatchObject({ code: 'SESSION_FAILED', executed: 'unknown' });
  }
  expect(decodeFailure(encodeText('{"code":"BUSY"}'))).toMatchObject({ code: 'BUSY', executed: 'unknown' });
});
