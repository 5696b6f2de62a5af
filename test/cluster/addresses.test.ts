import { describe, expect, test } from 'vitest';
import { answerTo, framesTo, mailboxOf, nodeIn, pulseTo, readAddress } from '../../src/cluster/addresses.ts';
import { mailboxIn } from '../../src/cluster/memory-engine.ts';

describe('an address', () => {
  test('says what arrives there', () => {
    expect(readAddress(framesTo('a-1'))).toEqual({ kind: 'frames' });
    expect(readAddress(answerTo('a-1', 12))).toEqual({ kind: 'answer', request: 12 });
    expect(readAddress(pulseTo('a-1', 'b-2'))).toEqual({ kind: 'pulse', of: 'b-2' });
    expect(readAddress('node.a-1.other')).toEqual({ kind: 'stray' });
  });

  test('is in the mailbox of its node', () => {
    for (const address of [framesTo('a-1'), answerTo('a-1', 12), pulseTo('a-1', 'b-2')]) {
      expect(nodeIn(address)).toBe('a-1');
      expect(mailboxIn(address)).toBe(mailboxOf('a-1'));
    }
  });
});
