import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { readHeader, readLine } from '../../src/record/tape-lines.ts';

const line = (text: string, seqBefore = 0) => readLine(encodeText(text), 7, seqBefore);

describe('the first line of a tape', () => {
  test.each([
    ['{"jsonrpc":"2.0"}', 'this is no tape: its first line does not say {"tape":2,...}'],
    ['hello', 'this is no tape: its first line does not say {"tape":2,...}'],
    ['[1]', 'this is no tape: its first line does not say {"tape":2,...}'],
    ['{"tape":1}', 'this is no whole header: ninelives: Invalid input: expected string, received undefined'],
    ['{"tape":3}', 'this is a tape of version 3; this release reads versions 1 and 2'],
  ])('%s is refused', (text, problem) => {
    expect(readHeader(encodeText(text))).toEqual({ line: 1, problem });
  });

  test('says what the tape is', () => {
    const header = {
      tape: 1,
      ninelives: '0.1.0',
      chart: 'c',
      now: 1.5,
      wallTime: 3,
      bodies: { redacted: true, bytesMax: 9 },
    };
    expect(readHeader(encodeText(JSON.stringify({ ...header, later: 'x' })))).toEqual(header);
  });
});

describe('a line', () => {
  test('has its message as it was spelled', () => {
    const facts = '"seq":3,"at":1.5,"event":"session.drain","session":1,"to":"closed"';
    expect(line(`{${facts},"envelope":{"body":1},"body":{ "id":1.0 }}`, 2)).toEqual({
      number: 7,
      line: { seq: 3, at: 1.5, event: 'session.drain', session: 1, to: 'closed', envelope: {}, body: { id: 1 } },
      body: '{ "id":1.0 }',
    });
  });

  test('without a message has none', () => {
    expect(line('{"seq":1,"at":0,"event":"session.drain","session":1,"to":"closed"}')).toMatchObject({
      body: undefined,
    });
  });

  test.each([
    ['{"seq":1,"at":0,"eve', 'this line is no JSON object'],
    ['{"seq":1,"at":0,"event":"constructor"}', 'this line of constructor is not whole: event: Invalid input'],
    ['{"seq":1,"at":0,"event":"__proto__"}', 'this line of __proto__ is not whole: event: Invalid input'],
    ['7', 'this line is no JSON object'],
    [
      '{"seq":1,"at":0,"event":"tape.gap"}',
      'this line of tape.gap is not whole: dropped: Invalid input: expected number, received undefined',
    ],
    [
      '{"seq":1,"at":0,"event":"surprise","session":1,"to":"closed"}',
      'this line of surprise is not whole: event: Invalid input',
    ],
    ['{"seq":1,"event":"session.drain"}', 'this line has no seq, at or event'],
  ])('%s is refused, with its number', (text, problem) => {
    expect(line(text)).toEqual({ line: 7, problem });
  });

  test('out of order is refused', () => {
    expect(line('{"seq":5,"at":0,"event":"session.drain"}', 5)).toEqual({
      line: 7,
      problem: 'this line has the seq 5 and stands behind 5: lines are out of order',
    });
  });
});
