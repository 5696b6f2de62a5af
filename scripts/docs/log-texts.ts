/**
 * What the code can say to the log above the level of traces, read from the code itself: each call with its words and the names of what
 * it carries. A call whose words cannot be read here fails, so that no line of the log is missing on its page.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface LogText {
  readonly level: string;
  /** What stands in place of an ellipsis differs from line to line. */
  readonly text: string;
  /** Members of the line besides level, time and text, as far as its calls spell them out. */
  readonly members: readonly string[];
}

/** Browsers have no log of ours; a log itself only passes on what others say. */
const elsewhere =
  /^src\/(?:inspector\/page\/|cli\/log\.ts|cli\/held-log\.ts|runtime\/guarded-log\.ts|runtime\/noise\.ts)/;
const calls = /\blog\??\.(error|warn|info|debug)\(|\b(warnOfNoise)\(/gi;
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export function logTexts(): readonly LogText[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && !elsewhere.test(path));
  const found = files.flatMap((path) => textsIn(readFileSync(path, 'utf8'), path));
  const unique = new Map<string, LogText>();
  for (const each of found) {
    const key = `${each.level} ${each.text}`;
    const members = new Set([...(unique.get(key)?.members ?? []), ...each.members]);
    unique.set(key, { ...each, members: [...members] });
  }
  return [...unique.values()].toSorted((one, other) => (one.text < other.text ? -1 : 1));
}

/** @param path for the complaint about a call whose words cannot be read. */
export function textsIn(source: string, path: string): readonly LogText[] {
  return [...source.matchAll(calls)].flatMap(({ 0: call, 1: level = 'warn', 2: isNoise, index }) => {
    if (isNoise !== undefined && source.slice(0, index).endsWith('function ')) return [];
    const args = argumentsAt(source, index + call.length);
    const words = isNoise === undefined ? args.at(-1) : args[2];
    const carried = isNoise === undefined ? args[0] : args[3];
    const texts = literalsIn(wordsOf(words ?? '', source, index));
    // The reason why an address cannot be listened on is a sentence of its own.
    if (texts.length === 0 && words !== 'error.message') throw new Error(`${path}: what does ${call}…) say?`);
    return texts.map((text) => ({ level, text, members: namesIn(carried ?? '') }));
  });
}

/** A word that was given its text before is looked up where that was last. */
function wordsOf(words: string, source: string, before: number): string {
  if (!/^\w+$/.test(words)) return words;
  const given = [...source.slice(0, before).matchAll(new RegExp(`const ${words} = ([^;]+);`, 'g'))].at(-1);
  return given?.[1] ?? words;
}

/** The arguments of a call, each as it is written, from behind its bracket on. */
export function argumentsAt(source: string, start: number): readonly string[] {
  const args: string[] = [];
  const open: string[] = [];
  let from = start;
  for (let at = start; at < source.length; at++) {
    const character = source[at]!;
    if (`'"\``.includes(character)) at = endOfText(source, at);
    else if (closers[character] !== undefined) open.push(closers[character]);
    else if (open.length === 0 && (character === ',' || character === ')')) {
      const arg = source.slice(from, at).trim();
      if (arg !== '') args.push(arg);
      from = at + 1;
      if (character === ')') break;
    } else if (character === open.at(-1)) open.pop();
  }
  return args;
}

/** Where the closing quotation mark is. A text in a template may hold another one. */
function endOfText(source: string, start: number): number {
  const mark = source[start];
  let at = start + 1;
  for (; source[at] !== mark && at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (mark === '`' && source.startsWith('${', at)) {
      for (at += 2; source[at] !== '}'; at++) if (`'"\``.includes(source[at]!)) at = endOfText(source, at);
    }
  }
  return at;
}

export function literalsIn(expression: string): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < expression.length; at++) {
    if (!`'"\``.includes(expression[at]!)) continue;
    const end = endOfText(expression, at);
    texts.push(expression.slice(at + 1, end).replaceAll(/\$\{.*?\}/g, '…'));
    at = end;
  }
  return texts;
}

/** The names of an object that is spelled out, also of one that a function returns. */
export function namesIn(expression: string): readonly string[] {
  const brace = expression.indexOf('{');
  if (brace === -1 || expression.startsWith('Object.')) return [];
  return argumentsAt(`${expression.slice(brace + 1, expression.lastIndexOf('}'))})`, 0).flatMap(
    (member) => /^(\w+)(?::|$)/.exec(member)?.[1] ?? [],
  );
}
