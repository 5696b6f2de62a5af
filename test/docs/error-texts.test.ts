/** The page of errors leaves nothing out that the code can tell a client, and says nothing that the code does not. */
import { describe, expect, test } from 'vitest';
import { errorMembers } from '../../scripts/docs/errors-page.ts';
import { clientSentences, refusalCalls, refusalsIn, sentencesIn, sources } from '../../scripts/docs/error-texts.ts';
import { errorSentences, errorWords, plainAnswers } from '../../scripts/docs/error-words.ts';
import { errorTable } from '../../src/errors.ts';

const calls = refusalCalls();
const allSources = sources().join('\n');
const isInCode = (text: string): boolean => text.split('…').every((part) => allSources.includes(part));

describe('what the code says', () => {
  test('is read where it stands', () => {
    expect(refusalsIn("x(refusal('DRAINING', { reason: 'draining', ...more, limit }))")).toEqual([
      { code: 'DRAINING', members: ['reason', 'limit'], words: [['reason', 'draining']] },
    ]);
    expect(sentencesIn("refuseAs(r, 400, is ? 'This is so' : `That is ${x}`);")).toEqual(['This is so', 'That is …']);
    expect(sentencesIn("return { failure: 'invalid', reason: 'It is late' };")).toEqual(['It is late']);
    expect(sentencesIn("refusal('CODE', { reason: 'word' })")).toEqual([]);
  });

  test('is found at all', () => {
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.filter(({ code }) => !(code in errorTable))).toEqual([]);
  });
});

describe('the page of errors', () => {
  test('names every member', () => {
    const missing = calls.flatMap(({ code, members }) => {
      const known = errorMembers[code as keyof typeof errorMembers].map((name) => name.replace('?', ''));
      return members.filter((name) => !known.includes(name)).map((name) => `${code} ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test('explains every word', () => {
    const said = calls.flatMap(({ code, words }) => words.map(([member, word]) => `${code} ${member} ${word}`));
    const explained = errorWords.flatMap(({ code, member, words }) =>
      Object.keys(words).map((word) => `${code} ${member} ${word}`),
    );
    expect([...new Set(said)].filter((word) => !explained.includes(word))).toEqual([]);
    expect(new Set(explained).size).toBe(explained.length);
  });

  test('has every sentence, and no others', () => {
    const listed = Object.values(errorSentences)
      .flat()
      .map(({ text }) => text);
    const found = clientSentences();
    expect(found.filter((text) => !listed.includes(text))).toEqual([]);
    expect(listed.filter((text) => !isInCode(text))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('has the answers in plain text, which the code gives', () => {
    expect(plainAnswers.filter(({ text }) => !isInCode(text))).toEqual([]);
  });
});
