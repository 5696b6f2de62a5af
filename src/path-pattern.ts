/**
 * Paths into messages as people write them: `params.arguments.password`, `result.content[*].text`, or JSON Pointers with `*` in them.
 * Reads them and says what is wrong with them; what is done at such a place is for others to know.
 */

/** Keys and places from the message down; `*` is any of them. */
export type PathPattern = readonly string[];

export interface BadPath {
  readonly problem: string;
}

const examples = 'write params.arguments.password, result.content[*].text or /params/arguments/password';

/** The pattern, or what is wrong with its text, with examples of what is right. Never throws. */
export function pathPattern(text: string): PathPattern | BadPath {
  const steps = text.startsWith('/') ? pointerSteps(text) : memberSteps(text.replace(/^\$/, ''));
  if (typeof steps === 'string')
    return { problem: `${JSON.stringify(text)} is no path into a message: ${steps}; ${examples}` };
  if (steps.length === 0) return { problem: `${JSON.stringify(text)} is the whole message: ${examples}` };
  return steps;
}

export const isBadPath = (read: PathPattern | BadPath): read is BadPath => 'problem' in read;

/** Whether the JSON Pointer leads to a place that the pattern means. */
export function isMeant(pattern: PathPattern, pointer: string): boolean {
  const steps = pointer === '' ? [] : pointer.slice(1).split('/');
  return (
    steps.length === pattern.length &&
    pattern.every((wanted, place) => wanted === '*' || wanted === unescaped(steps[place]!))
  );
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

function pointerSteps(text: string): PathPattern | string {
  if (/~(?![01])/.test(text)) return 'in a JSON Pointer, ~ stands before 0 or 1';
  return text.slice(1).split('/').map(unescaped);
}

/** One step after another: `.key` (the first without its dot), `[3]`, `[*]`, `['a key']`. */
const step = /(?:^|\.)([^.[\]'"]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+|\*))\]/y;

function memberSteps(text: string): PathPattern | string {
  const bare = text.startsWith('.') ? text.slice(1) : text;
  const steps: string[] = [];
  let from = 0;
  while (from < bare.length) {
    step.lastIndex = from;
    const found = step.exec(bare);
    if (found === null) return `${JSON.stringify(bare.slice(from))} is no step`;
    steps.push(found[1] ?? found[2] ?? found[3] ?? found[4] ?? '');
    from = step.lastIndex;
  }
  return steps;
}
