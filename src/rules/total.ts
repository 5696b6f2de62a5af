/**
 * The parts of conditions that can neither fail nor take long: comparisons of what every frame and session has with what is
 * written in the rule. They are asked without the evaluator, so that a thousand rules cost microseconds. Agrees with the
 * evaluator on every frame; that is a property of its test.
 */

import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scene } from './frame-view.ts';
import { matchesGlob } from './glob.ts';
import { pathOf, textOf, textsOf } from './syntax.ts';

export type Test = (scene: Scene) => boolean;
type Text = (scene: Scene) => string;
type Amount = (scene: Scene) => number;

const texts: Readonly<Record<string, Text>> = {
  'frame.kind': ({ frame }) => frame.kind,
  'frame.direction': ({ frame }) => frame.direction,
  'frame.method': ({ frame }) => frame.method,
  'frame.name': ({ frame }) => frame.name,
  'meta.session_state': ({ meta }) => meta.session_state,
  'meta.protocol_version': ({ meta }) => meta.protocol_version,
  'meta.client_name': ({ meta }) => meta.client_name,
  'meta.server_name': ({ meta }) => meta.server_name,
  'meta.principal': ({ meta }) => meta.principal,
  'meta.route': ({ meta }) => meta.route,
  'auth.principal': ({ meta }) => meta.principal,
};

const amounts: Readonly<Record<string, Amount>> = {
  'frame.bytes': ({ frame }) => frame.size,
  'meta.frame_count': ({ meta }) => meta.numbers.frame_count,
  'meta.session_duration_ms': ({ meta }) => meta.numbers.session_duration_ms,
  'meta.pending_count': ({ meta }) => meta.numbers.pending_count,
};

/** The test that the expression is; `undefined` for all that could fail, loop or need the message. */
export function testOf(node: ASTNode): Test | undefined {
  const { op } = node;
  if (op === 'value') return typeof node.args === 'boolean' ? () => node.args === true : undefined;
  if (op === '!_') return negated(testOf(node.args));
  if (op === '&&' || op === '||') return joined(op, testOf(node.args[0]), testOf(node.args[1]));
  if (op === '==') return equal(node.args[0], node.args[1]) ?? equal(node.args[1], node.args[0]);
  if (op === '!=') return negated(equal(node.args[0], node.args[1]) ?? equal(node.args[1], node.args[0]));
  if (op === '<') return compared(node.args, (left, right) => left < right);
  if (op === '<=') return compared(node.args, (left, right) => left <= right);
  if (op === '>') return compared(node.args, (left, right) => left > right);
  if (op === '>=') return compared(node.args, (left, right) => left >= right);
  if (op === 'in') return contained(node.args[0], node.args[1]);
  return op === 'rcall' ? called(node.args[0], node.args[1], node.args[2]) : undefined;
}

function textAt(node: ASTNode): Text | undefined {
  const path = pathOf(node);
  return path === undefined ? undefined : texts[path];
}

function amountAt(node: ASTNode): Amount | undefined {
  const path = pathOf(node);
  return path === undefined ? undefined : amounts[path];
}

function numberOf(node: ASTNode): number | undefined {
  if (node.op !== 'value') return undefined;
  if (typeof node.args === 'number') return node.args;
  const isExact = typeof node.args === 'bigint' && Number.isSafeInteger(Number(node.args));
  return isExact ? Number(node.args) : undefined;
}

function negated(test: Test | undefined): Test | undefined {
  return test === undefined ? undefined : (scene) => !test(scene);
}

function joined(op: '&&' | '||', left: Test | undefined, right: Test | undefined): Test | undefined {
  if (left === undefined || right === undefined) return undefined;
  return op === '&&' ? (scene) => left(scene) && right(scene) : (scene) => left(scene) || right(scene);
}

function equal(left: ASTNode, right: ASTNode): Test | undefined {
  const [text, written] = [textAt(left), textOf(right)];
  if (text !== undefined && written !== undefined) return (scene) => text(scene) === written;
  const [amount, number] = [amountAt(left), numberOf(right)];
  return amount === undefined || number === undefined ? undefined : (scene) => amount(scene) === number;
}

function compared(
  [left, right]: readonly [ASTNode, ASTNode],
  compare: (left: number, right: number) => boolean,
): Test | undefined {
  const [amount, number] = [amountAt(left), numberOf(right)];
  if (amount !== undefined && number !== undefined) return (scene) => compare(amount(scene), number);
  const [before, after] = [numberOf(left), amountAt(right)];
  return before === undefined || after === undefined ? undefined : (scene) => compare(before, after(scene));
}

function contained(left: ASTNode, right: ASTNode): Test | undefined {
  const [text, list] = [textAt(left), textsOf(right)];
  if (text !== undefined && list !== undefined) {
    const all = new Set(list);
    return (scene) => all.has(text(scene));
  }
  const tag = textOf(left);
  if (tag === undefined || pathOf(right) !== 'meta.session_tags') return undefined;
  return ({ meta }) => meta.session_tags.includes(tag);
}

function called(name: string, receiver: ASTNode, [argument, ...others]: readonly ASTNode[]): Test | undefined {
  const text = textAt(receiver);
  const written = argument === undefined || others.length > 0 ? undefined : textOf(argument);
  if (text === undefined || written === undefined) return undefined;
  switch (name) {
    case 'startsWith':
      return (scene) => text(scene).startsWith(written);
    case 'endsWith':
      return (scene) => text(scene).endsWith(written);
    case 'contains':
      return (scene) => text(scene).includes(written);
    case 'glob':
      return (scene) => matchesGlob(text(scene), written);
    default:
      return undefined;
  }
}
